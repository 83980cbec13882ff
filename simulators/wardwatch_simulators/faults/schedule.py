"""Which device fails when: as told, or as chance has it, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch_simulators.faults.kinds import FAULT_KINDS
from wardwatch_simulators.living.randomness import Ints, Keys, purpose_keys, uniforms

_HOUR_S, _HOURS_A_DAY = 3600, 24


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Device number ``device`` of wearer number ``wearer`` fails from ``from_s`` to before ``until_s``."""

    from_s: int
    wearer: int
    kind: str
    until_s: int
    severity: float = 1.0
    device: int = 0

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(f"There is no fault {self.kind!r}; there are {', '.join(FAULT_KINDS)}.")
        if not 0 < self.severity <= 1:
            raise ValueError("severity must be above 0 and at most 1")
        if self.until_s <= self.from_s:
            raise ValueError("a fault must last for a second at least")


# Kinds and how often each comes a wearer-day.
Mixture = Mapping[str, float]
NO_FAULTS: Mixture = {}
REALISTIC: Mixture = {name: kind.a_day for name, kind in FAULT_KINDS.items()}
MIXTURES: Mapping[str, Mixture] = {"none": NO_FAULTS, "realistic": REALISTIC}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The faults of some devices: those ``told``, and those that come by chance, ``mixture``.

    They are number ``device`` of their ``wearers``; ``keys`` are the devices' own.
    """

    wearers: Ints
    keys: Keys
    mixture: Mixture
    told: Sequence[Fault] = ()
    device: int = 0

    def of_hour(self, hour: int) -> list[Fault]:
        """Those that begin within an hour, in order of time."""
        return sorted([*self._told(hour), *self._by_chance(hour)])

    def _told(self, hour: int) -> Iterator[Fault]:
        return (fault for fault in self.told if fault.from_s // _HOUR_S == hour)

    def _by_chance(self, hour: int) -> Iterator[Fault]:
        for name, a_day in self.mixture.items():
            kind = FAULT_KINDS[name]
            keys = purpose_keys(self.keys, f"fault {name}")
            comes, at, length, how = uniforms(keys, np.array([hour], dtype=np.int64))[:, 0].astype("f8").T
            least_s, most_s = kind.lasts_s
            mild, severe = kind.severities
            for row in np.flatnonzero(comes < a_day / _HOURS_A_DAY).tolist():
                from_s = hour * _HOUR_S + int(at[row] * _HOUR_S)
                yield Fault(
                    from_s=from_s,
                    wearer=int(self.wearers[row]),
                    kind=name,
                    until_s=from_s + least_s + int(length[row] * (most_s - least_s)),
                    severity=round(mild + float(how[row]) * (severe - mild), 2),
                    device=self.device,
                )
