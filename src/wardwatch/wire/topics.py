"""The topics by name. All have the same number of partitions; all but the pulse, the quality and the
audit are keyed by patient.
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
QUALITY = "vitals.quality"

ALL = (READINGS, REJECTED, ALERTS, STATUS, ROSTER, COMMANDS, RECEIPTS, PULSE, TRENDS, AUDIT, QUALITY)

# The latest record of a key is all that counts: the broker may drop the older ones.
COMPACTED = (STATUS, ROSTER, PULSE, QUALITY)

# For how long the broker keeps records, where not for as long as by default. Charts go back no further than a
# day. The audit is kept for ever (Kafka's -1): a chain that has lost its beginning proves nothing, and how
# long the law wants it kept is for the hospital to know.
RETENTION_MS = {TRENDS: 86_400_000, AUDIT: -1}
