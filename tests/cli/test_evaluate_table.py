from wardwatch.cli.evaluate_table import burden_tables, explanations_tables
from wardwatch.core.reading import Reading
from wardwatch.evaluating.summaries import alarm_burden, artefacts, sensitivity
from wardwatch.evaluating.tracks import tracks_of
from wardwatch.wire.recordings.recording import Stream


def test_what_is_not_known_is_a_dash_and_columns_stand_below_each_other() -> None:
    [track] = tracks_of([Stream(iter([Reading(patient="p", device="d", observed_at_ms=0)]))], lambda: None)
    figures = {
        "patients": 0,
        "patient_days": 0.0,
        "seed": 1,
        "version": "0",
        "burden": alarm_burden([track], [[]], 1),
        "injected": sensitivity([], 0),
        "artefacts": artefacts([], 0),
    }
    lines = [*burden_tables(figures)]
    [header] = [line for line in lines if line.startswith("acute events")]
    [ramp] = [line for line in lines if line.startswith("ramp")]
    assert ramp.split() == ["ramp", "0", "-", "-", "-", "-", "-"]
    assert ramp.index("0") == header.index("number")
    assert not any(line != line.rstrip() for line in lines)


def test_what_is_untrue_is_listed_below_the_counts() -> None:
    counted = {"starts": 1200, "updates": 3, "agreeing": 1203, "durations": 1203, "durations_upheld": 1203}
    untrue = {
        "patient": "p-1",
        "at": "2026-01-01T00:00:00Z",
        "condition": "news2.high",
        "phase": "start",
        "text": "NEWS2 7",
        "claim": "heart_rate 51 to 90",
    }
    figures = {
        "patients": 2,
        "patient_days": 7.5,
        "seed": None,
        "version": "0",
        "rules": {"all": counted | {"values": 1210, "values_upheld": 1209}},
        "untrue": [untrue],
    }
    heading, _, header, counts, _, _, last = explanations_tables(figures)
    assert heading == "2 patients, 7.5 patient-days, wardwatch 0"
    assert counts.split()[:3] == ["all", "1,200", "3"]
    assert counts.index("1,209 of 1,210") == header.index("values upheld")
    assert last.split()[:2] == ["p-1", "news2.high"]
    assert last.endswith("heart_rate 51 to 90")
