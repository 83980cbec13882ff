"""The last hours of vitals, a value a minute."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.adapters.feed.trends import Course, Trends
from wardwatch.core.vitals import VITAL_NAMES

MINUTE_MS = 60_000
NOW = 30_000_000
NOW_MS = NOW * MINUTE_MS + 12_345
PATIENTS = ("p-1", "p-2")


def told(trends: Trends, minute: int, patient: str = "p-1", **vitals: float) -> None:
    """All of them observed in this minute."""
    trends.take(patient, {name: (value, minute * MINUTE_MS + 30_000) for name, value in vitals.items()})


def test_each_minute_has_its_value_and_what_was_not_observed_is_a_gap() -> None:
    trends = Trends(4)
    told(trends, NOW - 3, heart_rate=70.0, oxygen_saturation=97.0)
    told(trends, NOW - 1, heart_rate=72.25)
    at_ms, vitals = trends.history("p-1", 5, NOW_MS)
    assert at_ms == [(NOW - before) * MINUTE_MS for before in (4, 3, 2, 1, 0)]
    assert vitals == {
        "heart_rate": [None, 70.0, None, 72.25, None],
        "oxygen_saturation": [None, 97.0, None, None, None],
    }


def test_a_value_that_is_told_again_later_stays_where_it_was_observed() -> None:
    trends = Trends(4)
    for minute in range(NOW - 3, NOW + 1):
        old = ((NOW - 3) * MINUTE_MS, 118.0)
        trends.take("p-1", {"heart_rate": (70.0, minute * MINUTE_MS), "systolic_pressure": (old[1], old[0])})
    _, vitals = trends.history("p-1", 4, NOW_MS)
    assert vitals == {"heart_rate": [70.0] * 4, "systolic_pressure": [118.0, None, None, None]}


def test_of_one_minute_the_latest_that_was_told_stands() -> None:
    trends = Trends(4)
    told(trends, NOW, heart_rate=70.0)
    told(trends, NOW, heart_rate=90.0)
    assert trends.history("p-1", 1, NOW_MS) == ([NOW * MINUTE_MS], {"heart_rate": [90.0]})


def test_numbers_are_as_they_were_told_and_not_as_single_precision_has_them() -> None:
    trends = Trends(4)
    told(trends, NOW, body_temperature=36.8)
    assert trends.history("p-1", 1, NOW_MS)[1] == {"body_temperature": [36.8]}


def test_no_more_is_kept_than_the_hours() -> None:
    trends = Trends(0.5)
    for minute in range(NOW - 59, NOW + 1):
        told(trends, minute, heart_rate=float(minute - NOW))
    at_ms, vitals = trends.history("p-1", 1440, NOW_MS)
    assert (len(at_ms), vitals["heart_rate"]) == (30, [float(each) for each in range(-29, 1)])


def test_of_a_patient_who_is_not_known_there_are_only_gaps() -> None:
    trends = Trends(4)
    assert trends.history("p-1", 2, NOW_MS) == ([(NOW - 1) * MINUTE_MS, NOW * MINUTE_MS], {})


def test_whoever_has_nothing_left_to_be_shown_is_forgotten() -> None:
    trends = Trends(1)
    told(trends, NOW - 60, "p-2", heart_rate=70.0)
    told(trends, NOW - 1, heart_rate=70.0)
    assert len(trends) == 2
    told(trends, NOW, heart_rate=70.0)
    assert len(trends) == 1


def test_the_hours_of_a_recording_end_with_it() -> None:
    trends = Trends(4)
    told(trends, NOW - 100_000, heart_rate=70.0)
    assert trends.history("p-1", 1, NOW_MS) == ([(NOW - 100_000) * MINUTE_MS], {"heart_rate": [70.0]})


def test_a_device_whose_clock_is_a_little_ahead_is_shown() -> None:
    trends = Trends(4)
    told(trends, NOW + 4, heart_rate=70.0)
    assert trends.history("p-1", 1, NOW_MS) == ([(NOW + 4) * MINUTE_MS], {"heart_rate": [70.0]})


minutes = st.integers(NOW - 25, NOW + 5) | st.sampled_from([NOW - 10_000, NOW - 1_000])
records = st.tuples(
    st.sampled_from(PATIENTS),
    st.dictionaries(
        st.sampled_from([*VITAL_NAMES[:3], "unheard_of"]), st.tuples(st.integers(0, 300), minutes), max_size=3
    ),
)


def plain(log: list[tuple[str, dict[str, tuple[int, int]]]], patient: str, wanted: int, size: int) -> Course:
    """The same, with one dictionary that forgets nothing."""
    known: dict[tuple[str, str, int], float] = {}
    for whose, vitals in log:
        known |= {(whose, name, minute): float(value) for name, (value, minute) in vitals.items()}
    known = {key: value for key, value in known.items() if key[1] in VITAL_NAMES}
    latest = max((minute for *_, minute in known), default=0)
    last = latest if 0 < latest <= NOW - size else max(NOW, latest)
    shown = range(last - min(wanted, size) + 1, last + 1)
    courses = {name: [known.get((patient, name, minute)) for minute in shown] for name in VITAL_NAMES}
    return [minute * MINUTE_MS for minute in shown], {
        name: course for name, course in courses.items() if set(course) != {None}
    }


@given(st.lists(records, max_size=30), st.integers(1, 40))
def test_it_is_what_a_dictionary_that_forgets_nothing_would_show(
    log: list[tuple[str, dict[str, tuple[int, int]]]], wanted: int
) -> None:
    trends = Trends(20 / 60)
    for patient, vitals in log:
        trends.take(patient, {name: (value, at * MINUTE_MS) for name, (value, at) in vitals.items()})
    for patient in PATIENTS:
        assert trends.history(patient, wanted, NOW_MS) == plain(log, patient, wanted, 20)


def test_a_number_too_large_for_a_chart_is_a_gap() -> None:
    trends = Trends(4)
    told(trends, NOW, heart_rate=1e300, respiratory_rate=float(np.finfo(np.float32).max))
    assert set(trends.history("p-1", 1, NOW_MS)[1]) == {"respiratory_rate"}
