import numpy as np
import pytest

from wardwatch.evaluating.draws import NOTHING, Draws, estimated, share


def test_the_first_draw_is_who_really_came_and_the_others_are_as_many() -> None:
    draws = Draws.of(7, 50, seed=3)
    assert draws.weights.shape == (51, 7)
    assert (draws.weights[0] == 1).all()
    assert (draws.weights.sum(axis=1) == 7).all()
    assert (draws.weights[1:] != 1).any()


def test_the_same_seed_draws_the_same() -> None:
    one, same, other = (Draws.of(20, 10, seed=seed).weights for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_among_some_the_others_do_not_count() -> None:
    who = np.array([True, False, True])
    weights = Draws.of(3, 10, seed=1).among(who).weights
    assert not weights[:, 1].any()
    assert weights[0].tolist() == [1, 0, 1]


def test_an_interval_holds_95_in_100_of_what_is_defined() -> None:
    told = estimated(np.array([7.0, *range(101), np.nan]))
    assert told.value == 7.0
    assert told.interval == pytest.approx((2.5, 97.5))
    assert estimated(np.array([np.nan, 1.0, 2.0])) == NOTHING
    assert estimated(np.array([1.0])).interval is None


def test_a_share_of_nothing_is_not_a_number() -> None:
    shares = share(np.array([[1.0, 0.0]]), np.array([[2.0], [0.0]]))
    assert shares[0].tolist() == [0.5, 0.0]
    assert np.isnan(shares[1]).all()
