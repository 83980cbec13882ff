import numpy as np

from wardwatch.core.bank import Bank
from wardwatch.core.conditions import DETERIORATION_SIGNAL, NEWS2_SIGNAL, SIGNAL_COUNT, UNUSUAL_SIGNAL
from wardwatch.core.monitor import Rules
from wardwatch.evaluating.wardwatch_score import LearnedLimits, wardwatch_score

LIMITS = LearnedLimits(bits=5.0, score=16.0)


def score(**signals: float) -> float:
    row = np.full((1, SIGNAL_COUNT), np.nan)
    names = {"news2": NEWS2_SIGNAL, "unusual": UNUSUAL_SIGNAL, "deterioration": DETERIORATION_SIGNAL}
    for name, value in signals.items():
        row[0, names[name]] = value
    return float(wardwatch_score(row, LIMITS)[0])


def test_deterioration_counts_where_it_is_known_and_news2_where_not() -> None:
    assert score(news2=3.0) == 3.0
    assert score(news2=3.0, deterioration=-6.0) == 10.0
    assert np.isnan(score())


def test_what_is_unusual_for_the_patient_is_added_and_what_is_usual_is_not() -> None:
    assert score(news2=1.0, unusual=3.0) == 3.0
    assert score(news2=1.0, unusual=-30.0) == 1.0


def test_it_does_not_depend_on_the_rate_that_is_set() -> None:
    """The limits are those that the monitor's signals are told above."""
    for rate in (0.02, 0.5):
        rules = Rules(false_alarms_a_patient_day=rate)
        bank = Bank(rules.model, rules.local_time, rate)
        assert LearnedLimits.of(rules) == LearnedLimits(bank.limit_bits, bank.deterioration.limit)
