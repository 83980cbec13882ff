"""Each broken promise is found by the check that names it, and by no other; a sound detector passes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.broken_detectors import (
    BROKEN,
    AlarmsWhenNothingHappens,
    Fickle,
    HoldsAgainstTheMeanOfAll,
    KeepsItOnItself,
    Level,
    RaisesAtMissing,
)
from wardwatch.core.detectors.detector import Detector
from wardwatch.testing import CHECKS, Check, DetectorFault, check_detector


def _finds_a_fault(check: Check, detector: Detector) -> bool:
    try:
        check(detector)
    except DetectorFault:
        return True
    return False


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_a_sound_detector_passes(check: Check, seed: int) -> None:
    check(Level(), seed=seed)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_promise_is_found_by_the_check_that_names_it_and_by_no_other(broken: type[Level]) -> None:
    assert {check.name for check in CHECKS if _finds_a_fault(check, broken())} == BROKEN[broken]


def test_there_is_no_check_that_nothing_fails() -> None:
    assert {check.name for check in CHECKS} == set().union(*BROKEN.values())


def test_the_suite_stops_at_the_first_fault() -> None:
    assert BROKEN[Fickle] == {"deterministic", "snapshot"}
    with pytest.raises(DetectorFault) as caught:
        check_detector(Fickle())
    assert caught.value.check == "deterministic"


def test_a_fault_is_one_sentence_that_names_detector_promise_and_finding() -> None:
    with pytest.raises(DetectorFault) as caught:
        check_detector(HoldsAgainstTheMeanOfAll())
    sentence = str(caught.value)
    assert sentence.startswith(
        "level: the number of other patients does not matter, but among 1024 patients and among 7 "
        "the heart_rate of round 0 scores "
    )
    assert sentence.endswith(" in the other.")


def test_what_a_detector_raises_is_a_fault_with_its_cause() -> None:
    """The first one to tell is the check of missing values, because those before it leave none out."""
    with pytest.raises(DetectorFault, match=r"but it raised ValueError\('not a number'\)\.$") as caught:
        check_detector(RaisesAtMissing())
    assert caught.value.check == "missing_values"
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_fault_fails_a_test_as_an_assertion_does() -> None:
    assert issubclass(DetectorFault, AssertionError)


def test_how_quiet_a_constant_signal_must_be_is_the_callers_choice() -> None:
    check_detector(AlarmsWhenNothingHappens(), quiet_below=5.0)
    with pytest.raises(DetectorFault, match=r"scores 5, above 4\.9"):
        check_detector(AlarmsWhenNothingHappens(), quiet_below=4.9)


def test_the_detector_handed_in_is_left_as_it_is() -> None:
    detector = KeepsItOnItself()
    with pytest.raises(DetectorFault):
        check_detector(detector)
    assert detector.total == 0.0


def test_the_same_seed_finds_the_same() -> None:
    class Seeded(Fickle):
        def __init__(self) -> None:
            self._rng = np.random.default_rng(1)

    sentences = set()
    for _ in range(2):
        with pytest.raises(DetectorFault) as caught:
            check_detector(Seeded(), seed=5)
        sentences.add(str(caught.value))
    assert len(sentences) == 1
