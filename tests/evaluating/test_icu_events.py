import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rhythmic_wearers import HEART_RATE, START_MS, track
from wardwatch.evaluating.icu_events import firsts, hours_since_admission, stays_with_events
from wardwatch.evaluating.tracks import DAY_MS, Track
from wardwatch.wire.recordings.clif_events import Course, Happening

HOUR_MS = 3_600_000


def hourly(hours: int, patient: str = "a") -> Track:
    at_ms = START_MS + HOUR_MS * np.arange(hours, dtype=np.int64)
    return track(patient, {HEART_RATE: np.full(hours, 80.0)}, at_ms)


def at(hour: float, kind: str = "death") -> Happening:
    return Happening(START_MS + round(hour * HOUR_MS), kind)


def test_the_day_before_an_event_is_positive_and_the_day_after_it_is_not_asked_about() -> None:
    course = Course(events=(at(40.5),), sex="female", age_years=70.0)
    [stay] = stays_with_events([hourly(100)], {"a": course})
    hours = ((stay.at_ms - START_MS) // HOUR_MS).tolist()
    assert hours == [*range(41), *range(65, 100)]
    assert stay.positive.tolist() == [17 <= hour <= 40 for hour in hours]
    [event] = stay.events
    assert (event.kind, event.onset_ms - event.from_ms, event.until_ms) == ("death", DAY_MS, event.onset_ms)
    assert (stay.sex, stay.age_years) == ("female", 70.0)
    # 40 h, an hour of the gap, and 34 h.
    assert stay.watched_days == pytest.approx(75 / 24)


def test_what_follows_within_a_day_is_the_same_event() -> None:
    events = [at(10, "ventilation"), at(11, "vasopressor"), at(33, "death"), at(35, "death")]
    assert firsts(events) == [events[0], events[3]]


def test_the_day_before_the_next_event_is_asked_about_whatever_came_before_it() -> None:
    [stay] = stays_with_events([hourly(100)], {"a": Course(events=(at(30), at(60)))})
    hours = ((stay.at_ms - START_MS) // HOUR_MS).tolist()
    assert hours == [*range(31), *range(36, 61), *range(85, 100)]


def test_an_event_that_nobody_could_foresee_does_not_count() -> None:
    [stay] = stays_with_events([hourly(10)], {"a": Course(events=(at(-50), at(200)))})
    assert stay.events == ()
    assert not stay.positive.any()


def test_patients_of_whom_nothing_is_known_or_asked_are_left_out() -> None:
    assert stays_with_events([hourly(10, "b")], {"a": Course()}) == []
    assert stays_with_events([hourly(10)], {"a": Course(events=(at(-1),))}) == []


def test_who_comes_back_has_a_clock_that_begins_anew() -> None:
    at_ms = HOUR_MS * np.array([0, 1, 2 + 7 * 24, 3 + 7 * 24, 3000])
    assert hours_since_admission(at_ms).tolist() == [0, 1, 0, 1, 0]


@given(st.lists(st.integers(0, 200), max_size=6))
def test_positive_instants_are_those_within_the_windows_of_events(hours: list[int]) -> None:
    course = Course(events=tuple(at(hour + 0.5) for hour in sorted(hours)))
    for stay in stays_with_events([hourly(150)], {"a": course}):
        within = [any(e.from_ms <= now <= e.until_ms for e in stay.events) for now in stay.at_ms.tolist()]
        assert stay.positive.tolist() == within
