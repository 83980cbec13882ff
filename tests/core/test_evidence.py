"""The evidence of values: which side counts, and what a reference makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.evidence import MOST_EVIDENCE, SPEAKING, SPEAKING_NAMES, Population
from wardwatch.core.model import shipped_model
from wardwatch.core.vitals import VITAL_INDEX, VITALS


def population() -> Population:
    found = shipped_model().deterioration
    assert found is not None
    return found


def evidence(**values: float) -> dict[str, float]:
    given_values = np.full((SPEAKING, 1), np.nan)
    for name, value in values.items():
        given_values[SPEAKING_NAMES.index(name), 0] = value
    found = population().evidence_of(given_values)[:, 0]
    return {name: float(found[SPEAKING_NAMES.index(name)]) for name in values}


def test_what_most_have_says_nothing() -> None:
    usual = {"heart_rate": 75.0, "oxygen_saturation": 98.0, "respiratory_rate": 16.0}
    assert set(evidence(**usual, body_temperature=36.8, systolic_pressure=125.0).values()) == {0.0}


def test_the_worse_side_speaks_and_the_other_does_not() -> None:
    worse = evidence(
        heart_rate=125, oxygen_saturation=89, respiratory_rate=30, body_temperature=39, systolic_pressure=80
    )
    assert all(2.0 < bits <= MOST_EVIDENCE for bits in worse.values())
    better = evidence(heart_rate=45, oxygen_saturation=100, respiratory_rate=9, systolic_pressure=200)
    assert set(better.values()) == {0.0}
    assert evidence(body_temperature=35.0)["body_temperature"] > 2.0


def test_what_was_not_measured_stays_unknown() -> None:
    assert np.isnan(population().evidence_of(np.full((SPEAKING, 3), np.nan))).all()


@given(vital=st.integers(0, SPEAKING - 1), share=st.floats(0, 1), most=st.floats(0.0, 10.9))
def test_within_the_bounds_there_is_no_more_evidence(vital: int, share: float, most: float) -> None:
    low, high = population().bounds_of(vital, most)
    sign = VITALS[VITAL_INDEX[SPEAKING_NAMES[vital]]]
    low = sign.plausible_low if low is None else low
    high = sign.plausible_high if high is None else high
    value = low + share * (high - low)
    assert evidence(**{SPEAKING_NAMES[vital]: value})[SPEAKING_NAMES[vital]] <= most + 1e-9


def test_no_bound_is_needed_for_all_the_evidence_there_is() -> None:
    assert population().bounds_of(0, MOST_EVIDENCE) == (None, None)


@pytest.mark.parametrize("vital", range(SPEAKING))
def test_the_shipped_references_have_a_tail(vital: int) -> None:
    reference = population().references[vital]
    assert (np.diff(reference.scores) > 0).all()
    assert (np.diff(reference.bits) >= 0).all()
    assert reference.bits[-1] > 10.0
