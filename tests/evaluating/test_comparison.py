import numpy as np
import pytest

from tests.support.hourly_stays import hourly_stay
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.comparison import Comparison, compare
from wardwatch.evaluating.evaluation import OURS, SuiteOptions
from wardwatch.evaluating.labelled import Stay

OPTIONS = SuiteOptions(seed=3, draws=50)


def stays_of(count: int = 20) -> list[Stay]:
    return [
        hourly_stay(
            30, patient=str(n), event=(10, 20, 22) if n % 2 else None, sex=("female", "male")[n % 3 % 2]
        )
        for n in range(count)
    ]


def noise(stays: list[Stay], seed: int) -> list[FloatArray]:
    random = np.random.default_rng(seed)
    return [random.random(len(stay.at_ms)) for stay in stays]


def compared(ours_knows: float, theirs_knows: float) -> Comparison:
    stays = stays_of()
    methods = {
        "other": [each + theirs_knows * s.positive for each, s in zip(noise(stays, 1), stays, strict=True)],
        OURS: [each + ours_knows * s.positive for each, s in zip(noise(stays, 2), stays, strict=True)],
    }
    return compare(stays, methods, OPTIONS, lambda _: None)


def test_our_row_comes_first_and_each_method_has_its_curve_and_lead_times() -> None:
    comparison = compared(2.0, 0.0)
    assert [row.method for row in comparison.rows] == [OURS, "other"]
    assert comparison.curves.keys() == comparison.lead_times_h.keys() == {OURS, "other"}
    assert comparison.lead_times_h[OURS] == [10.0] * 10
    assert comparison.rows[0].auroc == 1.0
    assert comparison.thresholds[OURS] > 0


def test_what_is_not_beaten_is_said() -> None:
    assert compared(2.0, 0.0).not_beaten == []
    told = compared(0.0, 2.0).not_beaten
    assert [(one["method"], one["figure"]) for one in told] == [
        ("other", "auroc"),
        ("other", "auprc"),
        ("other", "sensitivity"),
    ]
    assert all(one["theirs"] > one["ours"] for one in told)
    # Being as good as a null is not to beat it.
    assert len(compared(2.0, 2.0).not_beaten) == 3


def test_an_evaluation_has_it_all_and_is_the_same_again() -> None:
    evaluation = compared(1.0, 0.0).evaluation("x", OPTIONS, own=5)
    figures = evaluation.as_json()
    assert figures == compared(1.0, 0.0).evaluation("x", OPTIONS, own=5).as_json()
    assert (figures["suite"], figures["seed"], figures["patients"], figures["events"]) == ("x", 3, 20, 10)
    assert figures["patient_days"] == pytest.approx(20 * 30 / 24)
    assert figures["prevalence"] == pytest.approx(10 * 13 / 600, abs=1e-6)
    assert [group["value"] for group in figures["subgroups"]] == ["female", "male"]
    assert [one["set"] for one in figures["calibration"]] == [0.05, 0.1, 0.25, 1.0]
    assert figures["own"] == 5


def test_the_share_of_the_work_done_rises_to_1() -> None:
    stays = stays_of(4)
    told: list[float] = []
    compare(stays, {"a": noise(stays, 1), "b": noise(stays, 2)}, OPTIONS, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_without_our_own_row_there_are_no_subgroups() -> None:
    stays = stays_of(4)
    comparison = compare(stays, {"a": noise(stays, 1)}, OPTIONS, lambda _: None)
    assert (comparison.subgroups, comparison.calibration, comparison.not_beaten) == ([], [], [])
