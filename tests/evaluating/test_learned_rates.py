import pytest

from tests.support.quiet_wearers import alarm_event
from wardwatch.core.events import Phase
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.judging import Catch
from wardwatch.evaluating.learned_rates import RATES, LearnedRates, is_learned
from wardwatch.evaluating.rate_calibration import SET_RATES

LEARNED, FIXED, MISSED = Catch(by_learned=11.0), Catch(by_fixed=4.0), Catch()
# Two patients of 50 days; the first has twice as many alarms as are set, the second none.
RATES_OF_TWO = LearnedRates(
    days=[50.0, 50.0],
    patient=[0, 1, 1],
    alarms=[[round(100 * rate), 0] for rate in RATES],
    catches=[[LEARNED, FIXED, MISSED if rate < 1 else LEARNED] for rate in RATES],
)
DRAWS = Draws.of(2, 200, seed=1)


def test_the_row_counts_learned_alarms_and_tells_apart_what_hard_limits_catch() -> None:
    row = RATES_OF_TWO.row(DRAWS).as_json()
    assert (row["method"], row["counts"]) == ("wardwatch", "learned alarms")
    assert row["sensitivity"]["0.1"] == pytest.approx(1 / 3)
    assert row["sensitivity"]["1"] == pytest.approx(2 / 3)
    assert row["with_fixed"]["sensitivity"]["0.1"] == pytest.approx(2 / 3)
    assert row["false_alarms"]["1"] <= 1.0


def test_the_calibration_tells_which_rates_were_obtained() -> None:
    for one, rate in zip(RATES_OF_TWO.calibration(DRAWS), SET_RATES, strict=True):
        assert one["set"] == rate
        assert one["obtained"] == pytest.approx(rate, abs=0.01)
        assert one["interval"] == (0.0, pytest.approx(2 * rate, abs=0.01))


@pytest.mark.parametrize(
    ("rule", "condition", "learned"),
    [
        ("learned", "vitals.unusual", True),
        ("river", "river.unusual", True),
        ("limit", "heart_rate.high", False),
        ("news2", "news2.high", False),
        ("nightly", "heart_rate.nightly", False),
    ],
)
def test_learned_alarms_are_those_whose_rate_can_be_set(rule: str, condition: str, *, learned: bool) -> None:
    [episode] = episodes([alarm_event(Phase.START, 1, rule=rule, condition=condition)])
    assert is_learned(episode) == learned
