"""The alarm log and the alarm burden: what became of each alarm, and how many there were."""
