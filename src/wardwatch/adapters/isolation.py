"""A monitor that survives a reading on which it fails: that reading is left out, and nothing else changes.

A failing monitor may be half changed, so it is thrown away. A new one starts from the last checkpoint, takes
in again what came since, and then the failing batch in halves, down to the one reading.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wardwatch.adapters.logs import place_of
from wardwatch.core.events import AlarmEvent, Placement, Refusal
from wardwatch.core.monitor import Monitor, Outcome
from wardwatch.core.reading import Batch

logger = logging.getLogger(__name__)

Restore = Callable[[Mapping[int, bytes]], Monitor]

# One bad reading is the sender's accident. Many in one batch are our own bug: then it is better to stop, with
# nothing committed, than to leave out reading after reading.
MAXIMUM_ISOLATED_READINGS = 16


class MonitorFailedError(Exception):
    """The monitor fails on more than single readings."""


@dataclass(slots=True)
class Taken:
    """What came of a batch; ``failed`` are the readings, patient and offset, that were left out."""

    events: list[AlarmEvent] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    failed: list[tuple[str, int]] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add what the monitor said."""
        self.events += outcome.events
        self.refusals += outcome.refusals


class IsolatedMonitor:
    """Holds a monitor, its state at the last checkpoint, and what it took in since."""

    def __init__(self, restore: Restore, saved: dict[int, bytes]) -> None:
        self._restore = restore
        self._saved = saved
        self._since: list[Batch | list[Placement]] = []
        self.current = restore(saved)

    def receive(self, batch: Batch) -> Taken:
        """Take readings in, all but those on which the monitor fails."""
        taken = Taken()
        try:
            self.current.receive(batch)
            taken.add(self.current.drain())
        except Exception as error:  # noqa: BLE001 (whatever it is, it must not stop the partition)
            logger.error("The monitor failed on a batch: %s. Isolating the reading.", place_of(error))  # noqa: TRY400
            self._receive_in_halves(batch, taken)
        else:
            self._since.append(batch)
        return taken

    def admit(self, placements: list[Placement]) -> Outcome:
        """Take roster lines in."""
        self.current.admit(placements)
        self._since.append(placements)
        return self.current.drain()

    def tick(self, now_ms: int) -> Outcome:
        """Let time pass. Where that tells something, :meth:`save` must follow at once."""
        self.current.tick(now_ms)
        return self.current.drain()

    def save(self, *, whole: bool) -> dict[int, bytes]:
        """The blocks that changed since the last call, or all."""
        blocks = dict(self.current.snapshot(only_changed=not whole))
        self._saved.update(blocks)
        self._since.clear()
        return blocks

    def _receive_in_halves(self, batch: Batch, taken: Taken) -> None:
        waiting = [batch]
        self.current = self._rebuilt()
        while waiting:
            part = waiting.pop()
            try:
                self.current.receive(part)
                taken.add(self.current.drain())
            except Exception as error:
                self.current = self._rebuilt()
                if len(part) == 1:
                    taken.failed.append((part.patients[0], int(part.positions[0])))
                    if len(taken.failed) > MAXIMUM_ISOLATED_READINGS:
                        raise MonitorFailedError(
                            f"The monitor fails on many readings ({place_of(error)})."
                        ) from error
                else:
                    middle = len(part) // 2
                    waiting += [_cut(part, slice(middle, None)), _cut(part, slice(middle))]
            else:
                self._since.append(part)

    def _rebuilt(self) -> Monitor:
        monitor = self._restore(self._saved)
        for piece in self._since:
            if isinstance(piece, Batch):
                monitor.receive(piece)
            else:
                monitor.admit(piece)
        monitor.drain()
        return monitor


def _cut(batch: Batch, piece: slice) -> Batch:
    return Batch(**{column.name: getattr(batch, column.name)[piece] for column in dataclasses.fields(Batch)})
