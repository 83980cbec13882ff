import numpy as np
import pytest

from tests.support.rhythmic_wearers import series
from wardwatch.core.baseline import FLOORS
from wardwatch.core.detectors.mahalanobis import Mahalanobis
from wardwatch.core.vitals import VITAL_INDEX
from wardwatch.fitting.defaults import DEFAULTS
from wardwatch.fitting.priors import FEWEST_PATIENTS, fit_priors
from wardwatch.fitting.series import Series

HEART_RATE, RESPIRATION = VITAL_INDEX["heart_rate"], VITAL_INDEX["respiratory_rate"]
RHYTHM = (1.0, -4.0, 0.5, 0.0)


def wearers(levels: list[float], *, days: float = 6.0, every_s: float = 60.0) -> list[dict[int, Series]]:
    return [
        {
            HEART_RATE: series(
                days=days, every_s=every_s, level=level, harmonics=RHYTHM, memory_s=900.0, seed=seed
            )
        }
        for seed, level in enumerate(levels)
    ]


def test_a_known_law_is_found() -> None:
    """Tolerances are about twice what the lengths of the recordings make of chance."""
    priors = fit_priors(wearers([64.0, 66.0, 70.0, 73.0, 90.0]))
    prior = priors.prior
    assert prior.level[HEART_RATE] == pytest.approx(70.0, abs=1.0)
    assert prior.harmonics[:, HEART_RATE].tolist() == pytest.approx(RHYTHM, abs=0.5)
    assert prior.variance[HEART_RATE] == pytest.approx(36.0, rel=0.1)
    assert prior.memory_s[HEART_RATE] == pytest.approx(900.0, rel=0.1)
    innovation = 36.0 * (1.0 - np.exp(-120.0 / 900.0))
    assert prior.innovation_variance[HEART_RATE] == pytest.approx(innovation, rel=0.1)
    # A normal distribution's tail is thin.
    assert priors.tail.threshold[HEART_RATE] == pytest.approx(2.33, abs=0.15)
    assert priors.tail.shape[HEART_RATE] < 0.1
    Mahalanobis(priors.correlation)


def test_each_patient_weighs_alike_however_long_the_stay() -> None:
    [long] = wearers([120.0], days=60.0)
    short = wearers([70.0, 70.0, 71.0, 71.0], days=4.0)
    assert fit_priors([long, *short]).prior.level[HEART_RATE] == pytest.approx(71.0, abs=1.0)


def test_of_a_vital_that_only_few_have_nothing_is_taken() -> None:
    """So that a model does not tell of single patients."""
    few = wearers([100.0] * (FEWEST_PATIENTS - 1))
    priors = fit_priors(few)
    default = DEFAULTS[HEART_RATE]
    assert priors.prior.level[HEART_RATE] == default.level
    assert priors.prior.variance[HEART_RATE] == default.spread**2
    assert priors.prior.memory_s[HEART_RATE] == default.memory_s
    assert not priors.prior.harmonics.any()
    assert priors.origins[HEART_RATE].level == 0
    assert fit_priors([]).prior.level.tolist() == [default.level for default in DEFAULTS]


def test_wearers_tell_of_a_vital_rather_than_rounds_where_there_are_enough() -> None:
    rounds = wearers([100.0] * 20, every_s=3600.0)
    priors = fit_priors([*rounds, *wearers([70.0] * FEWEST_PATIENTS)])
    assert priors.prior.level[HEART_RATE] == pytest.approx(70.0, abs=1.0)
    assert priors.origins[HEART_RATE].level == FEWEST_PATIENTS
    priors = fit_priors([*rounds, *wearers([70.0] * (FEWEST_PATIENTS - 1))])
    assert priors.prior.level[HEART_RATE] == pytest.approx(100.0, abs=1.0)


def test_short_stays_tell_of_the_level_alone() -> None:
    """A wearer of an hour wanders hardly, and that is no spread."""
    short = wearers([90.0] * 20, days=1 / 24)
    priors = fit_priors([*short, *wearers([70.0] * FEWEST_PATIENTS)])
    origin = priors.origins[HEART_RATE]
    assert (origin.level, origin.changes, origin.rhythm) == (20 + FEWEST_PATIENTS, *(FEWEST_PATIENTS,) * 2)
    assert priors.prior.level[HEART_RATE] > 80.0
    assert priors.prior.variance[HEART_RATE] == pytest.approx(36.0, rel=0.1)


def test_rounds_every_hour_have_no_rhythm_and_a_memory_of_hours() -> None:
    patients = [
        {
            RESPIRATION: series(
                days=30.0, every_s=3600.0, level=17.0, spread=3.0, memory_s=2 * 3600.0, seed=seed
            )
        }
        for seed in range(6)
    ]
    priors = fit_priors(patients)
    assert priors.prior.memory_s[RESPIRATION] == pytest.approx(2 * 3600.0, rel=0.2)
    assert not priors.prior.harmonics.any()
    assert priors.origins[RESPIRATION].interval_s == 3600.0


def test_no_variance_is_finer_than_a_sensor() -> None:
    at_ms = series().local_ms
    flat = [{HEART_RATE: Series(local_ms=at_ms, values=np.full(len(at_ms), 70.0))} for _ in range(6)]
    prior = fit_priors(flat).prior
    assert prior.variance[HEART_RATE] == FLOORS[HEART_RATE, 0] ** 2
    assert (prior.innovation_variance >= FLOORS[:, 0] ** 2).all()
