from collections.abc import Sequence

import numpy as np
import pytest

from tests.support.models import PRIOR, model_with_limit
from tests.support.rhythmic_wearers import wearer
from wardwatch.core.bank import Bank
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.detectors.spot import NORMAL
from wardwatch.core.local_time import LocalTime
from wardwatch.evaluating.tracks import Track
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.priors import Priors
from wardwatch.fitting.references import References, _reference, fit_references

UTC = LocalTime.utc()
PRIORS = Priors(prior=PRIOR, correlation=np.eye(JUDGED), tail=NORMAL, origins=())


def references(tracks: Sequence[Track]) -> References:
    return fit_references(tracks, PRIORS, UTC, lambda _: None)


@pytest.fixture(scope="module")
def of_five() -> References:
    return references([wearer(number, days=9.0) for number in range(5)])


def test_there_is_one_for_each_detector_that_confirms_in_the_banks_order(of_five: References) -> None:
    """The fusion counts detectors by this order."""
    assert tuple(of_five.detectors) == Bank(model_with_limit(9.0), UTC, 1.0).confirming


def test_bits_rise_from_0_and_say_how_rare_a_score_is(of_five: References) -> None:
    for reference in (*of_five.detectors.values(), of_five.fused):
        assert reference.bits[0] == 0.0
        assert (np.diff(reference.scores) > 0).all()
        assert (np.diff(reference.bits) >= 0).all()
        assert 8.0 < reference.bits[-1] < 16.0


def test_a_score_that_a_share_of_the_same_law_exceeds_has_the_bits_of_this_share(of_five: References) -> None:
    """The root of the fused score is |z| without confirmation, at least 2 in the band's outer 4.6 %."""
    bits = float(of_five.fused.bits_of(np.array([2.0]))[0])
    assert 2.0**-bits == pytest.approx(0.046, abs=0.03)


def test_the_first_week_of_each_patient_does_not_count(of_five: References) -> None:
    settled = 5 * 2 * 288
    assert 0.9 * settled < of_five.readings <= settled
    assert of_five.patients == 5


def test_a_wild_first_week_changes_nothing_much(of_five: References) -> None:
    """Only what was learned of it is left; its own scores are in no reference."""
    tracks = [wearer(number, days=9.0) for number in range(5)]
    for track in tracks:
        hour = slice(288, 288 + 36)
        track.values[hour, 0] += 100.0
    wild = references(tracks)
    assert wild.fused.scores[-1] < 1.5 * of_five.fused.scores[-1]


def test_each_patient_weighs_alike_however_long_the_stay() -> None:
    reference = _reference([np.zeros(10_000), np.ones(100)])
    assert reference.bits_of(np.array([0.0, 1.0])).tolist() == [0.0, 1.0]


def test_too_short_recordings_are_one_sentence() -> None:
    with pytest.raises(FitError, match=r"of 0 patients .* fit on longer recordings"):
        references([wearer(number, days=7.5) for number in range(5)])
