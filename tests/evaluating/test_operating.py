import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hourly_stays import stays_with_scores
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.incidents import Incidents
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.operating import operating_points

RATES = st.floats(0.0, 5.0)


@given(stays_with_scores(), RATES, RATES)
def test_who_allows_more_false_alarms_misses_no_more(
    drawn: tuple[list[Stay], list[FloatArray]], one: float, other: float
) -> None:
    instants = Instants.of(drawn[0])
    incidents = Incidents.of(instants, instants.joined(drawn[1]))
    made = incidents.false.sum(axis=0, keepdims=True) / instants.days.sum()
    [fewer], [more] = (operating_points(made, wanted) for wanted in sorted([one, other]))
    assert made[0, fewer] <= min(one, other)
    assert incidents.caught[:, fewer].sum() <= incidents.caught[:, more].sum()


def test_each_draw_has_a_point_of_its_own() -> None:
    made = np.array([[0.0, 0.1, 0.3], [0.0, 0.3, 0.5], [0.0, 0.0, 0.0]])
    assert operating_points(made, 0.2).tolist() == [1, 0, 2]


def test_always_alarming_is_no_operating_point() -> None:
    assert operating_points(np.array([[0.0, 0.2, 3.0, 0.6, 0.1]]), 1.0).tolist() == [1]
