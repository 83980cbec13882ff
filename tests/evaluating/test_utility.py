import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hourly_stays import hourly_stay
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.utility import Rewards, best_of_hours, gain_of_hours


def plain_utility(labels: list[bool], predictions: list[bool]) -> float:
    """Hour by hour, as the challenge's description reads (Reyna et al. 2020, figure 2)."""
    onset = labels.index(True) + 6 if any(labels) else None
    total = 0.0
    for hour, predicted in enumerate(predictions):
        if onset is None:
            total += -0.05 if predicted else 0.0
        elif hour - onset <= -6:
            total += max((hour - onset + 12) / 6, -0.05) if predicted else 0.0
        elif hour - onset <= 3:
            total += (3 - hour + onset) / 9 if predicted else -2 * (hour - onset + 6) / 9
    return total


HOURS = st.integers(1, 40).flatmap(
    lambda hours: st.tuples(
        st.one_of(st.none(), st.integers(0, hours - 1)),
        st.lists(st.booleans(), min_size=hours, max_size=hours),
    )
)


def labels_of(first: int | None, hours: int) -> list[bool]:
    return [first is not None and hour >= first for hour in range(hours)]


def test_the_example_of_the_challenges_own_scoring_code() -> None:
    labels, predictions = [0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 1, 1]
    gain = gain_of_hours([bool(label) for label in labels])
    missed_in_the_last_hour = -2 * 1 / 9
    assert gain @ predictions + missed_in_the_last_hour == pytest.approx(3.388888888888889)


@given(HOURS)
def test_a_prediction_gains_what_it_is_worth_more_than_none(drawn: tuple[int | None, list[bool]]) -> None:
    first, predictions = drawn
    labels = labels_of(first, len(predictions))
    gained = plain_utility(labels, predictions) - plain_utility(labels, [False] * len(labels))
    assert gain_of_hours(labels)[predictions].sum() == pytest.approx(gained)


@given(HOURS)
def test_nothing_gains_more_than_the_best(drawn: tuple[int | None, list[bool]]) -> None:
    first, predictions = drawn
    labels = labels_of(first, len(predictions))
    assert gain_of_hours(labels)[predictions].sum() <= best_of_hours(labels) + 1e-12


def septic(hours: int, first: int) -> Stay:
    stay = hourly_stay(hours)
    return Stay(
        patient="s",
        at_ms=stay.at_ms,
        positive=np.array(labels_of(first, hours)),
        events=(),
        watched_days=stay.watched_days,
    )


def test_never_predicting_is_0_and_the_best_is_1() -> None:
    rewards = Rewards.of(Instants.of([septic(40, 20), hourly_stay(30)]))
    best = np.zeros(70, dtype=np.bool_)
    # The onset is in hour 26: from 12 h before it to 3 h after it.
    best[14:30] = True
    assert rewards.of_predictions(np.zeros(70, dtype=np.bool_)) == 0.0
    assert rewards.of_predictions(best) == pytest.approx(1.0)


def test_no_stay_is_judged_by_a_threshold_that_it_chose() -> None:
    """Two stays whose best thresholds differ: each gets what the other's would have brought."""
    stays = [septic(30, 20), septic(30, 20)]
    rewards = Rewards.of(Instants.of(stays))
    window = (np.arange(30) >= 14) & (np.arange(30) < 30)
    scores = np.concatenate([np.where(window, 2.0, 1.0), np.where(window, 4.0, 3.0)])
    thresholds = np.array([4.0, 3.0, 2.0, 1.0, -np.inf])
    [utility] = rewards.crossed(scores, thresholds, Draws.of(2, 0, 1), seed=1)
    everywhere = gain_of_hours(stays[1].positive).sum()
    assert utility == pytest.approx(everywhere / (2 * best_of_hours(stays[0].positive)))


def test_without_sepsis_there_is_no_utility() -> None:
    instants = Instants.of([hourly_stay(5), hourly_stay(5)])
    crossed = Rewards.of(instants).crossed(np.zeros(10), np.array([0.0]), Draws.of(2, 3, 1), seed=1)
    assert np.isnan(crossed).all()
