"""The monitor: readings in, alarm events out. (Being written: the interface is settled.)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from wardwatch.core.events import AlarmEvent, PatientStatus, Placement, Refusal
from wardwatch.core.reading import Batch


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of all that was received since the last drain.

    ``readings_refused`` counts readings of which nothing was used; ``refusals`` has one entry a refused
    reading or value.
    """

    events: list[AlarmEvent] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    readings: int = 0
    readings_refused: int = 0


class Monitor:
    """Watches all patients of a partition."""

    def receive(self, batch: Batch) -> None:
        """Take readings in, in log order."""
        raise NotImplementedError

    def admit(self, placements: Iterable[Placement]) -> None:
        """Take roster lines in."""
        raise NotImplementedError

    def tick(self, now_ms: int) -> None:
        """Let time pass, by the log's clock, where no reading tells it."""
        raise NotImplementedError

    def drain(self) -> Outcome:
        """What there is to tell, once."""
        raise NotImplementedError

    def statuses(self, patients: Iterable[str]) -> list[PatientStatus]:
        """The latest of each of these patients."""
        raise NotImplementedError

    def snapshot(self, *, only_changed: bool) -> Iterator[tuple[int, bytes]]:
        """Blocks of patients as (number, bytes); with ``only_changed`` those touched since the last call."""
        raise NotImplementedError

    @classmethod
    def restore(cls, blocks: Mapping[int, bytes]) -> Monitor:
        """The monitor that wrote these blocks."""
        raise NotImplementedError

    def block_of(self, patient: str) -> int | None:
        """The number of the block that holds a patient, or ``None`` for one never seen."""
        raise NotImplementedError
