"""Settings for the tests of the feed."""

from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the feed is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
