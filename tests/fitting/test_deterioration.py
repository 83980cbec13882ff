"""What vitals say for an acute illness is told by recordings of patients who have enough of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.fitting.test_counting import stay
from tests.support.rhythmic_wearers import HEART_RATE, instants, track
from wardwatch.core.evidence import SPEAKING
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model, shipped_model
from wardwatch.core.vitals import VITAL_INDEX
from wardwatch.evaluating.tracks import Track
from wardwatch.fitting.deterioration import FEWEST_TELLING, fit_population, with_deterioration
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.series import all_series

UTC = LocalTime.utc()


def whole(number: int) -> Track:
    """A stay with all vitals."""
    one = stay(number)
    random = np.random.default_rng(number)
    one.values[:, VITAL_INDEX["oxygen_saturation"]] = np.round(97.0 + random.standard_normal(len(one)))
    one.values[:, VITAL_INDEX["body_temperature"]] = np.round(
        37.0 + 0.4 * random.standard_normal(len(one)), 1
    )
    return one


def fitted(tracks: list[Track]) -> Model:
    series = [all_series(one, UTC) for one in tracks]
    return with_deterioration(shipped_model(), tracks, series, UTC, lambda _: None)


@pytest.fixture(scope="module")
def model() -> Model:
    return fitted([whole(number) for number in range(FEWEST_TELLING)])


def test_the_population_is_that_of_the_recordings(model: Model) -> None:
    found = model.deterioration
    assert found is not None
    temperature = VITAL_INDEX["body_temperature"]
    assert found.middle[temperature] == pytest.approx(37.0, abs=0.1)
    # Half have no evidence, the others a bit and a half in the mean, if values were continuous.
    assert (found.mean > 0.3).all()
    assert (found.mean < 1.1).all()
    assert len(found.references) == SPEAKING
    assert model.sources[-1].startswith(f"deterioration: {FEWEST_TELLING} patients, ")


def test_rates_fall_and_a_rate_that_is_set_has_its_limit(model: Model) -> None:
    found = model.deterioration
    assert found is not None
    rates = [rate for _, rate in found.false_alarms.measured]
    assert rates == sorted(rates, reverse=True)
    assert found.false_alarms.limit_for(0.1) > found.false_alarms.limit_for(0.3)


def test_the_same_recordings_give_the_same_bytes(model: Model) -> None:
    assert fitted([whole(number) for number in range(FEWEST_TELLING)]).to_json() == model.to_json()


def test_who_has_too_few_vitals_tells_nothing() -> None:
    at_ms = instants(1.0, 3600.0)
    alone = [track(f"h{n}", {HEART_RATE: np.full(len(at_ms), 70.0)}, at_ms) for n in range(FEWEST_TELLING)]
    with pytest.raises(FitError, match=f"0 patients have 3 of the vitals .* {FEWEST_TELLING} are needed"):
        fitted(alone)


def test_each_vital_must_be_told_by_enough_patients() -> None:
    series = [all_series(stay(number), UTC) for number in range(FEWEST_TELLING)]
    with pytest.raises(FitError, match="0 patients tell of a vital"):
        fit_population(series)
