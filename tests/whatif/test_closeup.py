from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.told_alarms import MINUTE_MS, T0_MS, by_minute, episode
from wardwatch.core.events import Placement
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.whatif.changes import as_on_a_log
from wardwatch.whatif.closeup import MOST_MOMENTS, CloseUp
from wardwatch.whatif.comparison import Comparison, TimedWatcher
from wardwatch.whatif.matching import Kind, Pair, matched

TODAY = as_on_a_log(Rules())
TO_140 = as_on_a_log(Rules(default_limits={"heart_rate": {"high": 140}}))
OTHER = by_minute(episode(150), patient="p-2")


def play(watcher: TimedWatcher, readings: Sequence[Reading]) -> None:
    watcher.admit([Placement(patient=patient, ward="4B", bed="1") for patient in ("p-1", "p-2")])
    for first in range(0, len(readings), 25):
        watcher.receive(Batch.of(readings[first : first + 25]))
        watcher.drain()


def opened(readings: Sequence[Reading], *, number: int = 0, new: Rules = TO_140) -> tuple[Pair, CloseUp]:
    comparison = Comparison(Monitor(TODAY), Monitor(new))
    play(comparison, readings)
    pair = matched(comparison.today.all, comparison.new.all)[number]
    closeup = CloseUp(pair, TODAY, new)
    play(closeup, readings)
    closeup.finish()
    return pair, closeup


def test_a_side_that_said_nothing_shows_why() -> None:
    pair, closeup = opened([*by_minute(episode(135)), *OTHER])
    assert pair.kind is Kind.MISSED
    assert [event.phase.value for event in closeup.today.events] == ["start", "end"]
    assert closeup.new.events == []
    assert (closeup.today.limit, closeup.new.limit) == (130, 140)
    beyond = {
        (moment.vitals["heart_rate"], moment.today_beyond, moment.new_beyond) for moment in closeup.moments
    }
    assert beyond == {(80, -50, -60), (135, 5, -5)}


def test_both_sides_are_told_in_full() -> None:
    pair, closeup = opened([*by_minute(episode(155)), *OTHER])
    assert pair.kind is Kind.LATER
    for side, alarm in (closeup.today, pair.today), (closeup.new, pair.new):
        assert alarm is not None
        assert {event.alarm for event in side.events} == {alarm.alarm}
        assert side.events[0].why["limit"] == side.limit
        assert side.events[0].ward == "4B"


def test_what_lies_far_around_is_thinned_out() -> None:
    quick = [
        Reading(patient="p-1", device="d", observed_at_ms=T0_MS + second * 1000, heart_rate=80 + second % 3)
        for second in range(0, 40 * 60, 2)
    ]
    _, closeup = opened([*quick, *by_minute(episode(135), from_ms=T0_MS + 40 * MINUTE_MS)])
    assert len(closeup.moments) <= MOST_MOMENTS
    instants = [moment.at_ms for moment in closeup.moments]
    assert instants == sorted(instants)


@pytest.mark.parametrize("condition", ["vitals.unusual", "news2.high"])
def test_a_condition_without_a_wards_limit_is_opened_as_well(condition: str) -> None:
    comparison = Comparison(Monitor(TODAY), Monitor(TODAY))
    play(comparison, by_minute(episode(135)))
    alarm = comparison.today.all[0]
    alarm.condition = condition
    pair = Pair(Kind.MISSED, alarm, None)
    closeup = CloseUp(pair, TODAY, TODAY)
    play(closeup, by_minute(episode(135)))
    closeup.finish()
    assert closeup.today.limit == closeup.new.limit is not None


def test_what_alarmed_already_is_told_of_either_side() -> None:
    low = [replace(reading, oxygen_saturation=86.0) for reading in by_minute(episode(135))]
    _, closeup = opened(low)
    for side in (closeup.today, closeup.new):
        assert "oxygen_saturation.low" in side.open_alarms
        assert "heart_rate.high" not in side.open_alarms


def test_an_alarm_with_which_the_log_ends_is_opened_too() -> None:
    _, closeup = opened(by_minute(episode(135)[:16]))
    assert [event.phase.value for event in closeup.today.events] == ["start"]
    assert (closeup.today.limit, closeup.new.limit) == (130, 140)
