"""How long how many patients were watched: what alarms are counted against."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from wardwatch.ledger.period import DAY_MS, Period


@dataclass(slots=True)
class Watched:
    """How many patients, on average if they were not counted one by one, and for how many days together."""

    patients: float = 0
    days: float = 0.0


@dataclass(slots=True)
class Census:
    """The last that was seen of each patient, and the first of anybody.

    Nobody keeps when a patient was first seen: everybody who was seen after a period's beginning counts from
    there on, to the last time that something was seen of that patient.
    """

    first_ms: int | None = None
    _last: dict[str, tuple[int, str]] = field(default_factory=dict)

    def see(self, patient: str, ward: str, at_ms: int) -> None:
        """A patient was in this ward at this instant."""
        self.first_ms = at_ms if self.first_ms is None else min(self.first_ms, at_ms)
        self._last[patient] = max(self._last.get(patient, (at_ms, ward)), (at_ms, ward))

    def watched(self, period: Period) -> dict[str, Watched]:
        """By the ward that each patient was last seen in, for how long patients were watched."""
        wards: defaultdict[str, Watched] = defaultdict(Watched)
        for last_ms, ward in self._last.values():
            seen_ms = min(last_ms, period.until_ms) - period.since_ms
            if seen_ms >= 0:
                wards[ward].patients += 1
                wards[ward].days += seen_ms / DAY_MS
        return dict(sorted(wards.items()))
