import numpy as np

from tests.support.hourly_stays import hourly_stay
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.evaluation import OPERATING_POINTS, Row
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.judged import Judged
from wardwatch.evaluating.labelled import Stay

DAY = 24


def judged_of(stays: list[Stay], scores: list[FloatArray]) -> Judged:
    instants = Instants.of(stays)
    return Judged("m", instants, instants.joined(scores))


def row_of(judged: Judged, *, draws: int = 200, seed: int = 1) -> Row:
    return judged.row(Draws.of(len(judged.instants.stays), draws, seed), None, seed)


def mixed(seed: int, stays: int = 60) -> tuple[list[Stay], list[FloatArray]]:
    """Of two days each; every third one has an event, at which the score is higher by one."""
    random = np.random.default_rng(seed)
    them = [
        hourly_stay(2 * DAY, patient=str(n), event=(20, 30, 32) if n % 3 == 0 else None) for n in range(stays)
    ]
    return them, [random.normal(size=2 * DAY) + stay.positive for stay in them]


def test_a_row_by_hand() -> None:
    """Four days: one event that is caught 3 h ahead, one that is missed, one false alarm."""
    stays = [
        hourly_stay(DAY, event=(8, 12, 14)),
        hourly_stay(DAY, event=(8, 12, 14)),
        hourly_stay(2 * DAY),
    ]
    scores = [np.zeros(DAY), np.zeros(DAY), np.zeros(2 * DAY)]
    scores[0][9:11] = 5.0
    scores[2][40] = 3.0
    row = row_of(judged_of(stays, scores))
    assert row.sensitivity == dict.fromkeys(OPERATING_POINTS, 0.5)
    assert row.false_alarms["0.1"] == 0.0
    assert row.false_alarms["0.25"] == 0.25
    assert row.ppv == 0.5
    assert row.lead_time_h == 3.0
    assert row.lead_time_quartiles_h == (3.0, 3.0)
    assert row.alarming["0.25"] == 3 / (4 * DAY)
    assert row.utility is None


def test_who_always_knows_is_perfect_and_chance_is_not() -> None:
    stays, _ = mixed(1)
    oracle = row_of(judged_of(stays, [stay.positive.astype(np.float64) for stay in stays]))
    assert (oracle.auroc, oracle.auprc, oracle.ppv) == (1.0, 1.0, 1.0)
    assert {*oracle.sensitivity.values()} == {1.0}
    assert oracle.lead_time_h == 10.0
    random = np.random.default_rng(2)
    chance = row_of(judged_of(stays, [random.random(len(stay.at_ms)) for stay in stays]))
    interval = chance.intervals["auroc"]
    assert isinstance(interval, tuple)
    assert interval[0] < 0.5 < interval[1]


def test_the_same_seed_gives_the_same_intervals_and_they_hold_the_figure() -> None:
    judged = judged_of(*mixed(3))
    row = row_of(judged)
    assert row == row_of(judged) != row_of(judged, seed=2)
    by_point = row.intervals["sensitivity"]
    assert isinstance(by_point, dict)
    for point in OPERATING_POINTS:
        low, high = by_point[point]
        value = row.sensitivity[point]
        assert value is not None
        assert low <= value + 0.1
        assert low <= high
    for name in ("auroc", "auprc"):
        interval = row.intervals[name]
        assert isinstance(interval, tuple)
        assert interval[0] < getattr(row, name) < interval[1]


def test_who_allows_more_catches_no_less() -> None:
    row = row_of(judged_of(*mixed(4)), draws=0)
    caught = [*row.sensitivity.values()]
    assert None not in caught
    assert caught == sorted(caught, key=lambda each: each or 0.0)
    for point, rate in OPERATING_POINTS.items():
        made = row.false_alarms[point]
        assert made is not None
        assert made <= rate


def test_without_events_nothing_is_defined() -> None:
    row = row_of(judged_of([hourly_stay(5), hourly_stay(5)], [np.arange(5.0), np.arange(5.0)]))
    assert (row.auroc, row.auprc, row.ppv, row.lead_time_h) == (None, None, None, None)
    assert {*row.sensitivity.values()} == {*row.false_alarms.values()} == {None}


def test_of_one_patient_there_is_no_interval() -> None:
    stay = hourly_stay(DAY, event=(8, 12, 14))
    row = row_of(judged_of([stay], [np.random.default_rng(1).random(DAY)]))
    assert row.auroc is not None
    assert row.intervals["auroc"] is None
    by_point = row.intervals["sensitivity"]
    assert isinstance(by_point, dict)
    assert {*by_point.values()} == {None}


def test_a_curve_rises_and_begins_without_false_alarms() -> None:
    curve = judged_of(*mixed(5)).curve()
    assert curve[0][0] == 0.0
    assert curve == sorted(curve)
    assert len(curve) <= 200
    assert curve[-1][1] > 0.9
