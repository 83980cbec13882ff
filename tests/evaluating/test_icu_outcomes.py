import numpy as np

from tests.support.rhythmic_wearers import HEART_RATE, START_MS, track
from wardwatch.evaluating.evaluation import Row
from wardwatch.evaluating.icu_outcomes import (
    LAST_DAY_MS,
    highest,
    of_stays,
    of_whole_stays,
    stays_with_outcomes,
    whole,
)
from wardwatch.evaluating.tracks import Track
from wardwatch.wire.recordings.physionet2012_outcomes import Outcome

HOUR_MS = 3_600_000
nan = np.nan


def hourly(hours: int, patient: str) -> Track:
    at_ms = START_MS + HOUR_MS * np.arange(hours, dtype=np.int64)
    return track(patient, {HEART_RATE: np.full(hours, 80.0)}, at_ms)


TRACKS = [hourly(48, "died"), hourly(48, "lived"), hourly(48, "unknown")]
OUTCOMES = {"died": Outcome(died=True, sex="male", age_years=80.0), "lived": Outcome(died=False)}


def test_who_died_is_to_be_noticed_at_any_time_of_the_stay() -> None:
    died, lived = stays_with_outcomes(TRACKS, OUTCOMES)
    assert died.positive.all()
    [death] = died.events
    assert (death.from_ms, death.until_ms) == (died.at_ms[0], died.at_ms[-1])
    assert (died.sex, died.age_years) == ("male", 80.0)
    assert not lived.positive.any()
    assert lived.events == ()


def test_only_days_of_survivors_are_those_that_false_alarms_are_held_against() -> None:
    died, lived = stays_with_outcomes(TRACKS, OUTCOMES)
    assert died.watched_days == 0.0
    assert lived.watched_days == 47 / 24


def test_a_stay_counts_once_with_its_highest_score() -> None:
    stays = stays_with_outcomes(TRACKS, OUTCOMES)
    early = np.array([9.0] * 20 + [nan] + [2.0] * 27)
    scores = [early, np.full(48, nan)]
    assert [len(stay.at_ms) for stay in whole(stays)] == [1, 1]
    np.testing.assert_equal(highest(stays, scores), [[9.0], [nan]])
    np.testing.assert_equal(highest(stays, scores, LAST_DAY_MS), [[2.0], [nan]])


def test_ranks_are_those_of_whole_stays_and_alarms_those_that_came() -> None:
    def row(number: float) -> Row:
        ends = (number, number)
        return Row(
            method="x",
            auroc=number,
            auprc=number,
            ppv=number,
            lead_time_h=number,
            intervals={"auroc": ends, "auprc": ends, "ppv": ends},
        )

    joined = of_stays(row(1.0), row(2.0), row(3.0))
    assert (joined.auroc, joined.ppv, joined.lead_time_h) == (2.0, 1.0, None)
    assert (joined.intervals["auroc"], joined.intervals["ppv"]) == ((2.0, 2.0), (1.0, 1.0))
    assert joined.as_json()["last_day"]["auroc"] == 3.0
    group = {
        "group": "sex",
        "auroc": 1.0,
        "auprc": 1.0,
        "sensitivity": 1.0,
        "intervals": {"auroc": 1, "auprc": 1},
    }
    other = group | {"auroc": 2.0, "auprc": 2.0, "sensitivity": 2.0, "intervals": {"auroc": 2, "auprc": 2}}
    [of_whole] = of_whole_stays([group], [other])
    assert (of_whole["auroc"], of_whole["sensitivity"]) == (2.0, 1.0)
    assert of_whole["intervals"] == {"auroc": 2, "auprc": 2}
