from typing import Any

from wardwatch.cli.evaluation_table import evaluation_tables
from wardwatch.evaluating.evaluation import OPERATING_POINTS, Evaluation, Row


def figures_of(**more: Any) -> dict[str, Any]:
    by_point = dict.fromkeys(OPERATING_POINTS, (0.1, 0.2))
    known = Row(
        method="wardwatch",
        auroc=0.7,
        auprc=0.05,
        utility=0.2,
        ppv=0.08,
        lead_time_h=4.5,
        lead_time_quartiles_h=(2.0, 7.0),
        sensitivity=dict.fromkeys(OPERATING_POINTS, 0.5),
        false_alarms=dict.fromkeys(OPERATING_POINTS, 0.25),
        alarming=dict.fromkeys(OPERATING_POINTS, 0.03),
        intervals={
            "auroc": (0.6, 0.8),
            "auprc": (0.04, 0.06),
            "utility": (0.1, 0.3),
            "sensitivity": by_point,
        },
    )
    evaluation = Evaluation(
        suite="x",
        seed=3,
        patients=1200,
        patient_days=3000.0,
        events=40,
        rows=[known, Row(method="clock")],
        **more,
    )
    return evaluation.as_json()


def lines_of(**more: Any) -> list[str]:
    return [*evaluation_tables(figures_of(**more))]


def line_that_begins(begin: str, lines: list[str], *, occurrence: int = 0) -> list[str]:
    return [line for line in lines if line.strip().startswith(begin)][occurrence].split()


def test_each_method_has_its_ranks_its_sensitivities_and_its_main_point() -> None:
    lines = lines_of()
    assert lines[0].startswith("1,200 patients, 3,000.0 patient-days, 40 events, seed 3, wardwatch ")
    assert line_that_begins("wardwatch", lines)[:5] == ["wardwatch", "0.700", "0.600", "to", "0.800"]
    assert line_that_begins("wardwatch", lines, occurrence=1) == ["wardwatch", *["0.50"] * 6]
    main = line_that_begins("wardwatch", lines, occurrence=2)
    assert " ".join(main) == "wardwatch 0.250 50.0 % 0.10 to 0.20 8.0 % 12.5 4.5 (2.0 to 7.0) 3.0 %"
    assert not any(line != line.rstrip() for line in lines)


def test_what_is_not_defined_is_a_dash() -> None:
    lines = lines_of()
    for occurrence in range(3):
        assert {*line_that_begins("clock", lines, occurrence=occurrence)[1:]} == {"-"}


def test_what_is_not_beaten_subgroups_and_calibration_are_told_where_there_are_any() -> None:
    by_point = dict.fromkeys(OPERATING_POINTS, 0.25)
    intervals = {"auroc": [0.6, 0.7], "sensitivity": dict.fromkeys(OPERATING_POINTS, (0.1, 0.4))}
    group = {
        "group": "sex",
        "value": "female",
        "patients": 600,
        "events": 20,
        "auroc": 0.65,
        "sensitivity": by_point,
        "false_alarms": 0.26,
        "intervals": intervals,
    }
    difference = {
        "group": "sex",
        "of": ["female", "male"],
        "sensitivity": by_point,
        "intervals": dict.fromkeys(OPERATING_POINTS, (-0.1, 0.1)),
    }
    alarms = {
        "condition": "news2.high",
        "alarms": 1500,
        "per_patient_day": 0.5,
        "false_per_patient_day": 0.45,
        "sensitivity": 0.3,
        "ppv": 0.1,
        "intervals": {"per_patient_day": (0.4, 0.6), "sensitivity": None},
    }
    lines = lines_of(
        subgroups=[group],
        calibration=[
            {"set": 0.1, "obtained": 0.11, "interval": [0.09, 0.13], "patients": 600},
            {"set": 1.0, "obtained": None, "interval": None, "patients": 600},
        ],
        more={
            "alarms": [alarms],
            "not_beaten": [{"method": "clock", "figure": "utility", "ours": 0.2, "theirs": 0.25}],
            "subgroup_differences": [difference],
        },
    )
    assert " ".join(line_that_begins("news2.high", lines)) == (
        "news2.high 1,500 0.500 0.400 to 0.600 0.450 30.0 % - 10.0 %"
    )
    assert line_that_begins("clock", lines, occurrence=3) == ["clock", "utility", "0.200", "0.250"]
    assert line_that_begins("female", lines)[:3] == ["female", "600", "20"]
    assert line_that_begins("female less male", lines)[3:] == [*["0.25"] * 6, "-0.10", "to", "0.10"]
    assert line_that_begins("0.1", lines) == ["0.1", "0.110", "0.090", "to", "0.130", "10", "%"]
    assert line_that_begins("1 ", lines) == ["1", "-", "-", "-"]
    assert not any("female" in line for line in lines_of())
