"""Two sets of rules on the same readings: what must hold, whatever the readings are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.simulated import ONCE_A_MINUTE, START_MS
from tests.support.told_alarms import MINUTE_MS, T0_MS, by_minute, episode
from wardwatch.core.alarming.policy import Handling, Policies, WardPolicy
from wardwatch.core.events import Placement
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.roster import RosterEntry
from wardwatch.whatif.changes import as_on_a_log
from wardwatch.whatif.comparison import Comparison
from wardwatch.whatif.matching import Kind, Pair, matched
from wardwatch.wire.readings import ReadingDecoder
from wardwatch_simulators import Illnesses, Plan, Simulation, Wearers
from wardwatch_simulators.living import DEVICE_KINDS

TODAY = as_on_a_log(Rules())


def limited(**limits: dict[str, float]) -> Rules:
    return as_on_a_log(Rules(default_limits=limits))


def compared(readings: Sequence[Reading], new: Rules, *, today: Rules = TODAY, cut: int = 512) -> list[Pair]:
    comparison = Comparison(Monitor(today), Monitor(new))
    for first in range(0, len(readings), cut):
        comparison.receive(Batch.of(readings[first : first + cut]))
        comparison.drain()
    return matched(comparison.today.all, comparison.new.all)


def kinds(pairs: Iterable[Pair]) -> list[Kind]:
    return [pair.kind for pair in pairs]


@pytest.fixture(scope="module", autouse=True)
def _once_a_minute() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(DEVICE_KINDS, ONCE_A_MINUTE.name, ONCE_A_MINUTE)
        yield


@cache
def simulated(course: str) -> list[Reading]:
    """Two hours of two wearers, of whom one falls ill; minute by minute."""
    plan = Plan(
        wearers=[Wearers(count=2, devices=[ONCE_A_MINUTE.name])],
        illnesses=[Illnesses(course=course, count=1, at_s=(1800, 1800), over_s=3600)],
        starts_s=9 * 3600,
        lasts_s=2 * 3600,
    )
    decode = ReadingDecoder().decode
    simulation = Simulation(plan, seed=7, start_ms=START_MS)
    return [decode(arrival.payload) for second in simulation.seconds() for arrival in second]


def test_a_limit_further_out_misses_what_lies_between() -> None:
    assert kinds(compared(by_minute(episode(135)), limited(heart_rate={"high": 140}))) == [Kind.MISSED]
    assert kinds(compared(by_minute(episode(155)), limited(heart_rate={"high": 140}))) == [Kind.LATER]
    assert kinds(compared(by_minute(episode(125)), limited(heart_rate={"high": 120}))) == [Kind.EXTRA]


def test_a_signal_delay_makes_an_alarm_later_and_drops_a_short_one() -> None:
    delayed = WardPolicy(medium=Handling(signal_delay_s=240, latches=True))
    new = as_on_a_log(Rules(policies=Policies(default=delayed)))
    (pair,) = compared(by_minute(episode(135)), new)
    assert (pair.kind, pair.delay_ms) == (Kind.LATER, 240_000)
    assert kinds(compared(by_minute(episode(135, minutes=7)), new)) == [Kind.MISSED]


def test_time_that_passes_at_the_end_of_a_log_is_told_to_both() -> None:
    comparison = Comparison(Monitor(TODAY), Monitor(TODAY))
    comparison.receive(Batch.of(by_minute(episode(135)[:14])))
    comparison.tick(T0_MS + 16 * MINUTE_MS)
    comparison.drain()
    assert len(comparison.today.all) == len(comparison.new.all) == 1


def test_patients_are_watched_where_they_lie() -> None:
    comparison = Comparison(Monitor(TODAY), Monitor(TODAY))
    readings = by_minute([80.0] * 30)
    comparison.receive(Batch.of(readings[:10]))
    comparison.admit([Placement(patient="p-1", ward="4B", bed="1")])
    comparison.receive(Batch.of(readings[10:20]))
    comparison.admit([RosterEntry(patient="p-1", ward="4B", bed="1", discharged=True)])
    comparison.receive(Batch.of(readings[20:] + by_minute([80.0], patient="p-2")))
    watched = comparison.watched
    assert watched.ms_in_ward == {"unassigned": 19 * MINUTE_MS, "4B": 10 * MINUTE_MS}
    assert (watched.patients, watched.readings) == (2, 31)


def test_a_gap_counts_up_to_an_hour_and_what_comes_late_not_at_all() -> None:
    comparison = Comparison(Monitor(TODAY), Monitor(TODAY))
    for at_min in (0, 300, 290, 301):
        comparison.receive(Batch.of(by_minute([80.0], from_ms=T0_MS + at_min * MINUTE_MS)))
    assert comparison.watched.ms_in_ward == {"unassigned": 61 * MINUTE_MS}


ILL = st.sampled_from(["pulmonary_embolism", "haemorrhage", "opioid_respiratory_depression"])


def test_the_simulated_wearers_who_are_compared_have_alarms() -> None:
    assert kinds(compared(simulated("pulmonary_embolism"), TODAY))


@settings(max_examples=4, deadline=None)
@given(course=ILL, cut=st.integers(20, 700))
def test_unchanged_rules_differ_in_nothing(course: str, cut: int) -> None:
    assert set(kinds(compared(simulated(course), TODAY, cut=cut))) <= {Kind.SAME}


@settings(max_examples=4, deadline=None)
@given(course=ILL, high=st.integers(100, 129), low=st.integers(93, 97))
def test_stricter_limits_lose_no_alarm_of_simulated_wearers(course: str, high: int, low: int) -> None:
    stricter = limited(heart_rate={"high": float(high)}, oxygen_saturation={"low": float(low)})
    assert not {Kind.MISSED, Kind.LATER} & set(kinds(compared(simulated(course), stricter)))


STEPS = st.lists(st.tuples(st.integers(1, 400), st.integers(95, 175)), min_size=1, max_size=60)


@settings(max_examples=30, deadline=None)
@given(steps=STEPS, limit=st.integers(100, 129))
def test_a_stricter_limit_loses_no_alarm_of_its_condition(steps: list[tuple[int, int]], limit: int) -> None:
    at_s, readings = 0, []
    for after_s, value in steps:
        at_s += after_s
        at_ms = T0_MS + at_s * 1000
        readings.append(Reading(patient="p", device="d", observed_at_ms=at_ms, heart_rate=float(value)))
    pairs = compared(readings, limited(heart_rate={"high": float(limit)}))
    assert not {Kind.MISSED, Kind.LATER} & set(kinds(pairs))
