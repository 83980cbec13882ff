"""The alarm system: what becomes of a condition once it exists, until a person has dealt with it."""
