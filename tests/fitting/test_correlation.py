import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.rhythmic_wearers import instants
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.detectors.mahalanobis import Mahalanobis
from wardwatch.fitting.correlation import fit_correlation, shrunk
from wardwatch.fitting.series import Series
from wardwatch.fitting.usual import Usual, usual_of


def patient(
    seed: int, correlation: float, *, hours: int = 200, minutes_apart: float = 0.0
) -> dict[int, Usual]:
    """Vitals 0 and 1 go together; 3 goes for itself. They need not be measured at the same instant."""
    random = np.random.default_rng(seed)
    at_ms = instants(hours / 24, 3600.0)
    one, other, alone = random.standard_normal((3, hours))
    both = correlation * one + np.sqrt(1.0 - correlation**2) * other
    later_ms = at_ms + int(minutes_apart * 60_000)
    values = {0: (at_ms, one), 1: (later_ms, both), 3: (at_ms, alone)}
    return {
        vital: usual_of(Series(local_ms=its_ms, values=numbers), np.zeros(4))
        for vital, (its_ms, numbers) in values.items()
    }


@pytest.mark.parametrize("minutes_apart", [0.0, 20.0])
def test_what_goes_together_is_found_less_what_independence_takes(minutes_apart: float) -> None:
    patients = [patient(seed, 0.6, minutes_apart=minutes_apart) for seed in range(10)]
    found = fit_correlation(patients, fewest_patients=5)
    assert found[0, 1] == pytest.approx(0.9 * 0.6, abs=0.05)
    assert found[0, 3] == pytest.approx(0.0, abs=0.05)
    Mahalanobis(found)


def test_each_patient_weighs_alike_however_long_the_stay() -> None:
    patients = [patient(1, 0.8, hours=5000), *(patient(seed, 0.0, hours=100) for seed in range(2, 9))]
    assert fit_correlation(patients, fewest_patients=5)[0, 1] == pytest.approx(0.1, abs=0.12)


def test_what_few_patients_have_together_is_independent() -> None:
    patients = [patient(seed, 0.9) for seed in range(4)]
    assert fit_correlation(patients, fewest_patients=5).tolist() == np.eye(JUDGED).tolist()
    assert fit_correlation([], fewest_patients=5).tolist() == np.eye(JUDGED).tolist()


@given(arrays(np.float64, (JUDGED, JUDGED), elements=st.floats(-1.0, 1.0)))
def test_whatever_was_measured_becomes_a_correlation_matrix(numbers: np.ndarray) -> None:
    """Pairs that come from different patients need not fit together."""
    matrix = np.triu(numbers, 1)
    Mahalanobis(shrunk(matrix + matrix.T + np.eye(JUDGED)))
