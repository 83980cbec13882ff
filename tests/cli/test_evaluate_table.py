from wardwatch.cli.evaluate_table import tables
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
    lines = [*tables(figures)]
    [header] = [line for line in lines if line.startswith("acute events")]
    [ramp] = [line for line in lines if line.startswith("ramp")]
    assert ramp.split() == ["ramp", "0", "-", "-", "-", "-", "-"]
    assert ramp.index("0") == header.index("number")
    assert not any(line != line.rstrip() for line in lines)
