"""The topics by name. All have the same number of partitions; but for the pulse and the audit,
all are keyed by patient.
"""

READINGS = "vitals.readings"
REJECTED = "vitals.rejected"
ALERTS = "vitals.alerts"
STATUS = "vitals.status"
ROSTER = "vitals.roster"
COMMANDS = "vitals.commands"
RECEIPTS = "vitals.receipts"
PULSE = "vitals.pulse"
TRENDS = "vitals.trends"
AUDIT = "vitals.audit"

ALL = (READINGS, REJECTED, ALERTS, STATUS, ROSTER, COMMANDS, RECEIPTS, PULSE, TRENDS, AUDIT)

# The latest record of a key is all that counts: the broker may drop the older ones.
COMPACTED = (STATUS, ROSTER, PULSE)

# For how many hours the broker keeps records, where not for as long as by default: charts go back no further.
RETENTION_H = {TRENDS: 24}
