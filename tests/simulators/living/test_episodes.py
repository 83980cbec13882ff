"""Episodes: each course takes its vitals where a clinician would expect, when the truth says so."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch_simulators.living import COURSES, ON_THE_WARD, Episode, Population
from wardwatch_simulators.living.courses import Course
from wardwatch_simulators.living.randomness import Float32s

WEARERS = 16
ONSET_S = 10 * 3600
# Medians over wearers when the course is at its worst, by the bands of NEWS2 (Royal College of Physicians
# 2017) that it must reach: (lowest, highest).
AT_WORST: dict[str, dict[str, tuple[float, float]]] = {
    "sepsis": {
        "heart_rate": (100, 131), "respiratory_rate": (21, 40), "body_temperature": (38.1, 40.5),
        "systolic_pressure": (60, 100),
    },
    "opioid_respiratory_depression": {"respiratory_rate": (2, 8.5), "oxygen_saturation": (75, 91)},
    "copd_exacerbation": {"respiratory_rate": (21, 35), "oxygen_saturation": (80, 92)},
    "atrial_fibrillation": {"heart_rate": (110, 160)},
    "heart_block": {"heart_rate": (28, 40)},
    "haemorrhage": {"heart_rate": (110, 140), "systolic_pressure": (60, 95), "skin_temperature": (20, 31)},
    "hypoglycaemia": {"heart_rate": (90, 120), "systolic_pressure": (120, 160)},
    "pulmonary_embolism": {
        "heart_rate": (100, 140), "respiratory_rate": (24, 40), "oxygen_saturation": (80, 92),
    },
    "influenza": {"heart_rate": (85, 115), "body_temperature": (38.1, 40.5)},
    "fall": {"heart_rate": (80, 120)},
}  # fmt: skip


def run(course: str | None, first_s: int, seconds: int, severity: float = 1.0) -> dict[str, Float32s]:
    episodes = [Episode(w, course, ONSET_S, severity) for w in range(WEARERS)] if course else []
    population = Population(seed=3, wearers=WEARERS, setting=ON_THE_WARD, episodes=episodes)
    return population.seconds(first_s, seconds)


@pytest.mark.parametrize("name", COURSES)
def test_a_course_takes_its_vitals_where_it_says(name: str) -> None:
    worst = run(name, ONSET_S + COURSES[name].rise_s + 60, 120)
    for vital, (low, high) in AT_WORST[name].items():
        assert low <= np.median(worst[vital]) <= high, vital


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES)
def test_before_its_onset_and_after_its_end_nothing_is_changed(course: Course) -> None:
    before = run(course.name, ONSET_S - 600, 600), run(None, ONSET_S - 600, 600)
    assert all(np.array_equal(before[0][name], before[1][name]) for name in before[0])
    end_s = Episode(0, course.name, ONSET_S).end_s
    if end_s is not None:
        # Half an hour later nothing is left of the walks that the illness kept them from, either.
        after = run(course.name, end_s + 1800, 60), run(None, end_s + 1800, 60)
        assert all(np.allclose(after[0][name], after[1][name], atol=1e-3) for name in after[0])


def test_every_course_has_a_description_and_a_source() -> None:
    assert len(COURSES) == 10
    for course in COURSES.values():
        assert course.description
        assert course.rise_s >= 60
        assert course.source


def test_half_the_severity_is_half_the_illness() -> None:
    at_s = ONSET_S + COURSES["influenza"].rise_s
    well, half, full = (
        run(course, at_s, 60, severity)["body_temperature"].mean()
        for course, severity in ((None, 1.0), ("influenza", 0.5), ("influenza", 1.0))
    )
    assert half - well == pytest.approx((full - well) / 2, abs=0.01)


def test_fever_raises_the_heart_rate_by_about_ten_a_degree_and_breathing_with_it() -> None:
    """Influenza adds 3 /min of its own; the rest is the fever's."""
    at_s = ONSET_S + COURSES["influenza"].rise_s
    ill, well = run("influenza", at_s, 300), run(None, at_s, 300)
    more = {name: float((ill[name] - well[name]).mean()) for name in ill}
    slope = (more["heart_rate"] - COURSES["influenza"].heart_rate) / more["body_temperature"]
    assert 6 < slope < 11  # what activity is lost takes a little away
    assert more["respiratory_rate"] - COURSES["influenza"].respiratory_rate > 1


def test_hypoxia_raises_breathing_unless_an_opioid_takes_the_drive() -> None:
    def breaths(course: str) -> tuple[float, float]:
        at_s = ONSET_S + COURSES[course].rise_s + 60
        ill, well = run(course, at_s, 60), run(None, at_s, 60)
        more = {name: float((ill[name] - well[name]).mean()) for name in ill}
        return more["respiratory_rate"] - COURSES[course].respiratory_rate, more["oxygen_saturation"]

    for course, least, most in (
        ("pulmonary_embolism", 2.0, 8.0),
        ("opioid_respiratory_depression", -1.5, 1.5),
    ):
        answer, saturation = breaths(course)
        assert saturation < -6
        assert least < answer < most, course


def test_fibrillation_is_irregular_and_block_is_even_but_no_flat_line() -> None:
    def unevenness(course: str | None) -> float:
        heart = run(course, ONSET_S + 600, 300)["heart_rate"]
        return float(np.abs(np.diff(heart, axis=1)).mean())

    assert unevenness("atrial_fibrillation") > 4 * unevenness(None)
    assert 0 < unevenness("heart_block") < unevenness(None) / 3


def test_who_is_very_ill_does_not_walk() -> None:
    assert not run("haemorrhage", ONSET_S + 90 * 60, 3600)["steps"].any()


def test_the_truth_tells_each_phase_that_has_begun_in_order_of_time() -> None:
    episodes = [Episode(1, "influenza", 3600), Episode(0, "fall", 120, severity=0.5)]
    population = Population(seed=1, wearers=2, episodes=episodes)
    told = [
        (event.at_s, event.wearer, event.course, event.phase) for event in population.truth(86_400 + 3601)
    ]
    assert told == [
        (120, 0, "fall", "onset"),
        (180, 0, "fall", "worst"),
        (3600, 1, "influenza", "onset"),
        (7380, 0, "fall", "better"),
        (10980, 0, "fall", "over"),
        (90_000, 1, "influenza", "worst"),
    ]
    assert population.truth(120) == []


@pytest.mark.parametrize(("course", "severity"), [("plague", 1.0), ("sepsis", 0.0), ("sepsis", 3.0)])
def test_what_is_no_episode_is_refused(course: str, severity: float) -> None:
    with pytest.raises(ValueError, match=r"no course|severity"):
        Episode(0, course, 0, severity)


def test_an_onset_within_a_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        Episode(0, "fall", 90)


@pytest.mark.parametrize(("over_s", "times"), [(3600, 6), (7200, 3), (12 * 3600, 0.5)])
def test_a_course_may_be_as_quick_as_is_asked_for_and_is_the_same_otherwise(
    over_s: int, times: float
) -> None:
    usual, quick = Episode(0, "sepsis", ONSET_S), Episode(0, "sepsis", ONSET_S, over_s=over_s)
    assert quick.full_s == ONSET_S + over_s
    since_s = np.arange(0, over_s + 600, 60)
    np.testing.assert_allclose(
        quick.share(ONSET_S + since_s), usual.share(ONSET_S + (since_s * times).astype(np.int64)), atol=1e-3
    )


def test_what_follows_the_worst_is_as_much_quicker() -> None:
    episode = Episode(0, "influenza", ONSET_S, over_s=3600)
    assert episode.better_s == ONSET_S + 3600 * 4
    assert episode.end_s == ONSET_S + 3600 * 6


def test_nothing_is_quicker_than_a_minute() -> None:
    with pytest.raises(ValueError, match="over_s must be at least 60"):
        Episode(0, "sepsis", ONSET_S, over_s=59)
