"""The topics by name. All have the same number of partitions; but for the pulse, all are keyed by patient."""

READINGS = "vitals.readings"
REJECTED = "vitals.rejected"
ALERTS = "vitals.alerts"
STATUS = "vitals.status"
ROSTER = "vitals.roster"
COMMANDS = "vitals.commands"
RECEIPTS = "vitals.receipts"
PULSE = "vitals.pulse"

ALL = (READINGS, REJECTED, ALERTS, STATUS, ROSTER, COMMANDS, RECEIPTS, PULSE)

# The latest record of a key is all that counts: the broker may drop the older ones.
COMPACTED = (STATUS, ROSTER, PULSE)
