"""What the alarm system hears of conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wardwatch.core.events import Phase, Priority

Kind = Literal["physiological", "technical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A condition exists (start), its priority is another one (update), or it is over (end).

    ``source`` is the device that a technical condition is about, else empty: a patient has one condition of a
    name for each source. ``onset_ms`` names the episode. ``observed_at_ms`` is when it happened on the
    device's clock, ``at_ms`` when on ours.
    """

    patient: str
    condition: str
    kind: Kind
    source: str
    phase: Phase
    priority: Priority
    onset_ms: int
    observed_at_ms: int
    at_ms: int
    text: str
    why: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The condition among all of the patient's."""
        return key_of(self.condition, self.source)


def key_of(condition: str, source: str) -> str:
    """A condition among all of a patient's."""
    return f"{condition} {source}" if source else condition
