"""A monitor that survives a record on which it fails: that record is left out, and nothing else changes.

A failing monitor may be half changed, so it is thrown away. A new one starts from the last checkpoint, takes
in again what came since, and then the failing records in halves, down to the one.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from wardwatch.adapters.logs import place_of
from wardwatch.core.alarming.commands import Command, Receipt
from wardwatch.core.events import AlarmEvent, Placement, Refusal
from wardwatch.core.monitor import Monitor, Outcome
from wardwatch.core.reading import Batch, IntArray

logger = logging.getLogger(__name__)

Restore = Callable[[Mapping[int, bytes]], Monitor]

# One bad record is the sender's accident. Many at once are our own bug: then it is better to stop, with
# nothing committed, than to leave out record after record.
MAXIMUM_ISOLATED_RECORDS = 16


class MonitorFailedError(Exception):
    """The monitor fails on more than single records."""


@dataclass(slots=True)
class Taken:
    """What came of some records; ``failed`` are those that were left out, patient and offset.

    ``dropped`` are patients whom the monitor keeps no longer.
    """

    events: list[AlarmEvent] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    failed: list[tuple[str, int]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add what the monitor said."""
        self.events += outcome.events
        self.receipts += outcome.receipts
        self.refusals += outcome.refusals
        self.dropped += outcome.dropped


@dataclass(frozen=True, slots=True)
class _Piece:
    """Records of one topic in log order, and the monitor's method that takes them in."""

    take_in: Callable[[Monitor, Any], None]
    records: Any
    offsets: Sequence[int] | IntArray

    def place(self) -> tuple[str, int]:
        """Patient and offset of the first record."""
        first = self.records.patients[0] if isinstance(self.records, Batch) else self.records[0].patient
        return first, int(self.offsets[0])

    def halves(self) -> list[Self]:
        """The first half last."""
        middle = len(self.offsets) // 2
        return [self._cut(slice(middle, None)), self._cut(slice(middle))]

    def _cut(self, part: slice) -> Self:
        records = _cut(self.records, part) if isinstance(self.records, Batch) else self.records[part]
        return dataclasses.replace(self, records=records, offsets=self.offsets[part])


class IsolatedMonitor:
    """Holds a monitor, its state at the last checkpoint, and what it took in since."""

    def __init__(self, restore: Restore, saved: dict[int, bytes]) -> None:
        self._restore = restore
        self._saved = saved
        self._since: list[_Piece] = []
        self.current = restore(saved)

    def receive(self, batch: Batch) -> Taken:
        """Take readings in, all but those on which the monitor fails."""
        return self._take(_Piece(lambda monitor, records: monitor.receive(records), batch, batch.positions))

    def admit(self, placements: list[Placement], offsets: list[int]) -> Taken:
        """Take roster lines in, all but those on which the monitor fails."""
        return self._take(_Piece(lambda monitor, records: monitor.admit(records), placements, offsets))

    def command(self, commands: list[Command], offsets: list[int]) -> Taken:
        """Do what people want, all but that on which the monitor fails."""
        return self._take(_Piece(lambda monitor, records: monitor.command(records), commands, offsets))

    def tick(self, now_ms: int) -> Taken:
        """Let time pass. Where that tells something, :meth:`save` must follow at once."""
        taken = Taken()
        self.current.tick(now_ms)
        taken.add(self.current.drain())
        return taken

    def save(self, *, whole: bool) -> dict[int, bytes]:
        """The blocks that changed since the last call, or all."""
        blocks = dict(self.current.snapshot(only_changed=not whole))
        self._saved.update(blocks)
        self._since.clear()
        return blocks

    def _take(self, piece: _Piece) -> Taken:
        taken = Taken()
        try:
            piece.take_in(self.current, piece.records)
            taken.add(self.current.drain())
        except Exception as error:  # noqa: BLE001 (whatever it is, it must not stop the partition)
            logger.error("The monitor failed on a batch: %s. Isolating the record.", place_of(error))  # noqa: TRY400
            self._take_in_halves(piece, taken)
        else:
            self._since.append(piece)
        return taken

    def _take_in_halves(self, piece: _Piece, taken: Taken) -> None:
        waiting = [piece]
        self.current = self._rebuilt()
        while waiting:
            part = waiting.pop()
            try:
                part.take_in(self.current, part.records)
                taken.add(self.current.drain())
            except Exception as error:
                self.current = self._rebuilt()
                if len(part.offsets) == 1:
                    taken.failed.append(part.place())
                    if len(taken.failed) > MAXIMUM_ISOLATED_RECORDS:
                        raise MonitorFailedError(
                            f"The monitor fails on many records ({place_of(error)})."
                        ) from error
                else:
                    waiting += part.halves()
            else:
                self._since.append(part)

    def _rebuilt(self) -> Monitor:
        monitor = self._restore(self._saved)
        for piece in self._since:
            piece.take_in(monitor, piece.records)
        monitor.drain()
        return monitor


def _cut(batch: Batch, part: slice) -> Batch:
    return Batch(**{column.name: getattr(batch, column.name)[part] for column in dataclasses.fields(Batch)})
