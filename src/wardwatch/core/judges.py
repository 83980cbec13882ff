"""What judges vitals: the bank, river's detectors where there are any, and the limits of the wards."""

from __future__ import annotations

from dataclasses import dataclass, field

from wardwatch.core.bank import Bank
from wardwatch.core.limits import WardLimits
from wardwatch.core.river_plugin import RiverPanel


@dataclass(frozen=True, slots=True)
class Judges:
    """The bank, the river detectors or ``None``, and the wards' own limits."""

    bank: Bank
    river: RiverPanel | None
    wards: WardLimits = field(default_factory=WardLimits)
