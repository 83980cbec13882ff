"""One partition: records in, messages and checkpoints out. No broker, no Faust.

What comes of readings is published at once: after a crash the same log gives the same events again, and
whoever reads them drops what they have seen by its ``sequence``. What comes of time passing, or of another
topic than the readings, can't be computed again: it goes to the :attr:`Partition.outbox`, which is published
only when a checkpoint holds it. So a command is done once, and answered once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace

from wardwatch.adapters.checkpoint import CheckpointWriter, Epoch, Message, Records, Recovered, is_behind
from wardwatch.adapters.isolation import IsolatedMonitor, Restore, Taken
from wardwatch.adapters.log_clock import LogClock
from wardwatch.adapters.records import Record
from wardwatch.adapters.statuses import Statuses
from wardwatch.adapters.unpacking import INTERNAL_ERROR_DETAIL, IsNew, failed_record, refused, unpack
from wardwatch.core.alarming.answering import refused as refused_command
from wardwatch.core.alarming.commands import Command, Receipt
from wardwatch.core.calibration_watch import CalibrationWatch
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Monitor
from wardwatch.core.quality import QualityTally
from wardwatch.core.reading import Batch
from wardwatch.core.roster import RosterEntry, entry_of
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.commands import decode_command, refusal_of
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.receipts import encode_receipt
from wardwatch.wire.roster import decode_placement
from wardwatch.wire.topics import ALERTS, COMMANDS, READINGS, RECEIPTS, ROSTER

SOURCES = (READINGS, ROSTER, COMMANDS)


class Partition:
    """Watches the patients of partition ``number``, from its assignment to this worker to its revocation.

    ``generation`` is the consumer group's at the assignment, ``changelog`` the latest value of each key of
    the changelog topic. ``readings_end`` is where the log of readings ended then: of those before it, an
    earlier owner may have told more than its last checkpoint holds. ``calibration`` listens to the monitor.
    """

    def __init__(
        self,
        number: int,
        *,
        generation: int,
        changelog: Mapping[bytes, bytes],
        restore: Restore,
        readings_end: int = 0,
        calibration: CalibrationWatch | None = None,
    ) -> None:
        recovered = Recovered.of(number, changelog)
        self.number = number
        self.quality = QualityTally()
        self.calibration = calibration
        self._had_owner = recovered.head is not None
        self._readings_end = readings_end
        self.clock = LogClock()
        if recovered.head is not None:
            self.clock.resume(recovered.head.heard_ms, recovered.head.heard_at_wall_ms)
        self.positions = dict.fromkeys(SOURCES, 0) | recovered.positions
        self.saved_positions = dict(self.positions)
        self._ahead = recovered.blocks_ahead()
        self._monitor = IsolatedMonitor(restore, recovered.states())
        self._decoder = ReadingDecoder()
        self._takers = {
            READINGS: self._take_readings,
            ROSTER: self._take_placements,
            COMMANDS: self._take_commands,
        }
        self._statuses = Statuses()
        self.outbox: list[tuple[str, Message]] = _unpublished(recovered, self._monitor.current)
        epoch = Epoch(recovered.epoch.term + 1, generation)
        self._writer = CheckpointWriter(number, epoch, recovered.keys)

    @property
    def has_changed(self) -> bool:
        """Whether a checkpoint would hold anything new."""
        return self.positions != self.saved_positions or bool(self.outbox)

    @property
    def is_unmarked(self) -> bool:
        """Whether a checkpoint must come before anything is told: none was ever finished."""
        return not self._had_owner and self._writer.is_first

    def is_ready_for(self, topic: str) -> bool:
        """Whether records of ``topic`` may be taken in now; if not, once more readings have been.

        What an earlier owner has told of readings is told again first: otherwise a command about it would
        come too early, and what comes of the command would take the number of what was told.
        """
        return topic == READINGS or not self._had_owner or self.positions[READINGS] >= self._readings_end

    def take(self, topic: str, records: Sequence[Record]) -> list[Message]:
        """Take records of one of :data:`SOURCES` in, in log order; returns what to publish now."""
        position = self.positions[topic]
        if records[0].offset < position:
            # The committed offset trails the checkpoint.
            records = records[bisect_left(records, position, key=lambda record: record.offset) :]
        if not records:
            return []
        messages = self._takers[topic](records)
        self.positions[topic] = records[-1].offset + 1
        return messages

    def tick(self) -> None:
        """Let time pass, by the log's clock; only where all of the log has been read."""
        now_ms = self.clock.now_ms()
        if now_ms is not None:
            self._keep_for_checkpoint(self._monitor.tick(now_ms))

    def due_in_s(self) -> float | None:
        """How long until time alone brings something about, or ``None`` where it won't."""
        now_ms, due_ms = self.clock.now_ms(), self._monitor.current.next_due_ms()
        if now_ms is None or due_ms is None:
            return None
        return max(0.0, (due_ms - now_ms) / 1000)

    def take_outbox(self) -> list[Message]:
        """The outbox, which is empty then: to be published, now that a checkpoint holds it."""
        outbox, self.outbox = self.outbox, []
        return [message for _, message in outbox]

    def statuses(self) -> list[Message]:
        """The status of each patient of whom something was received since the last call, and the trends."""
        return self._statuses.messages(self._monitor.current)

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
        is_new = self._is_new(READINGS)
        unpacked = unpack(records, lambda record: decoder.decode(record.value), is_new, decoder.decode_all)
        messages = unpacked.rejections
        self.clock.hear(records[-1].timestamp)
        if not unpacked.decoded:
            return messages
        batch = Batch.of_decoded(
            unpacked.decoded, arrived_at_ms=unpacked.arrived_at_ms, positions=unpacked.offsets
        )
        taken = self._monitor.receive(batch)
        self._statuses.note(batch.patients)
        messages += [refused(self.number, refusal) for refusal in taken.refusals]
        messages += self._failed(READINGS, taken)
        messages += [_alert(event) for event in taken.events]
        self.quality.hear(taken.events)
        return messages

    def _take_placements(self, records: Sequence[Record]) -> list[Message]:
        self._hear_without_readings(records)
        unpacked = unpack(records, self._decode_entry, self._is_new(ROSTER))
        taken = self._monitor.admit(unpacked.decoded, unpacked.offsets)
        self._statuses.note(entry.patient for entry in unpacked.decoded)
        self._keep_for_checkpoint(taken)
        return unpacked.rejections + self._failed(ROSTER, taken)

    def _take_commands(self, records: Sequence[Record]) -> list[Message]:
        self._hear_without_readings(records)
        is_new = self._is_new(COMMANDS)
        unpacked = unpack(records, self._decode_command, is_new)
        refusals = [
            receipt
            for record, sentence in unpacked.refused
            if (receipt := refusal_of(record.value, self._arrival_ms(record), sentence)) is not None
            and (is_new is None or is_new(receipt.patient, record.offset))
        ]
        taken = self._monitor.command(unpacked.decoded, unpacked.offsets)
        commands: dict[int, Command] = dict(zip(unpacked.offsets, unpacked.decoded, strict=True))
        failed = [commands[offset] for _, offset in taken.failed]
        taken.receipts += [refused_command(command, INTERNAL_ERROR_DETAIL) for command in failed]
        taken.receipts += refusals
        self._keep_for_checkpoint(taken)
        return unpacked.rejections + self._failed(COMMANDS, taken)

    def _decode_entry(self, record: Record) -> RosterEntry:
        return replace(entry_of(decode_placement(record.value)), at_ms=self._arrival_ms(record))

    def _decode_command(self, record: Record) -> Command:
        return decode_command(record.value, self._arrival_ms(record))

    def _arrival_ms(self, record: Record) -> int:
        """When it arrived, but never ahead of the log: the readings may be recorded, or may still lag."""
        now_ms = self.clock.now_ms()
        return record.timestamp if now_ms is None else min(record.timestamp, now_ms)

    def _hear_without_readings(self, records: Sequence[Record]) -> None:
        """Move the clock until the first reading; from then on only readings do, for they may be recorded."""
        now_ms, latest_ms = self.clock.now_ms(), max(record.timestamp for record in records)
        if not self.positions[READINGS] and (now_ms is None or now_ms < latest_ms):
            self.clock.hear(latest_ms)

    def _failed(self, topic: str, taken: Taken) -> list[Message]:
        return [failed_record(topic, self.number, *place) for place in taken.failed]

    def _keep_for_checkpoint(self, taken: Taken) -> None:
        self.outbox += [(event.patient, _alert(event)) for event in taken.events]
        self.outbox += [(receipt.patient, _answer(receipt)) for receipt in taken.receipts]
        self.quality.hear(taken.events)
        self.quality.answer(taken.receipts)
        self._statuses.note(event.patient for event in taken.events)
        # What is paused or turned off shows in the status, even if there is no alarm now.
        self._statuses.note(receipt.patient for receipt in taken.receipts)
        self._statuses.note(taken.dropped)

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


def _answer(receipt: Receipt) -> Message:
    return Message(RECEIPTS, receipt.patient.encode(), encode_receipt(receipt))


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
