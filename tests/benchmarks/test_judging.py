"""What peers of the benchmark are measured by must be a judgement, or their speed would mean nothing."""

import numpy as np
import pytest

from benchmarks.peers import job
from benchmarks.peers.judging import FAR_OUT, LIMITS, MEMORY, NOTHING_SEEN, Reading, Usual, judge

HEART_RATES = np.random.default_rng(1).normal(75, 2, MEMORY).tolist()


def usual_after(heart_rates: list[float]) -> Usual:
    usual = NOTHING_SEEN
    for heart_rate in heart_rates:
        usual, _ = judge(usual, Reading(heart_rate=heart_rate))
    return usual


@pytest.mark.parametrize(("vital", "limits"), list(zip(job.VITALS, LIMITS, strict=True)))
def test_a_value_beyond_a_limit_is_one_alarm(vital: str, limits: tuple[float, float]) -> None:
    low, high = limits
    found = [judge(NOTHING_SEEN, Reading(**{vital: value}))[1] for value in (low - 1, low, high, high + 1)]
    assert found == [1, 0, 0, 1]


def test_what_is_usual_starts_as_plain_mean_and_variance_and_nothing_is_learned_of_what_is_missing() -> None:
    [heart_rate, *others] = usual_after(HEART_RATES)
    assert heart_rate == pytest.approx((MEMORY, np.mean(HEART_RATES), np.var(HEART_RATES)))
    assert tuple(others) == NOTHING_SEEN[1:]


def test_later_readings_weigh_exponentially_less_the_older_they_are() -> None:
    before, after = usual_after(HEART_RATES)[0], usual_after([*HEART_RATES, 80.0])[0]
    shares = np.array([1 - 1 / MEMORY, 1 / MEMORY])
    mean = shares @ [before[1], 80.0]
    variance = shares @ [before[2] + (before[1] - mean) ** 2, (80.0 - mean) ** 2]
    assert after[1:] == pytest.approx((mean, variance))


@pytest.mark.parametrize(("deviations", "alarms"), [(-1.01, 1), (-0.99, 0), (0.99, 0), (1.01, 1)])
def test_a_value_far_from_the_usual_is_an_alarm_within_the_limits(deviations: float, alarms: int) -> None:
    usual = usual_after(HEART_RATES)
    _, mean, variance = usual[0]
    value = mean + deviations * FAR_OUT * variance**0.5
    assert judge(usual, Reading(heart_rate=value))[1] == alarms
    assert judge(usual_after(HEART_RATES[:-1]), Reading(heart_rate=value))[1] == 0  # not yet believed
