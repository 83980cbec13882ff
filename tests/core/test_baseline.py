"""The personal baseline: scores before it learns, robust, by elapsed time and by the time of day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.baseline import (
    FLOORS,
    LEARNING_S,
    PRIOR_S,
    SPREAD_FLOORS,
    TIME_CONSTANT_S,
    Baseline,
    Held,
    Prior,
    still_learning,
    waves_of_day,
)
from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES, State, empty_state
from wardwatch.core.reading import FloatArray

DAY_S = 86_400.0
HEART = JUDGED_NAMES.index("heart_rate")


class Patient:
    """A baseline of one patient whose vitals all have the same values."""

    def __init__(self, *, level: float = 70.0, spread: float = 6.0) -> None:
        self.baseline = Baseline(Prior.of_one(level=level, spread=spread, innovation_spread=2.0))
        self.state: State = empty_state(self.baseline, 1)
        self.at_s = 0.0

    def sees(
        self, value: float, every_s: float = 60.0, *, weight: float = 1.0, released: bool = False
    ) -> Held:
        """Hold a value against the baseline, then learn from it."""
        self.at_s += every_s
        elapsed_s, local_ms = np.full((JUDGED, 1), every_s), np.array([round(self.at_s * 1000)])
        held = self.baseline.hold_against(self.state, np.full((JUDGED, 1), value), elapsed_s, local_ms)
        weights, free = np.full((JUDGED, 1), weight), np.array([released])
        self.baseline.learn(self.state, held, elapsed_s, weights, free)
        return held

    def sees_all(self, values: Iterable[float], every_s: float = 60.0) -> None:
        for value in values:
            self.sees(value, every_s)

    def usual(self, hour: float = 0.0) -> tuple[float, float]:
        """What is usual at this hour, and the spread."""
        usual, spread = self.baseline.usual_and_spread(self.state, np.array([round(hour * 3_600_000)]))
        return float(usual[HEART, 0]), float(spread[HEART, 0])

    def copy_of_state(self) -> dict[str, FloatArray]:
        return {name: numbers.copy() for name, numbers in self.state.items()}


def known(mean: float = 70.0, spread: float = 5.0, days: float = 3.0, every_s: float = 300.0) -> Patient:
    """A patient who has been seen for days."""
    patient, random = Patient(), np.random.default_rng(7)
    patient.sees_all(random.normal(mean, spread, int(days * DAY_S / every_s)).tolist(), every_s)
    return patient


def test_it_finds_mean_and_spread() -> None:
    usual, spread = known(81.0, 6.0, days=8).usual()
    assert usual == pytest.approx(81.0, abs=1.5)
    # Huber's weights make the spread of a normal distribution some 10 % narrower.
    assert spread == pytest.approx(6.0, rel=0.25)


def test_the_least_spreads_are_what_sensors_resolve() -> None:
    """The figures are those of docs/evidence.md."""
    assert {name: SPREAD_FLOORS[name] for name in JUDGED_NAMES[:4]} == {
        "heart_rate": 1.5,
        "oxygen_saturation": 0.7,
        "respiratory_rate": 1.0,
        "body_temperature": 0.15,
    }
    patient = Patient(spread=0.001)
    patient.sees_all([70.0] * 100, 300.0)
    usual, spread = patient.baseline.usual_and_spread(patient.state, np.zeros(1, dtype=np.int64))
    assert (spread == FLOORS).all()
    assert usual == pytest.approx(70.0)
    held = patient.sees(71.5)
    assert held.z[:, 0] == pytest.approx(1.5 / FLOORS[:, 0])


def test_nobody_seen_yet_is_held_against_the_population_at_that_time_of_day() -> None:
    harmonics = np.zeros((4, JUDGED))
    harmonics[0] = -5.0
    plain = Prior.of_one(level=70.0, spread=6.0, innovation_spread=2.0)
    baseline = Baseline(replace(plain, harmonics=harmonics))
    state, hours = empty_state(baseline, 3), np.array([0, 6, 12]) * 3_600_000
    usual, spread = baseline.usual_and_spread(state, hours)
    assert usual[HEART] == pytest.approx([65.0, 70.0, 75.0])
    assert spread[HEART] == pytest.approx([6.0] * 3)


def test_the_usual_follows_cosine_and_sine_of_the_day_and_then_of_the_half_day() -> None:
    harmonics = np.array([2.0, -4.0, 1.0, 0.5])[:, None] * np.ones(JUDGED)
    plain = Prior.of_one(level=70.0, spread=6.0, innovation_spread=2.0)
    baseline = Baseline(replace(plain, harmonics=harmonics))
    local_ms = np.arange(0, 86_400_000, 3_600_000)
    day = local_ms * (2.0 * np.pi / 86_400_000)
    cosine, sine, half_cosine, half_sine = np.cos(day), np.sin(day), np.cos(2.0 * day), np.sin(2.0 * day)
    np.testing.assert_allclose(waves_of_day(local_ms), [cosine, sine, half_cosine, half_sine], atol=1e-12)
    usual, _ = baseline.usual_and_spread(empty_state(baseline, len(local_ms)), local_ms)
    expected = 70.0 + 2.0 * cosine - 4.0 * sine + 1.0 * half_cosine + 0.5 * half_sine
    np.testing.assert_allclose(usual[HEART], expected)


def test_a_daily_rhythm_becomes_usual() -> None:
    patient = Patient()
    hours = np.arange(0, 14 * 24, 1 / 12) + 1 / 12
    patient.sees_all((70.0 - 8.0 * np.cos(hours * np.pi / 12)).tolist(), 300.0)
    assert patient.usual(0.0)[0] == pytest.approx(62.0, abs=1.0)
    assert patient.usual(6.0)[0] == pytest.approx(70.0, abs=1.0)
    assert patient.usual(12.0)[0] == pytest.approx(78.0, abs=1.0)


def test_a_value_is_scored_before_it_is_learned() -> None:
    patient = known()
    before = patient.usual(patient.at_s / 3600 + 1 / 60)
    held = patient.sees(90.0)
    assert held.usual[HEART, 0] == pytest.approx(before[0])
    assert held.z[HEART, 0] == pytest.approx((90.0 - before[0]) / before[1])


def test_nobody_is_known_before_a_whole_day_was_seen() -> None:
    patient = Patient()
    patient.sees_all([70.0] * round(LEARNING_S / 300 - 1), 300.0)
    assert still_learning(patient.state["learned_s"]).all()
    patient.sees(70.0, 300.0)
    assert not still_learning(patient.state["learned_s"]).any()


def test_the_first_values_are_averaged_with_the_population_that_counts_for_two_hours() -> None:
    patient = Patient()
    patient.sees_all([71.0] * 24, PRIOR_S / 24)
    # The harmonics take their part of it.
    assert 70.4 < patient.usual(1.0)[0] < 71.0
    assert patient.state["learned_s"][HEART, 0] == pytest.approx(PRIOR_S)


def test_one_artefact_hardly_moves_it() -> None:
    patient = known()
    before = patient.usual(12.0)
    patient.sees(250.0)
    after = patient.usual(12.0)
    assert after == pytest.approx(before, abs=0.02)


def test_a_new_normal_is_learned_in_the_end() -> None:
    patient = known()
    patient.sees_all([95.0] * round(60 * DAY_S / 300), 300.0)
    assert abs(patient.sees(95.0, 300.0).z[HEART, 0]) < 1.0


def test_one_who_is_released_learns_a_far_value_sooner() -> None:
    guarded, released = known(), known()
    for _ in range(50):
        guarded.sees(120.0)
        released.sees(120.0, released=True)
    moved = [patient.usual(12.0)[0] - known().usual(12.0)[0] for patient in (guarded, released)]
    assert 0 < 5 * moved[0] < moved[1]


def test_what_is_not_measured_or_counts_nothing_teaches_nothing() -> None:
    patient = known()
    before = patient.copy_of_state()
    patient.sees(np.nan)
    assert all((patient.state[name] == before[name]).all() for name in before)
    patient.sees(90.0, weight=0.0)
    # What the next value goes on from is no knowledge.
    changed = [name for name in before if (patient.state[name] != before[name]).any()]
    assert changed == ["residual"]


@pytest.mark.parametrize("gap_s", [3601.0, 86_400.0, 1e9, np.nan])
def test_a_value_after_a_gap_weighs_no_more_than_its_maximum_age(gap_s: float) -> None:
    learned = []
    for elapsed_s in (3600.0, gap_s):
        patient = known()
        local_ms, elapsed = np.zeros(1, dtype=np.int64), np.full((JUDGED, 1), elapsed_s)
        held = patient.baseline.hold_against(patient.state, np.full((JUDGED, 1), 73.0), elapsed, local_ms)
        whole, nobody = np.ones((JUDGED, 1)), np.zeros(1, dtype=np.bool_)
        patient.baseline.learn(patient.state, held, elapsed, whole, nobody)
        learned.append((patient.usual(), patient.state["learned_s"][:, 0].tolist()))
    assert learned[0] == learned[1]


def test_weights_follow_time_and_not_the_number_of_readings() -> None:
    """A minute at 1 Hz moves the usual as one reading that stands for the minute does."""
    often, once = known(), known()
    before = once.usual(12.0)[0]
    often.sees_all([76.0] * 60, 1.0)
    once.sees(76.0, 60.0)
    moved = [patient.usual(12.0)[0] - before for patient in (often, once)]
    assert moved[0] == pytest.approx(moved[1], rel=0.01)


def test_innovations_of_values_that_follow_each_other_as_the_prior_says_are_white() -> None:
    """The spread of 1, and no correlation with the one before; a minute's step as in the prior's example."""
    patient, random = Patient(), np.random.default_rng(3)
    memory_s, spread, residual = 1000.0, 5.7, 0.0
    innovations = []
    kept = np.exp(-60.0 / memory_s)
    for _ in range(6000):
        residual = kept * residual + spread * np.sqrt(1.0 - kept * kept) * random.standard_normal()
        innovations.append(patient.sees(70.0 + residual).innovation[HEART, 0])
    found = np.array(innovations[1440:])
    assert np.std(found) == pytest.approx(1.0, abs=0.15)
    assert abs(np.corrcoef(found[1:], found[:-1])[0, 1]) < 0.06


def test_a_new_normal_by_command_holds_at_once_and_is_followed_as_after_the_first_day() -> None:
    patient = known(days=6)
    value = patient.usual(12.0)[0] + 15.0
    patient.state["residual"][:] = 15.0
    patient.baseline.shift(patient.state)
    assert patient.usual(12.0)[0] == pytest.approx(value)
    assert (patient.state["learned_s"] <= LEARNING_S).all()


def test_a_new_normal_of_a_vital_never_seen_moves_nothing() -> None:
    patient = Patient()
    before = patient.copy_of_state()
    patient.baseline.shift(patient.state)
    assert all((patient.state[name] == before[name]).all() for name in before)


seen = st.tuples(st.floats(-1e4, 1e4), st.floats(0, 2e5), st.floats(0, 1), st.booleans())


@given(st.lists(seen, min_size=1, max_size=30))
def test_it_never_becomes_impossible(readings: list[tuple[float, float, float, bool]]) -> None:
    patient = Patient()
    learned_s = 0.0
    for value, elapsed_s, weight, released in readings:
        held = patient.sees(value, elapsed_s, weight=weight, released=released)
        assert np.isfinite(held.z).all()
        assert np.isfinite(held.innovation).all()
        assert all(np.isfinite(numbers).all() for numbers in patient.state.values())
        assert (patient.state["usual_variance"] >= 0).all()
        assert (patient.state["innovation_variance"] >= 0).all()
        assert patient.state["learned_s"][HEART, 0] >= learned_s
        learned_s = patient.state["learned_s"][HEART, 0]


def test_its_memory_is_as_long_as_it_says() -> None:
    """Of a step within the usual, 1/e is left after the time constant."""
    patient = known(70.0, 5.0, days=30)
    start = patient.usual(12.0)[0]
    values = [start + 4.0] * round(TIME_CONSTANT_S / 300)
    patient.sees_all(values, 300.0)
    left = (start + 4.0 - patient.usual(12.0)[0]) / 4.0
    assert left == pytest.approx(np.exp(-1.0), abs=0.12)
