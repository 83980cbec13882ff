"""What `wardwatch simulate` is asked for, as a plan."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import click

from wardwatch.cli.errors import UsersError
from wardwatch.cli.times import DURATION
from wardwatch_simulators import Failures, Illnesses, Plan, Wearers
from wardwatch_simulators.faults import FAULT_KINDS, MIXTURES
from wardwatch_simulators.living import COURSES, SHORTEST_S
from wardwatch_simulators.scenarios import ScenarioError, load

_WEARERS = 20
_DEVICES = ("ward_set",)
_COUNTED = re.compile(r"(\w+)(?::([1-9][0-9]{0,5}))?")
# Where there is no end, as if the end came after so long.
_WITHOUT_END_S = 3600


class CountedType(click.ParamType):
    """A name of a table, and how many, as in sepsis:3."""

    name = "name[:count]"

    def __init__(self, what: str, known: Iterable[str]) -> None:
        self._what, self._known = what, tuple(known)

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """The name and the count, 1 where it is not given."""
        if isinstance(value, tuple):
            return value
        match = _COUNTED.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is not understood; write it as {self._known[0]}:3.", param, ctx)
        if match[1] not in self._known:
            known = ", ".join(self._known)
            self.fail(f"there is no {self._what} {match[1]!r}; there are {known}.", param, ctx)
        return match[1], int(match[2] or 1)


class IllnessType(CountedType):
    """A course, how many have it, and within what time it is at its worst, as in sepsis:3:1h."""

    name = "course[:count[:duration]]"

    def convert(  # type: ignore[override]
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int, int | None]:
        """The name, the count, and the time in seconds, ``None`` for the course's own."""
        if isinstance(value, tuple):
            return value
        course, count, over = (*str(value).split(":", 2), "", "")[:3]
        name, many = super().convert(f"{course}:{count}" if count else course, param, ctx)
        over_s = DURATION.convert(over, param, ctx) if over else None
        if over_s is not None and over_s < SHORTEST_S:
            self.fail(f"no course is at its worst within less than {SHORTEST_S} s.", param, ctx)
        return name, many, over_s


ILLNESS = IllnessType("course", COURSES)
FAULT = CountedType("fault", FAULT_KINDS)


@dataclass(frozen=True, slots=True)
class Order:
    """The options, as given."""

    wearers: int | None
    devices: tuple[str, ...]
    courses: tuple[tuple[str, int, int | None], ...]
    deteriorating: int | None
    faults: str | None
    failures: tuple[tuple[str, int], ...]
    scenario: str | None
    duration_s: int | None

    def lasting(self, duration_s: int) -> Order:
        """The same for so long."""
        return replace(self, duration_s=duration_s)


def plan_of(order: Order) -> Plan:
    """The plan for these options, which must go together."""
    if order.scenario is not None:
        return _of_scenario(order, order.scenario)
    wearers = order.wearers or _WEARERS
    lasts_s = order.duration_s or _WITHOUT_END_S
    begin_s = lasts_s // 10, lasts_s // 2
    courses = _courses(order, wearers)
    if sum(count for _, count, _ in courses) > wearers:
        option = "--deteriorating" if order.deteriorating is not None else "--course"
        raise click.BadParameter("there are not so many wearers.", param_hint=option)
    if max((count for _, count in order.failures), default=0) > wearers:
        raise click.BadParameter("there are not so many wearers.", param_hint="--fault")
    return Plan(
        wearers=[Wearers(count=wearers, devices=order.devices or _DEVICES)],
        illnesses=[
            Illnesses(course=name, count=count, at_s=begin_s, over_s=over_s)
            for name, count, over_s in courses
        ],
        failures=[
            Failures(kind=name, count=count, at_s=begin_s, lasts_s=FAULT_KINDS[name].lasts_s)
            for name, count in order.failures
        ],
        mixture=MIXTURES[order.faults or "none"],
        lasts_s=order.duration_s,
    )


def slow_courses(plan: Plan) -> list[tuple[str, int]]:
    """The courses, each with its hours, that even those who fall ill first do not have to the full."""
    rises_s = {ill.course: ill.over_s or COURSES[ill.course].rise_s for ill in plan.illnesses}
    begin_s = {ill.course: ill.at_s[0] for ill in plan.illnesses}
    return [
        (course, -(-rise_s // 3600))
        for course, rise_s in rises_s.items()
        if plan.lasts_s is not None and begin_s[course] + rise_s > plan.lasts_s
    ]


def _courses(order: Order, wearers: int) -> list[tuple[str, int, int | None]]:
    if order.courses and order.deteriorating is not None:
        raise click.UsageError("--course says who falls ill; leave --deteriorating away.")
    if order.courses:
        return list(order.courses)
    ill = -(-wearers // 10) if order.deteriorating is None else order.deteriorating
    names = list(COURSES)
    counts = [(name, len(range(place, ill, len(names)))) for place, name in enumerate(names)]
    return [(name, count, None) for name, count in counts if count]


def _of_scenario(order: Order, scenario: str) -> Plan:
    given = {
        "--wearers": order.wearers,
        "--device": order.devices,
        "--course": order.courses,
        "--deteriorating": order.deteriorating,
        "--faults": order.faults,
        "--fault": order.failures,
    }
    for option, value in given.items():
        if value not in (None, ()):
            raise click.UsageError(f"--scenario says it all; leave {option} away, or write a scenario file.")
    try:
        plan = load(scenario)
    except ScenarioError as error:
        raise UsersError(str(error)) from error
    return plan if order.duration_s is None else replace(plan, lasts_s=order.duration_s)
