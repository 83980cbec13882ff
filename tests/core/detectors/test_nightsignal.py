"""NightSignal: two nights running above the patient's usual, told once, when the night is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import plain_nightsignal
from tests.support.plain_nightsignal import Row
from tests.support.recording_files import read_streams
from wardwatch.core.detectors.detector import JUDGED, Seen, empty_state
from wardwatch.core.detectors.nightsignal import GREEN, HEART_RATE, RED, YELLOW, NightSignal
from wardwatch.core.reading import Reading

DETECTOR = NightSignal()
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
HOUR_MS = 3_600_000
NAN = float("nan")

Scores = list[dict[date, int]]


def seen(local_ms: Iterable[int], heart_rate: Iterable[float], steps: Iterable[float]) -> Seen:
    """One reading each of some patients, of whom only the heart rate and the steps are known."""
    at_ms = np.array([*local_ms])
    values = np.full((JUDGED, len(at_ms)), NAN)
    values[HEART_RATE] = [*heart_rate]
    nothing = np.full_like(values, NAN)
    return Seen(
        # The instants lie half a day off the ward's clock, which alone must count.
        at_ms=at_ms - 12 * HOUR_MS,
        local_ms=at_ms,
        values=values,
        elapsed_s=nothing,
        z=nothing,
        innovation=nothing,
        steps=np.array([*steps], dtype=np.float64),
        resting=np.ones(len(at_ms), dtype=np.bool_),
        learning=np.ones(len(at_ms)),
    )


def colours_of(histories: Sequence[Iterable[Row]]) -> Scores:
    """What the detector says of each wearer's nights, the wearers side by side; all end two days later."""
    state = empty_state(DETECTOR, len(histories))
    clocks_ms = [0] * len(histories)
    found: Scores = [{} for _ in histories]
    for rows in zip_longest(*histories):
        steps, heart_rates = [NAN] * len(rows), [NAN] * len(rows)
        for column, row in enumerate(rows):
            if row is not None:
                time, heart_rate, step = row
                clocks_ms[column] = round(time.timestamp() * 1000)
                heart_rates[column] = NAN if heart_rate is None else heart_rate
                steps[column] = NAN if step is None else step
        note(found, state, seen(clocks_ms, heart_rates, steps))
    ends_ms = [clock_ms + 48 * HOUR_MS for clock_ms in clocks_ms]
    note(found, state, seen(ends_ms, [60.0] * len(ends_ms), [NAN] * len(ends_ms)))
    return found


def note(found: Scores, state: dict[str, npt.NDArray[Any]], reading: Seen) -> None:
    """Score, then learn; write down the colours by the night which the state says is going on."""
    scores = DETECTOR.score(state, reading)
    assert np.isnan(np.delete(scores, HEART_RATE, axis=0)).all()
    for column in np.flatnonzero(~np.isnan(scores[HEART_RATE])).tolist():
        night = date(1970, 1, 1) + timedelta(days=float(state["night"][0, column]))
        assert night not in found[column]
        found[column][night] = int(scores[HEART_RATE, column])
    DETECTOR.learn(state, reading)


def nights(*means: float | None) -> list[Row]:
    """A reading at 03:00 of each night; None for a night without."""
    return [
        (FIRST + timedelta(days=day, hours=3), mean, 0.0)
        for day, mean in enumerate(means)
        if mean is not None
    ]


def colours(*means: float | None) -> list[int]:
    return [*colours_of([nights(*means)])[0].values()]


def test_two_nights_four_above_the_median_are_red() -> None:
    assert colours(60, 60, 60, 60, 64, 64) == [GREEN] * 5 + [RED]


def test_two_nights_three_above_are_yellow_and_so_is_one_of_them_higher() -> None:
    assert colours(60, 60, 60, 60, 63, 63) == [GREEN] * 5 + [YELLOW]
    assert colours(60, 60, 60, 60, 63, 80) == [GREEN] * 5 + [YELLOW]
    assert colours(60, 60, 60, 60, 80, 63) == [GREEN] * 5 + [YELLOW]


def test_one_night_alone_or_two_with_a_usual_one_between_are_green() -> None:
    assert colours(60, 60, 60, 80, 60, 80, 60) == [GREEN] * 7


def test_the_median_counts_tonight() -> None:
    """Of 60, 60, 64 and 64 it is 62; of the two nights before it would be 60."""
    assert colours(60, 60, 64, 64) == [GREEN] * 4


def test_the_median_is_floored() -> None:
    """Of 60, 60, 60, 61, 64 and 64 it is 60.5, of which 64 would be less than 4 above."""
    assert colours(60, 60, 60, 61, 64, 64) == [GREEN] * 5 + [RED]


def test_the_mean_is_floored() -> None:
    assert colours(60, 60, 60, 60, 64, 63.9) == [GREEN] * 5 + [YELLOW]


def test_it_is_the_mean_that_is_floored_and_not_each_heart_rate() -> None:
    rows = nights(60, 60, 60, 60, 63.5, 63.5)
    rows += [(time + timedelta(minutes=1), 64.5, 0.0) for time, *_ in rows[-2:]]
    assert [*colours_of([sorted(rows)])[0].values()] == [GREEN] * 5 + [RED]


def test_one_missing_night_is_imputed_by_the_floored_mean_of_its_neighbours() -> None:
    """64 and 65 give 64, which is high and comes right before tonight."""
    assert colours(60, 60, 60, 60, 60, 64, None, 65) == [GREEN] * 6 + [RED]
    # 60 and 67 give 63, raised.
    assert colours(60, 60, 60, 60, 60, None, 67) == [GREEN] * 5 + [YELLOW]
    # 60 and 65 give 62, usual.
    assert colours(60, 60, 60, 60, 60, None, 65) == [GREEN] * 6


def test_an_imputed_night_counts_in_the_median() -> None:
    """Of 60, 60 again, 60, 63 and 63 it is 60; without the imputed night it would be 61."""
    assert colours(60, None, 60, 63, 63) == [GREEN] * 3 + [YELLOW]
    assert colours(60, 60, 63, 63) == [GREEN] * 4


def test_two_missing_nights_part_what_lies_before_from_what_comes_after() -> None:
    assert colours(60, 60, 60, 60, 80, None, None, 80) == [GREEN] * 6
    assert colours(60, 60, 60, 60, 80, None, None, 80, 80) == [GREEN] * 6 + [RED]


@pytest.mark.parametrize(
    ("at", "heart_rate", "steps"),
    [
        (timedelta(hours=3, minutes=1), 200.0, 4.0),
        (timedelta(hours=3, minutes=1), 200.0, None),
        (timedelta(hours=3, minutes=1), None, 0.0),
        (timedelta(hours=7), 200.0, 0.0),
        (timedelta(hours=23, minutes=59), 200.0, 0.0),
    ],
)
def test_what_is_not_known_to_be_rest_at_night_does_not_count(
    at: timedelta, heart_rate: float | None, steps: float | None
) -> None:
    rows = nights(60, 60, 60, 60, 60, 60)
    rows += [(FIRST + timedelta(days=day) + at, heart_rate, steps) for day in (4, 5)]
    assert [*colours_of([sorted(rows, key=lambda row: row[0])])[0].values()] == [GREEN] * 6


@pytest.mark.parametrize("at", [timedelta(0), timedelta(hours=6, minutes=59, seconds=59)])
def test_a_night_lasts_from_midnight_to_just_before_seven(at: timedelta) -> None:
    rows = nights(60, 60, 60, 60, 60, 60)
    rows += [(FIRST + timedelta(days=day) + at, 70.0, 0.0) for day in (4, 5)]
    assert [*colours_of([sorted(rows)])[0].values()] == [GREEN] * 5 + [RED]


def test_a_night_is_told_by_the_first_heart_rate_after_it_and_once() -> None:
    state = empty_state(DETECTOR, 1)
    told = []
    for hours, heart_rate in ((3.0, 60.0), (6.99, 60.0), (7.0, NAN), (7.5, 90.0), (8.0, 90.0), (27.0, 60.0)):
        reading = seen([round(hours * HOUR_MS)], [heart_rate], [0.0])
        told.append(not np.isnan(DETECTOR.score(state, reading)[HEART_RATE, 0]))
        DETECTOR.learn(state, reading)
    assert told == [False, False, False, True, False, False]


def test_the_first_reading_of_a_later_night_ends_the_one_before_and_counts_for_its_own() -> None:
    state = empty_state(DETECTOR, 1)
    DETECTOR.learn(state, seen([3 * HOUR_MS], [60.0], [0.0]))
    later = seen([75 * HOUR_MS], [70.0], [0.0])
    assert DETECTOR.score(state, later)[HEART_RATE, 0] == GREEN
    DETECTOR.learn(state, later)
    assert (state["last_mean"][0, 0], state["tenths"][0, 0], state["readings"][0, 0]) == (60, 700, 1)


@pytest.mark.parametrize("night_began", [True, False])
def test_what_comes_late_does_not_reopen_a_night(night_began: bool) -> None:  # noqa: FBT001
    state = empty_state(DETECTOR, 1)
    if night_began:
        DETECTOR.learn(state, seen([3 * HOUR_MS], [60.0], [0.0]))
    DETECTOR.learn(state, seen([8 * HOUR_MS], [60.0], [0.0]))
    before = {name: kept.copy() for name, kept in state.items()}
    late = seen([4 * HOUR_MS], [200.0], [0.0])
    assert np.isnan(DETECTOR.score(state, late)).all()
    DETECTOR.learn(state, late)
    assert all(np.array_equal(state[name], before[name]) for name in before)


@pytest.mark.parametrize(("last", "mean"), [(61.3, 61), (61.2, 60)])
def test_the_mean_of_a_night_is_exact_at_a_reading_a_second(last: float, mean: int) -> None:
    """Seven hours of 60.7 and 61.3 by turns are 61 in the mean, and a tenth less is less than 61."""
    state = empty_state(DETECTOR, 1)
    rates = [60.7, 61.3] * (7 * 1800 - 1) + [60.7, last]
    for second, rate in enumerate(rates):
        DETECTOR.learn(state, seen([1000 * second], [rate], [0.0]))
    for field in DETECTOR.fields:
        kept = state[field.name].astype(field.dtype)
        assert np.array_equal(kept, state[field.name]), "what is kept is no less exact"
    DETECTOR.learn(state, seen([8 * HOUR_MS], [60.0], [0.0]))
    assert state["last_mean"][0, 0] == mean


def test_nights_outside_34_to_129_are_taken_as_these() -> None:
    assert colours(60, 60, 60, 60, 250, 250) == [GREEN] * 5 + [RED]
    assert colours(22, 22, 22, 22, 33, 33) == [GREEN] * 6
    assert colours(22, 22, 22, 22, 37, 37) == [GREEN] * 5 + [YELLOW]
    assert colours(125, 125, 125, 125, 200, 200) == [GREEN] * 5 + [RED]
    assert colours(180, 180, 180, 180, 200, 200) == [GREEN] * 6


def test_a_full_count_halves_the_patients_counts_and_no_other_patients() -> None:
    state = empty_state(DETECTOR, 2)
    for day in range(258):
        for hour in (3, 7):
            at_ms = [(24 * day + hour) * HOUR_MS] * 2
            DETECTOR.learn(state, seen(at_ms, [60.0, 60.0 + day % 2], [0.0, 0.0]))
        if day == 0:
            state["nights"][5, 0] = 3
    assert state["nights"][[5, 26, 27], 0].tolist() == [2, 130, 0]
    assert state["nights"][[5, 26, 27], 1].tolist() == [0, 129, 129]


def test_a_night_of_more_readings_than_it_counts_keeps_the_mean_of_those_it_has_counted() -> None:
    state = empty_state(DETECTOR, 1)
    DETECTOR.learn(state, seen([HOUR_MS], [60.0], [0.0]))
    state["tenths"][:], state["readings"][:] = 700_000 * 3000, 700_000
    DETECTOR.learn(state, seen([2 * HOUR_MS], [60.0], [0.0]))
    assert (state["tenths"][0, 0], state["readings"][0, 0]) == (700_000 * 3000, 700_000)


def test_a_patient_takes_112_bytes() -> None:
    assert sum(field.width * np.dtype(field.dtype).itemsize for field in DETECTOR.fields) == 112


RATES = st.one_of(st.integers(55, 70), st.integers(340, 1299).map(lambda tenths: tenths / 10), st.none())
READINGS = st.tuples(
    st.integers(0, 12 * 24 * 4).map(lambda quarters: FIRST + timedelta(minutes=15 * quarters)),
    RATES,
    st.sampled_from([0.0, 0.0, 0.0, 3.0, None]),
)
HISTORIES = st.lists(READINGS, max_size=60).map(lambda rows: sorted(rows, key=lambda row: row[0]))
# Long ones of usual nights, so that medians settle and colours come up.
CALM = st.lists(st.one_of(st.integers(60, 66), st.none()), max_size=25).map(lambda means: nights(*means))


@given(st.lists(st.one_of(HISTORIES, CALM), min_size=1, max_size=3))
def test_it_agrees_with_the_plain_reference_whoever_is_beside(histories: list[list[Row]]) -> None:
    assert colours_of(histories) == [plain_nightsignal.colours(rows) for rows in histories]


@given(HISTORIES)
def test_scoring_changes_nothing(rows: list[Row]) -> None:
    state = empty_state(DETECTOR, 1)
    for time, heart_rate, steps in rows:
        at_ms = round(time.timestamp() * 1000)
        reading = seen([at_ms], [heart_rate or NAN], [NAN if steps is None else steps])
        before = {name: kept.copy() for name, kept in state.items()}
        first = DETECTOR.score(state, reading)
        assert all(np.array_equal(state[name], before[name]) for name in before)
        np.testing.assert_array_equal(first, DETECTOR.score(state, reading))
        DETECTOR.learn(state, reading)


@pytest.mark.recordings
def test_it_agrees_night_by_night_with_the_plain_reference_on_real_wearers(recordings_folder: Path) -> None:
    histories = [[*rows_of(rows)] for rows in read_streams(recordings_folder / "wearable_minutes")]
    found = colours_of(histories)
    expected = [plain_nightsignal.colours(rows) for rows in histories]
    # Counts, and not the nights themselves: no test prints what is in the recordings.
    assert [len(ours) for ours in found] == [len(theirs) for theirs in expected]
    differing = [
        sum(night not in ours or ours[night] != colour for night, colour in theirs.items())
        for ours, theirs in zip(found, expected, strict=True)
    ]
    assert differing == [0] * 8
    assert {colour for ours in found for colour in ours.values()} == {GREEN, YELLOW, RED}


def rows_of(rows: Iterable[object]) -> Iterable[Row]:
    """The local time of these recordings is read as if it were UTC."""
    for row in rows:
        assert isinstance(row, Reading)
        yield datetime.fromtimestamp(row.observed_at_ms / 1000, UTC), row.heart_rate, row.steps
