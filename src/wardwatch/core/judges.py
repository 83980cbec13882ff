"""What judges vitals: the bank, river's detectors where there are any, and the limits of the wards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from wardwatch.core.bank import Bank
from wardwatch.core.limits import WardLimits
from wardwatch.core.reading import FloatArray, Round
from wardwatch.core.river_plugin import RiverPanel
from wardwatch.core.table import PatientTable

# Is told of each round, and of the signals (n, SIGNAL_COUNT of `conditions`) that conditions go by.
Listener: TypeAlias = Callable[[PatientTable, Round, FloatArray], None]


@dataclass(frozen=True, slots=True)
class Judges:
    """The bank, the river detectors or ``None``, the wards' own limits, and who listens to the signals."""

    bank: Bank
    river: RiverPanel | None
    wards: WardLimits = field(default_factory=WardLimits)
    listener: Listener | None = None
