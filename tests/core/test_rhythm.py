"""Irregular pulses, pauses and runs of fast beats make alarms, and what looks a little like them none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.beats import beats, breathing, fibrillation, sinus, with_extra_beats
from tests.support.logs import START_MS, refusals, run, seconds, unattended
from wardwatch.core.blocks import decode, encode
from wardwatch.core.events import AlarmEvent, Phase, Priority, Reason
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.rhythm import INTERVALS, unlike_percent, wave_share

IRREGULAR, PAUSE, FAST = "heart_rhythm.irregular", "heart_rhythm.pause", "heart_rhythm.fast"


def told(intervals: Sequence[float]) -> list[AlarmEvent]:
    return run(beats(intervals))


def conditions_of(events: Sequence[AlarmEvent]) -> list[str]:
    return [event.condition for event in events if event.phase is Phase.START]


def length_s(intervals: Sequence[float]) -> float:
    return sum(intervals) / 1000


def test_fibrillation_alarms_within_seconds_and_ends_two_minutes_after_it() -> None:
    before, ill, after = sinus(60), fibrillation(120), sinus(400)
    start, end = [event for event in told([*before, *ill, *after]) if event.condition == IRREGULAR]
    assert (start.kind, start.phase, start.priority) == ("physiological", Phase.START, Priority.MEDIUM)
    assert start.text.startswith("Irregular pulse: ")
    assert 0 < seconds(start) - length_s(before) < 25
    assert end.phase is Phase.END
    assert end.text.endswith(", alarm over")
    assert seconds(end) - length_s([*before, *ill]) == pytest.approx(128, abs=6)


@pytest.mark.parametrize(
    "intervals",
    [
        sinus(900),
        sinus(900, interval_ms=1250),
        sinus(900, interval_ms=480),
        with_extra_beats(sinus(900), 4),
        with_extra_beats(sinus(900), 2),
        # A rate that rises within a minute, as on standing up.
        [*np.linspace(900, 550, 70).round().tolist(), *[550] * 300],
        # Two kinds that alternate.
        [700, 900] * 300,
    ],
    ids=["sinus", "slow", "quick", "every fourth early", "bigeminy", "rising", "alternating"],
)
def test_regular_pulses_and_extra_beats_make_no_alarm(intervals: Sequence[float]) -> None:
    assert told(intervals) == []


@pytest.mark.parametrize(
    ("intervals", "text"),
    [
        (
            [*sinus(60), 2300, *sinus(100), 5000, *sinus(20)],
            "Pause of 5.0 s between beats, and not the first",
        ),
        (
            [*sinus(60), 1600, *sinus(60), 1650, *sinus(20)],
            "Pause of 1.6 s between beats, and not the first",
        ),
    ],
    ids=["long", "short"],
)
def test_a_pause_alarms_at_once_when_it_comes_again(intervals: Sequence[float], text: str) -> None:
    [event] = told(intervals)
    assert (event.condition, event.text, event.priority) == (PAUSE, text, Priority.MEDIUM)
    assert seconds(event) == pytest.approx(length_s(intervals[:-20]), abs=0.2)


@pytest.mark.parametrize(
    "intervals",
    [
        [*sinus(60), 1600, *sinus(60)],
        # A beat was missed, and contact lost.
        [*sinus(60, interval_ms=1100), 2200, *sinus(60, interval_ms=1100)],
        [*sinus(60), 5000, *sinus(60)],
        [*sinus(60), 1600, *sinus(240), 5000, *sinus(240), 1600, *sinus(20)],
        # Hearts wait after an early beat.
        [*sinus(60), 480, 1300, *sinus(30), 480, 1300, *sinus(20)],
        # Long, but so is every interval.
        sinus(100, interval_ms=1350),
    ],
    ids=["once", "missed", "lost", "more than three minutes apart", "after early beats", "slow"],
)
def test_what_is_no_pause_makes_no_alarm(intervals: Sequence[float]) -> None:
    assert told(intervals) == []


def test_a_pause_is_over_five_minutes_after_the_last_one() -> None:
    intervals = [*sinus(60), 2300, *sinus(100), 2300, *sinus(500)]
    start, end = told(intervals)
    assert (start.phase, end.phase) == (Phase.START, Phase.END)
    assert seconds(end) - length_s(intervals[:162]) == pytest.approx(300, abs=2)


def test_a_run_of_fast_beats_alarms_while_it_lasts() -> None:
    before, run_of_beats = sinus(60), [400.0] * 12
    start, *_ = told([*before, *run_of_beats, *sinus(30)])
    assert (start.condition, start.text) == (FAST, "Fast beats: 150 /min over 8 beats")
    assert seconds(start) - length_s(before) < length_s(run_of_beats)
    assert FAST not in conditions_of(told([*before, 400, 400, 400, *sinus(30)]))
    # As fast as NEWS2 lets pass.
    assert conditions_of(told([*sinus(60, interval_ms=500), *[462.0] * 100])) == []


@pytest.mark.parametrize("trouble", [{"signal_quality": 0.4}, {"worn": False}, {"steps": 3.0}])
def test_what_cannot_be_relied_on_is_not_judged(trouble: dict[str, Any]) -> None:
    poor = beats([*fibrillation(200), 2500, *[400] * 30], **trouble)
    good = beats(sinus(30), poor[-1].observed_at_ms)
    assert run([*poor, *good]) == []


def test_the_interval_after_a_poor_beat_says_nothing_either() -> None:
    log = beats([*sinus(20), 2500, *sinus(19), 1000, 2500, *sinus(40)])
    poor = replace(log[40], signal_quality=0.1)
    assert run([*log[:40], poor, *log[41:]]) == []
    assert conditions_of(run(log)) == [PAUSE]


def test_who_has_walked_is_judged_again_a_minute_later() -> None:
    log = beats([*sinus(20), *fibrillation(300)])
    log[0] = replace(log[0], steps=10.0)
    [event] = [event for event in run(log) if event.condition == IRREGULAR]
    assert (event.observed_at_ms - log[0].observed_at_ms) / 1000 > 60


def test_after_a_minute_without_a_beat_sixteen_are_needed_anew() -> None:
    first = beats(fibrillation(15))
    later = beats(fibrillation(15, seed=2), first[-1].observed_at_ms + 61_000)
    soon = beats(fibrillation(15, seed=2), first[-1].observed_at_ms)
    assert conditions_of(run([*first, *later])) == []
    assert conditions_of(run([*first, *soon])) == [IRREGULAR]


def test_reasons_say_what_was_measured_and_with_which_intervals_there_would_be_no_alarm() -> None:
    irregular, pause, fast = (
        next(event for event in told(intervals) if event.condition == condition)
        for condition, intervals in (
            (IRREGULAR, fibrillation(60)),
            (PAUSE, [*sinus(60), 2300, *sinus(9), 2300, *sinus(9)]),
            (FAST, [*sinus(60), *[400] * 20]),
        )
    )
    for event, limit, unit in ((irregular, 80.0, "%"), (pause, 1.2, "s"), (fast, 130.0, "/min")):
        why = event.why
        assert (why["rule"], why["limit"], why["unit"], why["direction"]) == ("rhythm", limit, unit, "above")
        assert why["value"] > limit
        assert why["shortest_ms"] <= why["longest_ms"]
        assert why["why_not_higher"] == "This condition has no higher priority than medium."
    assert pause.why["counterfactual"]["rr_interval_ms"] == {"at_most": 1199}
    assert pause.why["pause_at_ms"] == START_MS + sum([*sinus(60), 2300, *sinus(9), 2300])
    assert fast.why["counterfactual"]["rr_interval_ms"] == {"at_least": 462}
    bounds = irregular.why["counterfactual"]["rr_interval_ms"]
    assert bounds["at_least"] < bounds["at_most"] < 1.05 * bounds["at_least"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(350, 1150))
def test_whatever_the_heart_does_within_the_named_bounds_there_is_no_alarm(
    seed: int, interval_ms: int
) -> None:
    intervals = fibrillation(60, interval_ms=interval_ms, seed=seed)
    for event in told(intervals):
        bounds = event.why["counterfactual"]["rr_interval_ms"]
        lowest, highest = bounds.get("at_least", 0), bounds.get("at_most", 10_000)
        kept = np.clip(intervals, lowest, highest).tolist()
        assert event.condition not in conditions_of(told(kept))


@pytest.mark.parametrize("interval_ms", [0.0, 199.0, 10_001.0, -800.0])
def test_an_interval_that_no_heart_has_is_refused_and_changes_nothing(interval_ms: float) -> None:
    log = beats(sinus(30))
    wrong = Reading(
        patient="p-1",
        device="patch",
        observed_at_ms=log[-1].observed_at_ms + 1,
        heart_rate=70.0,
        rr_interval_ms=interval_ms,
    )
    [refusal] = refusals([*log, wrong])
    assert (refusal.vital, refusal.reason) == ("rr_interval_ms", Reason.OUT_OF_RANGE)
    assert refusal.detail == f"rr_interval_ms {interval_ms:g} is outside 200 to 10000."
    alone = replace(wrong, heart_rate=None)
    with_it, without = unattended(), unattended()
    assert run([*log, alone], with_it) == run(log, without)
    assert with_it.state_of("p-1") == without.state_of("p-1")


def test_beats_that_come_again_or_too_late_are_passed_over() -> None:
    log = beats([*sinus(30), *fibrillation(60)])
    again = [each for turn, each in enumerate(log) for each in (each, log[max(0, turn - 3)], each)]
    assert run(again) == run(log)


def test_what_others_measure_neither_hastens_nor_delays_it() -> None:
    log = beats([*sinus(30), *fibrillation(60)])
    beside = [
        Reading(patient="p-1", device="cuff", observed_at_ms=each.observed_at_ms + 10, heart_rate=70.0)
        for each in log
    ]
    together = [each for both in zip(log, beside, strict=True) for each in both]
    assert run(together) == run(log)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(800, 1250), st.floats(9.0, 18.0), st.sampled_from([0.05, 0.1, 0.12])
)
def test_however_a_fit_heart_breathes_its_pulse_is_not_irregular(
    seed: int, interval_ms: int, breaths: float, depth: float
) -> None:
    intervals = breathing(120, interval_ms=interval_ms, breaths=breaths, depth=depth, seed=seed)
    assert told(intervals) == []


def test_a_wave_explains_itself_and_little_of_what_comes_at_random() -> None:
    even = np.array([breathing(20, interval_ms=800, breaths=15, depth=0.2)[:INTERVALS]])
    assert wave_share(even)[0] > 0.9
    random = np.array(fibrillation(INTERVALS * 500)).reshape(500, INTERVALS)
    assert np.mean(wave_share(random) > 0.65) < 0.03
    assert wave_share(np.full((1, INTERVALS), 800)).tolist() == [0.0]


HEART = st.lists(
    st.tuples(st.sampled_from([sinus, fibrillation]), st.integers(1, 60), st.integers(300, 1600)), max_size=6
)


@settings(max_examples=15, deadline=None)
@given(HEART, st.integers(5, 70))
def test_however_the_log_is_cut_and_whenever_the_worker_changes(
    heart: list[tuple[object, int, int]], size: int
) -> None:
    intervals = [
        interval
        for kind, count, interval_ms in heart
        for interval in kind(count, interval_ms=interval_ms)  # type: ignore[operator]
    ]
    log = beats(intervals)
    monitor, cut = unattended(), unattended()
    whole = run(log, monitor) if log else []
    events: list[AlarmEvent] = []
    for first in range(0, len(log), size):
        cut.receive(Batch.of(log[first : first + size], positions=range(first, min(first + size, len(log)))))
        events += cut.drain().events
        cut = Monitor.restore(dict(cut.snapshot(only_changed=False)), Rules().unattended())
    assert events == whole
    if log:
        assert cut.state_of("p-1") == monitor.state_of("p-1")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(200, 10_000), min_size=INTERVALS, max_size=INTERVALS), st.integers(2, 6))
def test_the_share_of_unlike_pairs_is_one_and_does_not_go_by_the_unit(
    intervals: list[int], times: int
) -> None:
    once = unlike_percent(np.array([intervals]))
    assert 0 <= once[0] <= 100
    assert once == pytest.approx(unlike_percent(np.array([intervals]) * times))
    assert np.isnan(unlike_percent(np.array([[0, *intervals[1:]]]))[0])


def test_a_checkpoint_from_before_beats_had_an_order_keeps_that_of_vitals() -> None:
    monitor = unattended()
    log = [replace(each, heart_rate=75.0) for each in beats(sinus(30))]
    run(log, monitor)
    [(number, written)] = monitor.snapshot(only_changed=False)
    block = decode(written)
    columns = dict(block.columns) | {
        name: np.ascontiguousarray(block.columns[name][:, :-1]) for name in ("seen_ms", "arrived_ms")
    }
    older = encode(replace(block, columns=columns))
    restored = Monitor.restore({number: older}, Rules().unattended())
    assert [(each.vital, each.reason) for each in refusals([log[-1]], restored)] == [
        ("heart_rate", Reason.DUPLICATE)
    ]
