"""Who judges vitals beside the hard limits: the bank, and river's detectors where there are any."""

from __future__ import annotations

from dataclasses import dataclass

from wardwatch.core.bank import Bank
from wardwatch.core.river_plugin import RiverPanel


@dataclass(frozen=True, slots=True)
class Judges:
    """The bank, and the river detectors or ``None``."""

    bank: Bank
    river: RiverPanel | None
