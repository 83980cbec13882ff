import numpy as np
import pytest

from tests.support.rhythmic_wearers import series
from wardwatch.fitting.memory import Likeness, innovation_variance, likeness_of
from wardwatch.fitting.series import Series
from wardwatch.fitting.usual import usual_of

NO_RHYTHM = np.zeros(4)


def share_new(elapsed_s: float, memory_s: float) -> float:
    return float(1.0 - np.exp(-2.0 * elapsed_s / memory_s))


@pytest.mark.parametrize("every_s", [60.0, 300.0])
def test_memory_and_innovation_of_a_dense_vital_are_found(every_s: float) -> None:
    usual = usual_of(series(days=20.0, every_s=every_s, spread=6.0, memory_s=900.0), NO_RHYTHM)
    likeness = likeness_of(usual)
    assert likeness is not None
    assert likeness.memory_s == pytest.approx(900.0, rel=0.15)
    # That of a minute, however far apart the values are.
    expected = 36.0 * share_new(60.0, 900.0)
    assert innovation_variance(usual, likeness, 900.0) == pytest.approx(expected, rel=0.1)


def test_gaps_are_no_steps() -> None:
    made = series(days=20.0, memory_s=900.0)
    kept = np.arange(len(made)) % 240 < 120
    usual = usual_of(Series(local_ms=made.local_ms[kept], values=made.values[kept]), NO_RHYTHM)
    likeness = likeness_of(usual)
    assert likeness is not None
    assert likeness.memory_s == pytest.approx(900.0, rel=0.2)


def test_of_hourly_rounds_what_does_not_last_is_taken_as_noise_of_a_minute() -> None:
    """Half of the variance is memory of four hours, the other half comes anew with each value."""
    made = series(days=400.0, every_s=3600.0, spread=3.0, memory_s=4 * 3600.0)
    noise = 3.0 * np.random.default_rng(5).standard_normal(len(made))
    usual = usual_of(Series(local_ms=made.local_ms, values=made.values + noise), NO_RHYTHM)
    likeness = likeness_of(usual)
    assert likeness is not None
    assert likeness.one == pytest.approx(0.5 * np.exp(-0.25), abs=0.04)
    assert likeness.over_a_minute == pytest.approx(0.5, abs=0.08)
    # Two values a minute apart differ by the noise of both, 9 each.
    assert innovation_variance(usual, likeness, 4 * 3600.0) == pytest.approx(18.0, rel=0.2)


def test_without_noise_the_minute_is_foretold_from_hours() -> None:
    likeness = Likeness(interval_s=3600.0, one=0.7, two=0.49)
    assert likeness.over_a_minute == pytest.approx(0.7 ** (1 / 60))
    assert likeness.memory_s == pytest.approx(-3600.0 / np.log(0.7))


def test_too_few_pairs_or_nothing_that_changes_say_nothing() -> None:
    few = usual_of(series(days=0.01), NO_RHYTHM)
    assert likeness_of(few) is None
    long = series()
    flat = Series(local_ms=long.local_ms, values=np.full(len(long), 70.0))
    assert likeness_of(usual_of(flat, NO_RHYTHM)) is None


def test_what_is_as_like_as_strangers_has_the_shortest_memory_and_not_none() -> None:
    made = series()
    noise = np.random.default_rng(2).standard_normal(len(made))
    likeness = likeness_of(usual_of(Series(local_ms=made.local_ms, values=noise), NO_RHYTHM))
    assert likeness is not None
    assert 0.0 < likeness.memory_s < 60.0
