"""From scores to bits, and from a wanted rate of false alarms to a limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wardwatch.core.calibration import POINTS, FalseAlarms, Reference
from wardwatch.core.model import shipped_model
from wardwatch.core.reading import FloatArray

RANDOM = np.random.default_rng(11)
NORMAL = Reference.of(np.abs(RANDOM.standard_normal(50_000)))
SHIPPED = shipped_model()
REFERENCES = [NORMAL, SHIPPED.fused, *SHIPPED.references.values()]

samples = hnp.arrays(np.float64, st.integers(30, 300), elements=st.floats(0, 50), unique=True)


@given(samples)
def test_bits_are_the_share_of_the_reference_that_is_at_least_as_high(scores: FloatArray) -> None:
    """-log2 of it, at the points that are kept."""
    reference = Reference.of(scores)
    assert len(reference.scores) <= POINTS
    for score, bits in zip(reference.scores, reference.bits, strict=True):
        assert bits == pytest.approx(-np.log2(np.mean(scores >= score)), abs=1e-9)


@given(samples)
def test_a_reference_rises_from_0_bits_on(scores: FloatArray) -> None:
    reference = Reference.of(scores)
    assert reference.bits[0] == 0.0
    assert (np.diff(reference.scores) > 0).all()
    assert (np.diff(reference.bits) >= 0).all()


@pytest.mark.parametrize("number", range(len(REFERENCES)))
@given(scores=st.lists(st.floats(0, 1e4), min_size=2, max_size=20))
def test_a_higher_score_is_never_less_rare(number: int, scores: list[float]) -> None:
    bits = REFERENCES[number].bits_of(np.array(sorted(scores)))
    assert (np.diff(bits) >= 0).all()
    assert (bits >= 0).all()
    assert np.isfinite(bits).all()


def test_beyond_all_that_was_ever_seen_bits_go_on_rising() -> None:
    last = NORMAL.scores[-1]
    at, further, furthest = NORMAL.bits_of(np.array([last, last + 1.0, last + 2.0]))
    assert at < further
    assert furthest - further == pytest.approx(further - at)


def test_a_score_that_is_no_number_has_no_bits() -> None:
    assert np.isnan(NORMAL.bits_of(np.array([np.nan])))


@pytest.mark.parametrize("reference", [NORMAL, SHIPPED.fused])
@pytest.mark.parametrize("bits", [2.0, 7.5, 11.0, 14.0, 40.0])
def test_the_score_of_some_bits_has_these_bits(reference: Reference, bits: float) -> None:
    score = reference.score_at(bits)
    assert reference.bits_of(np.array([score])) == pytest.approx(bits, abs=1e-6)
    assert reference.bits_of(np.array([score * 1.01 + 0.01])) > bits


def test_scores_of_those_to_whom_nothing_happens_are_as_rare_as_it_says() -> None:
    """Of others than the reference was made of."""
    bits = NORMAL.bits_of(np.abs(np.random.default_rng(12).standard_normal(50_000)))
    for rarity in 2.0, 5.0, 8.0:
        assert np.mean(bits > rarity) == pytest.approx(2.0**-rarity, rel=0.25)


MEASURED = FalseAlarms(((6.0, 2.0), (8.0, 0.5), (10.0, 0.05), (12.0, 0.01)))


@pytest.mark.parametrize(("limit", "rate"), MEASURED.measured)
def test_the_limit_of_a_measured_rate_is_the_one_it_was_measured_with(limit: float, rate: float) -> None:
    assert MEASURED.limit_for(rate) == pytest.approx(limit)


def test_between_measurements_the_logarithm_of_the_rate_is_a_straight_line() -> None:
    assert MEASURED.limit_for(1.0) == pytest.approx(7.0)


@given(st.floats(1e-5, 100), st.floats(1e-5, 100))
def test_fewer_false_alarms_never_take_a_lower_limit(rate: float, other: float) -> None:
    fewer, more = sorted((rate, other))
    assert MEASURED.limit_for(fewer) >= MEASURED.limit_for(more)
    assert SHIPPED.false_alarms.limit_for(fewer) >= SHIPPED.false_alarms.limit_for(more)


def test_fewer_than_were_ever_measured_take_a_limit_beyond_the_measured_ones() -> None:
    assert MEASURED.limit_for(0.001) > 12.0
    assert MEASURED.limit_for(50.0) == 6.0
