"""One partition: records in, messages and checkpoints out. No broker, no Faust.

What comes of readings is published at once: after a crash the same log gives the same events again, and
whoever reads them drops what they have seen by its ``sequence``. What comes of time passing, or of another
topic than the readings, can't be computed again: it goes to the :attr:`Partition.outbox`, which is published
only when a checkpoint holds it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from wardwatch.adapters.checkpoint import CheckpointWriter, Epoch, Message, Records, Recovered, is_behind
from wardwatch.adapters.isolation import IsolatedMonitor, Restore
from wardwatch.adapters.log_clock import LogClock
from wardwatch.adapters.records import Record
from wardwatch.adapters.unpacking import IsNew, refused, rejected_reading, unpack
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.roster import decode_placement
from wardwatch.wire.status import encode_status
from wardwatch.wire.topics import ALERTS, READINGS, ROSTER, STATUS

SOURCES = (READINGS, ROSTER)

INTERNAL_ERROR = "internal_error"
_INTERNAL_ERROR_DETAIL = "wardwatch failed on this reading and left it out; that is a bug of wardwatch."


class Partition:
    """Watches the patients of partition ``number``, from its assignment to this worker to its revocation.

    ``generation`` is the consumer group's at the assignment, ``changelog`` the latest value of each key of
    the changelog topic.
    """

    def __init__(
        self, number: int, *, generation: int, changelog: Mapping[bytes, bytes], restore: Restore
    ) -> None:
        recovered = Recovered.of(number, changelog)
        self.number = number
        self.clock = LogClock()
        if recovered.head is not None:
            self.clock.resume(recovered.head.heard_ms, recovered.head.heard_at_wall_ms)
        self.positions = dict.fromkeys(SOURCES, 0) | recovered.positions
        self.saved_positions = dict(self.positions)
        self._ahead = recovered.blocks_ahead()
        self._monitor = IsolatedMonitor(restore, recovered.states())
        self._decoder = ReadingDecoder()
        self._changed_patients: set[str] = set()
        self.outbox: list[tuple[str, Message]] = _unpublished(recovered, self._monitor.current)
        epoch = Epoch(recovered.epoch.term + 1, generation)
        self._writer = CheckpointWriter(number, epoch, recovered.keys)

    @property
    def has_changed(self) -> bool:
        """Whether a checkpoint would hold anything new."""
        return self.positions != self.saved_positions or bool(self.outbox)

    def take(self, topic: str, records: Sequence[Record]) -> list[Message]:
        """Take records of one of :data:`SOURCES` in, in log order; returns what to publish now."""
        position = self.positions[topic]
        if records[0].offset < position:
            # The committed offset trails the checkpoint.
            records = records[bisect_left(records, position, key=lambda record: record.offset) :]
        if not records:
            return []
        messages = self._take_readings(records) if topic == READINGS else self._take_placements(records)
        self.positions[topic] = records[-1].offset + 1
        return messages

    def tick(self) -> None:
        """Let time pass, by the log's clock; only where all of the log has been read."""
        now_ms = self.clock.now_ms()
        if now_ms is not None:
            self._keep_for_checkpoint(self._monitor.tick(now_ms).events)

    def take_outbox(self) -> list[Message]:
        """The outbox, which is empty then: to be published, now that a checkpoint holds it."""
        outbox, self.outbox = self.outbox, []
        return [message for _, message in outbox]

    def statuses(self) -> list[Message]:
        """The status of each patient of whom something was received since the last call."""
        changed, self._changed_patients = self._changed_patients, set()
        return [
            Message(STATUS, status.patient.encode(), encode_status(status))
            for status in self._monitor.current.statuses(sorted(changed))
        ]

    def checkpoint(self) -> Records:
        """Keys and values for the changelog, to be sent in this order.

        All that was published must be safe before, and :meth:`take_outbox` is to be published when the
        records are safe.
        """
        self.saved_positions = dict(self.positions)
        self._forget_passed_blocks()
        blocks = self._monitor.save(whole=self._writer.is_first)
        return self._writer.records(
            blocks,
            positions=self.positions,
            ahead=self._ahead,
            heard=self.clock.saved(),
            outbox=self.outbox,
        )

    def _take_readings(self, records: Sequence[Record]) -> list[Message]:
        decoder = self._decoder
        unpacked = unpack(records, decoder.decode, self._is_new(READINGS), decoder.decode_all)
        messages = unpacked.rejections
        self.clock.hear(records[-1].timestamp)
        if not unpacked.decoded:
            return messages
        batch = Batch.of_decoded(
            unpacked.decoded, arrived_at_ms=unpacked.arrived_at_ms, positions=unpacked.offsets
        )
        taken = self._monitor.receive(batch)
        self._changed_patients.update(batch.patients)
        messages += [refused(self.number, refusal) for refusal in taken.refusals]
        messages += [
            rejected_reading(self.number, *failed, INTERNAL_ERROR, _INTERNAL_ERROR_DETAIL)
            for failed in taken.failed
        ]
        messages += [_alert(event) for event in taken.events]
        return messages

    def _take_placements(self, records: Sequence[Record]) -> list[Message]:
        unpacked = unpack(records, decode_placement, self._is_new(ROSTER))
        outcome = self._monitor.admit(unpacked.decoded)
        self._changed_patients.update(placement.patient for placement in unpacked.decoded)
        self._keep_for_checkpoint(outcome.events)
        return unpacked.rejections

    def _keep_for_checkpoint(self, events: list[AlarmEvent]) -> None:
        self.outbox += [(event.patient, _alert(event)) for event in events]
        self._changed_patients.update(event.patient for event in events)

    def _is_new(self, topic: str) -> IsNew | None:
        """Tells records that are in no block yet; ``None`` where all are.

        After a checkpoint that was cut off, some blocks cover more of the log than the others.
        """
        self._forget_passed_blocks()
        if not self._ahead:
            return None
        ahead, block_of = self._ahead, self._monitor.current.block_of

        def is_new(patient: str, offset: int) -> bool:
            block = block_of(patient)
            return block not in ahead or offset >= ahead[block].get(topic, 0)

        return is_new

    def _forget_passed_blocks(self) -> None:
        self._ahead = {
            number: covered for number, covered in self._ahead.items() if is_behind(self.positions, covered)
        }


def _alert(event: AlarmEvent) -> Message:
    return Message(ALERTS, event.patient.encode(), encode_alarm(event))


def _unpublished(recovered: Recovered, monitor: Monitor) -> list[tuple[str, Message]]:
    """What the last owner of the partition may not have published of its outbox.

    Of a checkpoint that was cut off, only the events whose patients' blocks were still written have happened.
    """
    outbox = recovered.outbox
    if outbox is None or recovered.head is None:
        return []
    if outbox.checkpoint <= recovered.head.checkpoint:
        return outbox.messages
    written = {number for number, block in recovered.blocks.items() if block.checkpoint >= outbox.checkpoint}
    return [entry for entry in outbox.messages if monitor.block_of(entry[0]) in written]
