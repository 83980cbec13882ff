"""Falls: an impact and then lying still makes an alarm, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.logs import START_MS, every, run, seconds, unattended
from wardwatch.core import conditions
from wardwatch.core.alarms import COLUMNS
from wardwatch.core.blocks import Block, decode, encode
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.core.falls import AT_EASE_AFTER_MS, LIES_WITHIN_MS
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading

LIES, WALKS, RUNS = 0.012, 0.2, 0.6
FALL = [LIES] * 60 + [0.9, 0.2, 0.1]


def told(activity: Iterable[float | None], every_s: float = 1.0) -> list[AlarmEvent]:
    """What is told of such accelerations, of somebody of whom nothing else is measured."""
    return run(every(every_s, activity, "activity"))


def reading(at_s: float, **measured: Any) -> Reading:
    return Reading(patient="p-1", device="e4", observed_at_ms=START_MS + round(at_s * 1000), **measured)


def test_who_lies_still_after_an_impact_has_an_alarm_until_moving_again() -> None:
    start, end = told(FALL + [LIES] * 120 + [WALKS] * 40)
    assert (start.condition, start.kind, start.phase) == ("movement.fall", "physiological", Phase.START)
    assert (start.priority, start.text) == (Priority.MEDIUM, "Possible fall: impact 0.9 g, then still")
    assert seconds(start) - 60 == pytest.approx(43, abs=1)
    assert end.phase is Phase.END
    assert seconds(end) - len(FALL) - 120 == pytest.approx(30, abs=1)


def test_its_reasons_are_the_impact_and_when_it_was() -> None:
    [event] = told(FALL + [LIES] * 120)
    why = {name: event.why[name] for name in ("rule", "limit", "impact", "impact_at_ms", "unit")}
    impact_ms = START_MS + 60_000
    assert why == {"rule": "fall", "limit": 0.5, "impact": 0.9, "impact_at_ms": impact_ms, "unit": "g"}
    assert event.why["counterfactual"]["impact"] == {"at_most": 0.5}
    assert event.why["counterfactual"]["lasted_less_than_s"] == pytest.approx(30, abs=0.01)
    assert event.why["why_not_higher"] == "This condition has no higher priority than medium."


@pytest.mark.parametrize(
    "activity",
    [
        # As hard as the counterfactual allows.
        [*[LIES] * 60, 0.5, 0.2, 0.1, *[LIES] * 120],
        # Up again within the wait, and on.
        [*FALL, *[LIES] * 25, *[WALKS] * 60, *[LIES] * 120],
        # Still only long after it.
        [*FALL, *[WALKS] * (LIES_WITHIN_MS // 1000), *[LIES] * 120],
        # A run that ends.
        [*[RUNS] * 600, *[LIES] * 120],
        # Nobody knows what happened in between.
        [*FALL, *[None] * 90, *[LIES] * 120],
        # No activity is measured.
        [None] * 100,
    ],
    ids=["too light", "got up", "still too late", "run", "gap", "nothing"],
)
def test_what_is_no_fall_makes_no_alarm(activity: Sequence[float | None]) -> None:
    assert told(activity) == []


@pytest.mark.parametrize(("steps", "starts"), [(0.0, 1), (1.0, 0)])
def test_who_takes_steps_does_not_lie(steps: float, starts: int) -> None:
    log = [reading(at_s, activity=value, steps=0.0) for at_s, value in enumerate(FALL)]
    log += [reading(len(FALL) + turn, activity=LIES, steps=steps * (turn % 10 == 0)) for turn in range(120)]
    assert len(run(log)) == starts


def test_a_device_that_was_taken_off_says_nothing_of_its_wearer() -> None:
    dropped = [reading(at_s, activity=value, worn=at_s < len(FALL) + 5) for at_s, value in enumerate(
        [*FALL, *[LIES] * 200]
    )]  # fmt: skip
    assert run(dropped) == []
    helped = [reading(at_s, activity=value, worn=at_s < 150) for at_s, value in enumerate(
        [*FALL, *[LIES] * 100, *[WALKS] * 200]
    )]  # fmt: skip
    assert [event.phase for event in run(helped)] == [Phase.START]


@pytest.mark.parametrize(
    ("every_s", "starts"), [(0.05, 1), (0.25, 1), (0.5, 1), (2.0, 1), (3.0, 0), (60.0, 0)]
)
def test_a_device_must_tell_once_in_two_seconds_and_may_be_quicker(every_s: float, starts: int) -> None:
    """The means of all those intervals, of the same movement."""
    whole = np.repeat([*[LIES] * 120, 0.9, 0.9, 0.2, *[LIES] * 657], 20)
    size = round(every_s * 20)
    means = whole.reshape(-1, size).mean(axis=1)
    # Where the mean is as of a minute it is far below an impact; here it is made one, and yet can't be.
    if every_s > 2:
        means[np.argmax(means)] = 0.9
    assert len(told(means.tolist(), every_s)) == starts


def test_peaks_of_quick_readings_are_no_impacts() -> None:
    """Each heel strike of a walk is one, for a twentieth of a second."""
    strike = [0.9, *[0.05] * 9]
    assert told([*strike * 120, *[LIES] * 2400], 0.05) == []


def test_an_alarm_goes_on_while_somebody_who_lies_stirs_now_and_then() -> None:
    stirring = ([LIES] * 40 + [WALKS] * 8) * 10
    assert [event.phase for event in told(FALL + [LIES] * 60 + stirring)] == [Phase.START]


def test_who_lies_at_ease_for_half_an_hour_has_no_alarm_from_the_next_movement_on() -> None:
    dropped_into_bed = FALL + ([LIES] * 590 + [WALKS] * 10) * 8
    start, end = told(dropped_into_bed)
    impact_s = (start.why["impact_at_ms"] - START_MS) / 1000
    assert (start.phase, end.phase) == (Phase.START, Phase.END)
    assert AT_EASE_AFTER_MS / 1000 < seconds(end) - impact_s < AT_EASE_AFTER_MS / 1000 + 640
    assert end.why["impact"] == start.why["impact"]
    # Who does not move at all may be helpless, however long ago it was.
    assert [event.phase for event in told(FALL + [LIES] * 4800)] == [Phase.START]
    again = told(dropped_into_bed + FALL + [LIES] * 60)
    assert [event.phase.value for event in again] == ["start", "end", "start"]


def test_one_fall_has_one_alarm_and_the_next_fall_another() -> None:
    got_up = FALL + [LIES] * 60 + [WALKS] * 60
    assert [event.phase.value for event in told(got_up + [LIES] * 300)] == ["start", "end"]
    assert [event.phase.value for event in told(got_up + got_up)] == ["start", "end"] * 2


def test_readings_that_come_again_or_too_late_change_nothing() -> None:
    log = every(1, FALL + [LIES] * 120, "activity")
    again = [each for turn, each in enumerate(log) for each in (each, log[max(0, turn - 3)], each)]
    assert run(again) == run(log)


def test_what_others_measure_neither_hastens_nor_delays_it() -> None:
    log = every(1, FALL + [LIES] * 120, "activity")
    beside = [
        Reading(patient="p-1", device="cuff", observed_at_ms=each.observed_at_ms + 400, heart_rate=70.0)
        for each in log
    ]
    together = [each for both in zip(log, beside, strict=True) for each in both]
    assert [seconds(event) for event in run(together)] == [seconds(event) for event in run(log)]


MOVEMENT = st.lists(
    st.tuples(st.sampled_from([LIES, WALKS, RUNS, 0.9, 0.02, 0.031]), st.integers(1, 50)), max_size=8
)


@settings(max_examples=12, deadline=None)
@given(MOVEMENT, st.integers(20, 90), st.sampled_from([0.3, 1.0, 1.7]))
def test_however_the_log_is_cut_and_whenever_the_worker_changes(
    movement: list[tuple[float, int]], size: int, every_s: float
) -> None:
    log = every(every_s, [value for value, length in movement for _ in range(length)], "activity")
    monitor, cut = unattended(), unattended()
    whole = run(log, monitor) if log else []
    events: list[AlarmEvent] = []
    for first in range(0, len(log), size):
        cut.receive(Batch.of(log[first : first + size], positions=range(first, min(first + size, len(log)))))
        events += cut.drain().events
        cut = _restored(dict(cut.snapshot(only_changed=False)))
    assert events == whole
    if log:
        assert cut.state_of("p-1") == monitor.state_of("p-1")


@settings(max_examples=25, deadline=None)
@given(MOVEMENT)
def test_no_alarm_without_an_impact_and_half_a_minute_of_lying_after_it(
    movement: list[tuple[float, int]],
) -> None:
    values = [value for value, length in movement for _ in range(length)]
    for event in told(values):
        at_s = seconds(event)
        if event.phase is Phase.START:
            impact_s = (event.why["impact_at_ms"] - START_MS) // 1000
            assert values[impact_s] > conditions.IMPACT_G
            assert at_s >= impact_s + conditions.FALL_DWELL_S
            assert max(values[int(at_s) - 29 : int(at_s)]) < WALKS


def _restored(blocks: dict[int, bytes]) -> Monitor:
    return Monitor.restore(blocks, Rules().unattended())


def test_a_checkpoint_from_before_there_were_falls_keeps_its_open_alarms() -> None:
    monitor = unattended()
    assert [event.phase for event in run(every(1, [152.0] * 200), monitor)] == [Phase.START]
    [(number, written)] = monitor.snapshot(only_changed=False)
    older = _restored({number: _before_falls(written)})
    later = [reading(at_s, heart_rate=80.0) for at_s in range(200, 300)]
    assert [(event.condition, event.phase.value) for event in run(later, older)] == [
        ("heart_rate.high", "end")
    ]


def _before_falls(written: bytes) -> bytes:
    block = decode(written)
    alarms = {column.name for column in COLUMNS}
    columns = {
        name: numbers[:, :-1] if name in alarms else numbers
        for name, numbers in block.columns.items()
        if not name.startswith(("activity", "impact"))
    }
    return encode(
        Block(
            patients=block.patients,
            away=block.away,
            notes=block.notes,
            attached=block.attached,
            columns={name: np.ascontiguousarray(numbers) for name, numbers in columns.items()},
            rows=block.rows,
        )
    )
