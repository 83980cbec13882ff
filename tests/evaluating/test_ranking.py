import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from wardwatch.evaluating.ranking import CLASSES, Ranking


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 3)), min_size=2, max_size=60),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_it_agrees_with_scikit_learn_whatever_the_ties_and_weights(
    instants: list[tuple[int, bool, int]], weights: list[int]
) -> None:
    scores, positive, patient = (np.array(column) for column in zip(*instants, strict=True))
    of_each = np.array(weights)[patient]
    drawn = np.array([weights], dtype=np.float64)
    auroc, auprc = Ranking(scores.astype(np.float64), positive, patient).judged(drawn)
    if not of_each[positive].any() or not of_each[~positive].any():
        assert np.isnan(auroc[0])
        assert np.isnan(auprc[0])
        return
    assert auroc[0] == pytest.approx(roc_auc_score(positive, scores, sample_weight=of_each))
    assert auprc[0] == pytest.approx(average_precision_score(positive, scores, sample_weight=of_each))


def test_many_draws_at_once_are_each_what_it_is_alone() -> None:
    random = np.random.default_rng(1)
    scores, positive = random.integers(0, 30, 500).astype(np.float64), random.random(500) < 0.2
    ranking = Ranking(scores, positive, np.repeat(np.arange(10), 50))
    weights = random.integers(0, 3, (20, 10)).astype(np.float64)
    together = ranking.judged(weights)
    alone = [ranking.judged(each[None]) for each in weights]
    assert together[0] == pytest.approx(np.concatenate([auroc for auroc, _ in alone]))
    assert together[1] == pytest.approx(np.concatenate([auprc for _, auprc in alone]))


def test_classes_change_next_to_nothing() -> None:
    random = np.random.default_rng(2)
    positive = random.random(40_000) < 0.05
    scores = random.normal(size=40_000) + positive
    patient, one = np.arange(40_000) % 100, np.ones((1, 100))
    exact, classed = (Ranking(scores, positive, patient, classes=n).judged(one) for n in (None, CLASSES))
    assert classed[0] == pytest.approx(exact[0], abs=1e-3)
    assert classed[1] == pytest.approx(exact[1], abs=5e-3)


def test_having_nothing_to_say_ranks_below_saying_anything() -> None:
    scores = np.array([-np.inf, -5.0, -np.inf, 1.0])
    auroc, _ = Ranking(scores, np.array([True, False, False, True]), np.arange(4)).judged(np.ones((1, 4)))
    assert auroc[0] == pytest.approx((1.0 + 1.0 + 0.0 + 0.5) / 4)
