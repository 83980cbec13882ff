import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.beats import fibrillation, sinus
from tests.support.recording_files import write_folder, write_tar
from tests.support.rhythm_files import Part, rhythm_file, rhythm_files
from wardwatch.evaluating.evaluation import OPERATING_POINTS, SuiteError, SuiteOptions
from wardwatch.evaluating.rhythm import evaluate
from wardwatch.wire.recordings.opening import open_recording

OPTIONS = SuiteOptions(draws=100)
EARLY = [*sinus(30), 400, 1200, *sinus(60)]


def figures_of(*paths: Path, options: SuiteOptions = OPTIONS) -> dict[str, Any]:
    return evaluate([open_recording(path) for path in paths], options, lambda _: None).as_json()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tar(tmp_path_factory.mktemp("beats") / "beats.tar.gz", rhythm_files(9))


@pytest.fixture(scope="module")
def figures(archive: Path) -> dict[str, Any]:
    return figures_of(archive)


def row_of(figures: dict[str, Any], method: str) -> dict[str, Any]:
    return next(row for row in figures["rows"] if row["method"] == method)


def test_fibrillation_is_noticed_and_a_normal_rhythm_left_in_peace(figures: dict[str, Any]) -> None:
    assert (figures["suite"], figures["patients"], figures["events"]) == ("rhythm", 9, 3)
    assert figures["episodes"]["AFIB"] == 3
    ours = figures["rows"][0]
    assert ours["method"] == "wardwatch"
    assert (ours["recall"]["AFIB"], ours["recall"]["SVTA"]) == (1.0, None)
    assert ours["false_alarms_an_hour"]["normal"] == 0.0
    assert ours["ppv"] == 1.0
    assert ours["intervals"]["recall"]["AFIB"] == [1.0, 1.0]


def test_its_nulls_stand_beside_it_and_what_is_not_defined_is_null(figures: dict[str, Any]) -> None:
    assert [row["method"] for row in figures["rows"]] == [
        "wardwatch",
        "static limits",
        "static limits, good signal",
        "static limits, our ending",
        "NEWS2",
        "random",
    ]
    for row in figures["rows"]:
        assert row["sensitivity"] == dict.fromkeys(OPERATING_POINTS)
        assert {row["auroc"], row["auprc"], row["utility"], row["lead_time_h"]} == {None}
    assert row_of(figures, "random")["alarms"] == figures["rows"][0]["alarms"]
    assert row_of(figures, "NEWS2")["alarms"] == 0


def test_static_limits_alarm_at_each_beat_beyond_them_and_by_ending_late_less_often(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {"case_1.csv": rhythm_file([("N", EARLY * 4)])})
    figures = figures_of(path)
    static, ending = row_of(figures, "static limits"), row_of(figures, "static limits, our ending")
    assert (static["alarms"], ending["alarms"]) == (4, 1)
    assert static["false_alarms_an_hour"]["normal"] == pytest.approx(4 / figures["hours"]["normal"], rel=1e-4)
    assert figures["rows"][0]["alarms"] == 0
    assert figures["fewer_false_alarms_on_normal"][0] == {
        "than": "static limits",
        "by": 1.0,
        "interval": None,
    }


def test_hours_are_those_of_the_beats_labels_and_a_bad_signal_is_noise(tmp_path: Path) -> None:
    parts: list[Part] = [
        ("N", [1000] * 600),
        ("Noise", [500] * 120),
        ("SR-mPAC-BT", [1000] * 60),
        ("", [1000] * 60),
        ("SVTA", [600] * 100),
    ]
    figures = figures_of(write_folder(tmp_path, {"case_1.csv": rhythm_file(parts)}))
    hours = {name: round(of * 3600) for name, of in figures["hours"].items()}
    assert hours == {"normal": 600, "noise": 61, "ectopy": 60, "unlabelled": 60, "arrhythmia": 59}
    assert figures["episodes"]["SVTA"] == 1


@pytest.mark.parametrize(("length_s", "episodes"), [(9, 0), (11, 1)])
def test_only_episodes_of_ten_seconds_count(tmp_path: Path, length_s: int, episodes: int) -> None:
    parts: list[Part] = [("N", sinus(60)), ("VT", [500] * (2 * length_s + 1)), ("N", sinus(60))]
    figures = figures_of(write_folder(tmp_path, {"case_1.csv": rhythm_file(parts)}))
    assert figures["episodes"]["VT"] == episodes


def test_an_alarm_that_begins_on_a_normal_beat_is_false_whatever_was_before(tmp_path: Path) -> None:
    """Here nobody has called it what it is."""
    parts = [("N", [*sinus(300), *fibrillation(120), *sinus(300)])]
    ours = figures_of(write_folder(tmp_path, {"case_1.csv": rhythm_file(parts)}))["rows"][0]
    assert ours["false_alarms_an_hour"]["normal"] > 0
    assert ours["ppv"] == 0.0
    assert 0 < ours["alarming_on_normal"] < 1


def test_no_name_and_no_date_is_told(figures: dict[str, Any]) -> None:
    text = json.dumps(figures)
    assert "case_" not in text
    assert "2020-" not in text


def test_the_same_seed_gives_the_same_figures(archive: Path, figures: dict[str, Any]) -> None:
    assert figures_of(archive) == figures
    other = figures_of(archive, options=replace(OPTIONS, seed=2))
    assert other["rows"][0]["recall"] == figures["rows"][0]["recall"]
    assert row_of(other, "random") != row_of(figures, "random")


def test_two_recordings_are_one_set_of_different_patients(archive: Path) -> None:
    assert figures_of(archive, archive)["patients"] == 18


def test_recordings_without_labelled_beats_are_one_sentence(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {"p.psv": "HR|O2Sat|ICULOS\n70|98|1\n"}) / "p.psv"
    with pytest.raises(SuiteError, match="labelled rhythms"):
        figures_of(path)


@pytest.mark.recordings
def test_on_real_beats_false_alarms_are_four_fifths_fewer_and_nothing_is_missed_for_it(
    recordings_folder: Path,
) -> None:
    figures = figures_of(recordings_folder / "vitaldb_arrhythmia.tar.gz", options=OPTIONS)
    ours, static = figures["rows"][0], row_of(figures, "static limits")
    assert (figures["patients"], figures["events"]) == (278, 455)
    for kind in ("AFIB", "SVTA", "SND", "AVB"):
        assert ours["recall"][kind] >= static["recall"][kind]
    fewer = figures["fewer_false_alarms_on_normal"]
    assert np.array([one["by"] for one in fewer]).min() >= 0.8
    assert ours["false_alarms_an_hour"]["normal"] == pytest.approx(1.9, abs=0.3)
