"""Which alarm of the new rules is which of today's, and what has become of each.

Alarms of the same patient and condition belong together if they begin at the same instant, else if they
overlap, else if one begins soon after the other. Each alarm has one counterpart at most. What is left of
today's is *joined* if an alarm of the new rules that has another counterpart was open meanwhile, and *missed*
if none was; what is left of the new rules' is *split*, or *extra*, in the same way.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wardwatch.whatif.alarms import Alarm

# Alarms that don't overlap are about the same if they begin within this of each other: twice the longest wait
# of a hard limit, which is what changed limits and delays hasten or put off. Wardwatch's own choice.
NEAR_MS = 600_000
# Nobody notices that an alarm comes less than this earlier or later.
_NOTICEABLE_MS = 1000


class Kind(StrEnum):
    """What has become of an alarm. What takes something away comes first."""

    MISSED = "missed"
    LATER = "later"
    PRIORITY = "priority"
    JOINED = "joined"
    EXTRA = "extra"
    EARLIER = "earlier"
    SPLIT = "split"
    SAME = "same"


KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Pair:
    """An alarm of today's rules, one of the new ones, or both.

    Of what is joined or split, the alarm of the other side is the one that was open meanwhile.
    """

    kind: Kind
    today: Alarm | None
    new: Alarm | None

    @property
    def subject(self) -> Alarm:
        """The alarm that it is about: today's where there is one of its own."""
        alarm = self.new if self.kind is Kind.SPLIT or self.today is None else self.today
        if alarm is None:
            raise ValueError("a pair has one alarm at least")
        return alarm

    @property
    def delay_ms(self) -> int | None:
        """By how much the new rules' alarm is later; less than nothing if it is earlier."""
        if self.today is None or self.new is None or self.kind in (Kind.JOINED, Kind.SPLIT):
            return None
        return self.new.start_ms - self.today.start_ms

    @property
    def has_other_priority(self) -> bool:
        """Whether it is the same alarm, and rises to another priority."""
        return self.delay_ms is not None and self._rises_otherwise

    @property
    def _rises_otherwise(self) -> bool:
        return self.today is not None and self.new is not None and self.today.priority != self.new.priority


def matched(today: Iterable[Alarm], new: Iterable[Alarm]) -> list[Pair]:
    """What has become of each alarm, those first that take most away; equals by time and name."""
    groups: defaultdict[tuple[str, str], tuple[list[Alarm], list[Alarm]]] = defaultdict(lambda: ([], []))
    for side, alarms in enumerate((today, new)):
        for alarm in alarms:
            groups[alarm.patient, alarm.condition][side].append(alarm)
    pairs = [pair for group in groups.values() for pair in _of_one_condition(*group)]
    return sorted(pairs, key=_rank)


def _rank(pair: Pair) -> tuple[int, int, int, str, str]:
    alarm = pair.subject
    return KINDS.index(pair.kind), -alarm.priority, alarm.start_ms, alarm.patient, alarm.condition


def _of_one_condition(today: list[Alarm], new: list[Alarm]) -> Iterator[Pair]:
    """Of one condition there is one alarm at a time: those of a side don't overlap."""
    today.sort(key=_start)
    new.sort(key=_start)
    counterpart = _counterparts(today, new)
    for place, alarm in enumerate(today):
        if place in counterpart:
            other = new[counterpart[place]]
            yield Pair(_kind(alarm, other), alarm, other)
        else:
            standing = _first_open(alarm, new)
            yield Pair(Kind.MISSED if standing is None else Kind.JOINED, alarm, standing)
    taken = {*counterpart.values()}
    for place, alarm in enumerate(new):
        if place not in taken:
            standing = _first_open(alarm, today)
            yield Pair(Kind.EXTRA if standing is None else Kind.SPLIT, standing, alarm)


def _kind(today: Alarm, new: Alarm) -> Kind:
    delay_ms = new.start_ms - today.start_ms
    if abs(delay_ms) >= _NOTICEABLE_MS:
        return Kind.LATER if delay_ms > 0 else Kind.EARLIER
    return Kind.SAME if today.priority == new.priority else Kind.PRIORITY


def _counterparts(today: Sequence[Alarm], new: Sequence[Alarm]) -> dict[int, int]:
    """The place of each alarm's counterpart, if it has one: the surer ones first."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    ways: tuple[Callable[[Alarm, Sequence[Alarm]], range], ...] = (_at_once, _open_with, _near)
    for candidates in ways:
        for place, alarm in enumerate(today):
            if place in found:
                continue
            other = next((other for other in candidates(alarm, new) if other not in taken), None)
            if other is not None:
                found[place] = other
                taken.add(other)
    return found


def _at_once(alarm: Alarm, others: Sequence[Alarm]) -> range:
    return _beginning(others, alarm.start_ms, alarm.start_ms)


def _open_with(alarm: Alarm, others: Sequence[Alarm]) -> range:
    """The places of those that overlap an alarm: the one before its start, too, if it lasts that long."""
    first = bisect_right(others, alarm.start_ms, key=_start)
    last = len(others) if alarm.end_ms is None else bisect_right(others, alarm.end_ms, key=_start)
    while first and others[first - 1].overlaps(alarm):
        first -= 1
    return range(first, last)


def _near(alarm: Alarm, others: Sequence[Alarm]) -> range:
    return _beginning(others, alarm.start_ms - NEAR_MS, alarm.start_ms + NEAR_MS)


def _beginning(alarms: Sequence[Alarm], from_ms: int, to_ms: int) -> range:
    return range(bisect_left(alarms, from_ms, key=_start), bisect_right(alarms, to_ms, key=_start))


def _first_open(alarm: Alarm, others: Sequence[Alarm]) -> Alarm | None:
    places = _open_with(alarm, others)
    return others[places[0]] if places else None


def _start(alarm: Alarm) -> int:
    return alarm.start_ms
