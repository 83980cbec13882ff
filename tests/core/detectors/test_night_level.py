"""The lowest level of the night: two nights running above the usual, told once, when the night is over."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.detectors.detector import JUDGED, Seen, empty_state
from wardwatch.core.detectors.night_level import (
    ALARMING,
    HEART_RATE,
    RAISED,
    USUAL,
    NightLevel,
    last_nights,
)

DETECTOR = NightLevel()
MINUTE_MS, DAY_MINUTES = 60_000, 1440
NAN = float("nan")
# As many as it takes to judge the last of them and the night after.
KNOWN = [60.0] * 11

State = dict[str, "np.typing.NDArray[np.generic]"]


def seen(minute: float, heart_rate: float, *, steps: float = 0.0, elapsed_s: float = 300.0) -> Seen:
    """One reading of one patient, of whom only the heart rate and the steps are known."""
    local_ms = np.array([round(minute * MINUTE_MS)])
    values, elapsed = np.full((JUDGED, 1), NAN), np.full((JUDGED, 1), NAN)
    values[HEART_RATE], elapsed[HEART_RATE] = heart_rate, elapsed_s
    return Seen(
        # The instants lie half a day off the ward's clock, which alone must count.
        at_ms=local_ms - 720 * MINUTE_MS,
        local_ms=local_ms,
        values=values,
        elapsed_s=elapsed,
        z=values,
        innovation=values,
        steps=np.array([steps]),
        resting=np.ones(1, dtype=np.bool_),
        learning=np.ones(1),
    )


def learn(state: State, day: int, level: float, *, readings: int = 14, steps: float = 0.0) -> None:
    for reading in range(readings):
        DETECTOR.learn(state, seen(day * DAY_MINUTES + 60 + 5 * reading, level, steps=steps))


def ends(state: State, day: int) -> float:
    """What is said of a night at its end, which is then learned."""
    morning = seen(day * DAY_MINUTES + 420, 90.0)
    said = float(DETECTOR.score(state, morning)[HEART_RATE, 0])
    DETECTOR.learn(state, morning)
    return said


def said_of(*levels: float | None) -> list[float]:
    """Of each night with a figure; None for a night without a reading."""
    state, said = empty_state(DETECTOR, 1), []
    for day, level in enumerate(levels, 1):
        if level is not None:
            learn(state, day, level)
            said.append(ends(state, day))
    return said


def test_the_second_raised_night_alarms_if_both_are_far_enough_in_the_mean() -> None:
    assert said_of(*KNOWN, 63, 63)[-2:] == [RAISED, ALARMING]
    # Of four nights the spread is 2.0, of which 1.4 are needed.
    assert said_of(*KNOWN, 62, 62)[-2:] == [RAISED, RAISED]
    assert said_of(*KNOWN, 61.5, 70)[-2:] == [USUAL, RAISED]


def test_it_goes_on_while_nights_are_raised_and_ends_with_one_that_is_not() -> None:
    assert said_of(*KNOWN, 65, 65, 62, 61)[-3:] == [ALARMING, ALARMING, USUAL]


def test_one_missing_night_does_not_part_two_and_two_do() -> None:
    assert said_of(*KNOWN, 64, None, 64)[-1] == ALARMING
    assert said_of(*KNOWN, 64, None, None, 64)[-1] == RAISED


def test_nothing_is_said_of_the_first_twelve_nights() -> None:
    assert said_of(*[60.0] * 9, 70, 70, 70, 70)[:11] == [USUAL] * 11


def test_a_bump_of_a_week_does_not_hide_itself() -> None:
    assert said_of(*[60.0] * 20, *[64.0] * 7)[-6:] == [ALARMING] * 6


@pytest.mark.parametrize(("readings", "steps"), [(11, 0.0), (14, 3.0), (14, NAN)])
def test_a_night_without_an_hour_known_to_be_at_rest_has_no_figure(readings: int, steps: float) -> None:
    state = empty_state(DETECTOR, 1)
    learn(state, 1, 60.0, readings=readings, steps=steps)
    assert np.isnan(ends(state, 1))
    assert np.isnan(last_nights(state)[0].figure)


def test_the_figure_is_the_lowest_level_after_the_first_half_hour_in_halves_of_a_beat() -> None:
    """A short dip hardly moves it, and what comes before the half hour does not count by itself."""
    state = empty_state(DETECTOR, 1)
    rates = [40.0] * 5 + [70.0] * 100 + [60.2] * 180 + [45.0] + [75.0] * 60
    for minute, rate in enumerate(rates):
        DETECTOR.learn(state, seen(DAY_MINUTES + minute, rate, elapsed_s=60.0))
    ends(state, 1)
    level = weight = 0.0
    lowest = 1000.0
    for minute, rate in enumerate(rates, 1):
        weight = weight * float(np.exp(-1 / 30)) + 1
        level += (rate - level) / weight
        lowest = min(lowest, level) if minute > 30 else lowest
    assert last_nights(state)[0].figure[0] == round(2 * lowest) / 2


def test_several_readings_a_minute_count_for_no_more_than_one() -> None:
    figures = []
    for every_s in (10.0, 60.0):
        state = empty_state(DETECTOR, 1)
        for number in range(round(3 * 3600 / every_s)):
            minute = number * every_s / 60
            rate = 60.0 + 8.0 * np.cos(minute / 40)
            DETECTOR.learn(state, seen(DAY_MINUTES + minute, rate, elapsed_s=every_s))
        ends(state, 1)
        figures.append(last_nights(state)[0].figure[0])
    assert figures[0] == pytest.approx(figures[1], abs=0.5)


@pytest.mark.parametrize("late", [8 * 60, DAY_MINUTES])
def test_what_comes_late_does_not_reopen_a_night(late: int) -> None:
    state = empty_state(DETECTOR, 1)
    learn(state, 2, 60.0)
    ends(state, 2)
    before = {name: kept.copy() for name, kept in state.items()}
    DETECTOR.learn(state, seen(2 * DAY_MINUTES + 430 - late, 200.0))
    assert all(np.array_equal(state[name], before[name], equal_nan=True) for name in before)


def test_a_patient_takes_60_bytes() -> None:
    assert sum(field.width * np.dtype(field.dtype).itemsize for field in DETECTOR.fields) == 60


@given(st.lists(st.one_of(st.integers(110, 140).map(lambda halves: halves / 2), st.none()), max_size=60))
def test_usual_and_spread_are_those_of_the_nights_up_to_a_week_before(levels: list[float | None]) -> None:
    state = empty_state(DETECTOR, 1)
    for day, level in enumerate([*levels, 60.0], 1):
        if level is not None:
            learn(state, day, level)
            ends(state, day)
    window = [level for level in [*levels][::-1][7:35] if level is not None]
    tonight, _ = last_nights(state)
    if len(window) < 4:
        assert np.isnan(tonight.usual)
        return
    usual = statistics.median(window)
    squares = 10 * 4 + sum(min(abs(level - usual), 4) ** 2 for level in window)
    spread = (squares / (10 + len(window)) * (1 + np.pi / 2 / len(window))) ** 0.5
    assert (tonight.usual[0], tonight.nights[0]) == (usual, len(window))
    assert tonight.spread[0] == pytest.approx(spread)
