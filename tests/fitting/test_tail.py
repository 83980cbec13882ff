import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.detectors.spot import TailPrior
from wardwatch.fitting.tail import LEAST_SHAPE, MOST_SHAPE, SHARE, fit_tail


@pytest.mark.parametrize("shape", [-0.15, 0.1, 0.2])
def test_the_shape_of_a_pareto_tail_is_found(shape: float) -> None:
    """Whatever the threshold, beyond it a generalised Pareto distribution keeps its shape."""
    survival = 1.0 - (np.arange(200_000) + 0.5) / 200_000
    unusual = 0.4 * (survival**-shape - 1.0) / shape
    tail = fit_tail(unusual)
    assert tail.shape == pytest.approx(shape, abs=0.06)
    assert tail.threshold == pytest.approx(max(float(np.quantile(unusual, 1 - SHARE)), 1.0), abs=1e-3)
    assert tail.scale == pytest.approx(0.4 + shape * tail.threshold, rel=0.1)
    assert tail.share == pytest.approx(SHARE, abs=1e-4)


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=200))
def test_any_values_give_a_tail_that_the_detector_takes(unusual: list[float]) -> None:
    tail = fit_tail(np.array(unusual))
    assert LEAST_SHAPE <= tail.shape <= MOST_SHAPE
    TailPrior.of(threshold=tail.threshold, shape=tail.shape, scale=tail.scale, share=tail.share)
