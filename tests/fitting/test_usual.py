import numpy as np
import pytest

from tests.support.rhythmic_wearers import series
from wardwatch.fitting.series import Series
from wardwatch.fitting.usual import rhythm_of, usual_of, variance_of

HARMONICS = (2.0, -4.0, 1.0, 0.5)


def test_level_rhythm_and_spread_are_found() -> None:
    """Of ten days with a memory of 15 min: a tenth of the spread is as exact as it gets."""
    made = series(level=70.0, harmonics=HARMONICS, spread=6.0, seed=3)
    rhythm = rhythm_of(made)
    assert rhythm is not None
    assert rhythm.tolist() == pytest.approx(HARMONICS, abs=0.6)
    usual = usual_of(made, rhythm)
    assert usual.level == pytest.approx(70.0, abs=0.6)
    assert usual.variance == pytest.approx(36.0, rel=0.1)
    assert float(np.square(usual.z).mean()) == pytest.approx(1.0, rel=0.05)


def test_a_few_days_are_no_rhythm() -> None:
    assert rhythm_of(series(days=2.0, harmonics=HARMONICS)) is None


def test_rounds_every_hour_are_no_rhythm() -> None:
    assert rhythm_of(series(days=30.0, every_s=3600.0, harmonics=HARMONICS)) is None


def test_who_was_seen_by_night_only_has_no_rhythm_of_the_day() -> None:
    made = series(days=12.0, harmonics=HARMONICS)
    night = made.local_ms % 86_400_000 < 8 * 3_600_000
    assert rhythm_of(Series(local_ms=made.local_ms[night], values=made.values[night])) is None


def test_extremes_hardly_widen_the_variance() -> None:
    residual = np.random.default_rng(1).standard_normal(10_000)
    clean = variance_of(residual)
    assert clean == pytest.approx(1.0, rel=0.05)
    residual[:50] = 100.0
    assert variance_of(residual) < 1.2 * clean


def test_a_vital_that_never_changes_has_no_spread_and_no_z() -> None:
    flat = Series(local_ms=series().local_ms, values=np.full(len(series()), 70.0))
    usual = usual_of(flat, np.zeros(4))
    assert usual.variance == 0.0
    assert not usual.z.any()
