"""Plans: who wears what, who falls ill, and which devices fail, before any second is simulated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from wardwatch_simulators.faults.kinds import FAULT_KINDS
from wardwatch_simulators.faults.schedule import NO_FAULTS, Fault, Mixture
from wardwatch_simulators.living.courses import COURSES
from wardwatch_simulators.living.devices import DEVICE_KINDS
from wardwatch_simulators.living.episodes import SHORTEST_S, Episode
from wardwatch_simulators.living.people import AT_HOME, ON_THE_WARD, Setting
from wardwatch_simulators.living.randomness import purpose_keys, uniforms, wearer_keys

_MINUTE_S = 60
# So many devices of a patient the monitor watches (docs/technical.md).
DEVICES_AT_MOST = 4

SETTINGS: dict[str, Setting] = {"at_home": AT_HOME, "on_the_ward": ON_THE_WARD}


class PlanError(ValueError):
    """A plan that can't be: one sentence that says where, and what can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wearers:
    """So many people of a kind, each with a device of each of these kinds."""

    count: int
    devices: Sequence[str] = ("ward_set",)
    setting: str = "on_the_ward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Illnesses:
    """So many of the wearers fall ill of a course, each at a time of ``at_s``, counted from the start.

    It is at its worst after ``over_s``; without, it goes as its row says.
    """

    course: str
    count: int
    at_s: tuple[int, int]
    severity: tuple[float, float] = (1.0, 1.0)
    over_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """So many wearers' devices fail, each at a time of ``at_s``, counted from the start.

    Of a wearer's devices one fails, whichever chance takes.
    """

    kind: str
    count: int
    at_s: tuple[int, int]
    lasts_s: tuple[int, int]
    severity: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A ward for a while: it begins at second ``starts_s`` of a day, and has no end without ``lasts_s``."""

    wearers: Sequence[Wearers]
    illnesses: Sequence[Illnesses] = ()
    failures: Sequence[Failures] = ()
    mixture: Mixture = field(default_factory=lambda: NO_FAULTS)
    starts_s: int = 0
    lasts_s: int | None = None
    description: str = ""

    @property
    def count(self) -> int:
        """How many wearers there are."""
        return sum(group.count for group in self.wearers)

    def starting(self, second: int) -> Plan:
        """The same at another second of the day."""
        return replace(self, starts_s=second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Wearers from number ``first`` on."""

    first: int
    wearers: Wearers


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A plan with names: which wearers fall ill, and whose devices are told to fail."""

    groups: list[Group]
    episodes: list[Episode]
    faults: list[Fault]


def cast(plan: Plan, seed: int) -> Cast:
    """Choose the wearers; raises :class:`PlanError`. Nobody falls ill twice.

    Whom a later line of the plan takes does not change whom an earlier one took.
    """
    _check(plan)
    groups, first = [], 0
    for wearers in plan.wearers:
        groups.append(Group(first=first, wearers=wearers))
        first += wearers.count
    well = set(range(plan.count))
    episodes: list[Episode] = []
    for line, illnesses in enumerate(plan.illnesses):
        chosen = _Chosen(seed, f"ill {line}", plan.count)
        for wearer in chosen.some(well, illnesses.count):
            # An illness begins with a minute.
            at_s = -(-(plan.starts_s + chosen.within(wearer, illnesses.at_s)) // _MINUTE_S) * _MINUTE_S
            severity = chosen.between(wearer, illnesses.severity)
            episodes.append(Episode(wearer, illnesses.course, at_s, severity, illnesses.over_s))
            well.remove(wearer)
    return Cast(groups=groups, episodes=episodes, faults=list(_failing(plan, seed)))


def _failing(plan: Plan, seed: int) -> list[Fault]:
    faults: list[Fault] = []
    worn = [len(group.devices) for group in plan.wearers for _ in range(group.count)]
    for line, failures in enumerate(plan.failures):
        chosen = _Chosen(seed, f"failing {line}", plan.count)
        # Devices that fail in another way are taken last.
        sound = set(range(plan.count)) - {fault.wearer for fault in faults}
        some = chosen.some(sound, failures.count)
        some += chosen.some(set(range(plan.count)) - sound, failures.count - len(some))
        for wearer in some:
            from_s = plan.starts_s + chosen.within(wearer, failures.at_s)
            lasts_s = chosen.within(wearer, failures.lasts_s)
            severity = chosen.between(wearer, failures.severity)
            until_s = from_s + max(1, lasts_s)
            number = chosen.one_of(wearer, worn[wearer])
            faults.append(Fault(from_s, wearer, failures.kind, until_s, severity, number))
    return faults


class _Chosen:
    """Chance, for one line of a plan."""

    def __init__(self, seed: int, purpose: str, count: int) -> None:
        keys = purpose_keys(wearer_keys(seed, np.arange(count, dtype=np.int64)), purpose)
        self._draws: list[list[float]] = uniforms(keys, np.zeros(1, dtype=np.int64))[:, 0].tolist()

    def some(self, of: set[int], count: int) -> list[int]:
        return sorted(sorted(of, key=lambda wearer: (self._draws[wearer][0], wearer))[:count])

    def within(self, wearer: int, span_s: tuple[int, int]) -> int:
        first, last = span_s
        return first + int(self._draws[wearer][1] * (last - first))

    def one_of(self, wearer: int, count: int) -> int:
        return int(self._draws[wearer][3] * count)

    def between(self, wearer: int, span: tuple[float, float]) -> float:
        least, most = span
        return round(least + self._draws[wearer][2] * (most - least), 2)


def _check(plan: Plan) -> None:
    for group in plan.wearers:
        if not 1 <= len(group.devices) <= DEVICES_AT_MOST:
            raise PlanError(f"a wearer has {len(group.devices)} devices; make it 1 to {DEVICES_AT_MOST}.")
        for device in group.devices:
            _known(device, DEVICE_KINDS, "device")
        _known(group.setting, SETTINGS, "setting")
    for illnesses in plan.illnesses:
        _known(illnesses.course, COURSES, "course")
        if illnesses.over_s is not None and illnesses.over_s < SHORTEST_S:
            raise PlanError(f"{illnesses.course} can't be at its worst within less than {SHORTEST_S} s.")
    ill = sum(illnesses.count for illnesses in plan.illnesses)
    if ill > plan.count:
        raise PlanError(f"{ill} are to fall ill, and there are {plan.count} wearers; make it more wearers.")
    for failures in plan.failures:
        _known(failures.kind, FAULT_KINDS, "fault")
        if failures.count > plan.count:
            raise PlanError(
                f"{failures.count} devices are to have {failures.kind}, and there are {plan.count} wearers."
            )


def _known(name: str, known: Iterable[str], what: str) -> None:
    if name not in known:
        raise PlanError(f"there is no {what} {name!r}; there are {', '.join(known)}.")
