"""The topics by name. All are keyed by patient and have the same number of partitions."""

READINGS = "vitals.readings"
REJECTED = "vitals.rejected"
ALERTS = "vitals.alerts"
STATUS = "vitals.status"
ROSTER = "vitals.roster"

ALL = (READINGS, REJECTED, ALERTS, STATUS, ROSTER)

# The latest record of a key is all that counts: the broker may drop the older ones.
COMPACTED = (STATUS, ROSTER)
