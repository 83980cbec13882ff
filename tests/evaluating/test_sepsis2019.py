import json
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.support.recording_files import write_folder, write_tar
from tests.support.sepsis_stays import stay_file, stay_files
from wardwatch.evaluating.evaluation import SuiteError, SuiteOptions
from wardwatch.evaluating.sepsis2019 import evaluate
from wardwatch.wire.recordings.opening import open_recording
from wardwatch.wire.recordings.physionet2019_labels import labelled_stays

OPTIONS = SuiteOptions(draws=100)


def figures_of(*paths: Path, options: SuiteOptions = OPTIONS) -> dict[str, Any]:
    return evaluate([open_recording(path) for path in paths], options, lambda _: None).as_json()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tar(tmp_path_factory.mktemp("stays") / "set.tar.gz", stay_files(24))


@pytest.fixture(scope="module")
def figures(archive: Path) -> dict[str, Any]:
    return figures_of(archive)


def test_who_falls_ill_is_noticed_in_time_and_better_than_by_any_null(figures: dict[str, Any]) -> None:
    assert (figures["suite"], figures["patients"], figures["events"]) == ("sepsis2019", 24, 8)
    assert figures["hours"] == 24 * 40
    assert figures["positive_hours"] == 8 * 17
    assert figures["patient_days"] == pytest.approx(40)
    ours, *others = figures["rows"]
    assert ours["method"] == "wardwatch"
    assert ours["auroc"] > 0.9
    assert ours["utility"] > 0.5
    assert ours["sensitivity"]["0.25"] == 1.0
    assert ours["lead_time_h"] > 8
    by_method = {row["method"]: row for row in others}
    assert [*by_method] == ["random", "clock", "static limits", "NEWS2", "NEWS2 (monitor)"]
    assert 0.4 < by_method["random"]["auroc"] < 0.6
    assert ours["utility"] > by_method["clock"]["utility"]


def test_the_clock_is_what_hours_alone_tell(archive: Path, figures: dict[str, Any]) -> None:
    stays = [*labelled_stays(open_recording(archive).source)]
    hours = np.concatenate([np.arange(len(stay.at_ms)) for stay in stays])
    labels = np.concatenate([stay.septic for stay in stays])
    [clock] = [row for row in figures["rows"] if row["method"] == "clock"]
    assert clock["auroc"] == pytest.approx(roc_auc_score(labels, hours), abs=1e-6)


def test_subgroups_calibration_and_examples_are_told(figures: dict[str, Any]) -> None:
    values = {group["value"]: group for group in figures["subgroups"]}
    assert [*values] == ["female", "male", "under 65", "65 and over"]
    assert all(group["events"] == 4 for group in values.values())
    assert [one["group"] for one in figures["subgroup_differences"]] == ["sex", "age"]
    assert [one["set"] for one in figures["calibration"]] == [0.05, 0.1, 0.25, 1.0]
    assert 0 < len(figures["examples"]) <= 10
    assert [one["number"] for one in figures["examples"]] == [*range(1, len(figures["examples"]) + 1)]
    assert any(one["caught"] for one in figures["examples"])


def test_no_name_and_no_date_is_told(figures: dict[str, Any]) -> None:
    text = json.dumps(figures)
    assert "p0000" not in text
    assert "2019-" not in text


def test_the_same_seed_gives_the_same_figures(archive: Path, figures: dict[str, Any]) -> None:
    assert figures_of(archive) == figures
    other = figures_of(archive, options=replace(OPTIONS, seed=2))
    assert other["rows"][0]["auroc"] == figures["rows"][0]["auroc"]
    assert other["rows"][0]["intervals"] != figures["rows"][0]["intervals"]


def test_two_recordings_are_one_set_of_different_patients(archive: Path, figures: dict[str, Any]) -> None:
    twice = figures_of(archive, archive)
    assert (twice["patients"], twice["events"]) == (48, 16)
    assert twice["rows"][0]["auroc"] == pytest.approx(figures["rows"][0]["auroc"])


def test_hours_without_vitals_are_judged_too_and_a_stay_without_any(tmp_path: Path) -> None:
    """The score of the last hour stands; of who was never measured nothing is said."""
    silent = "\n".join(
        line if number == 0 else "|".join(["NaN"] * 7 + line.split("|")[7:])
        for number, line in enumerate(stay_file(seed=1, onset_hour=30).splitlines())
    )
    path = write_folder(tmp_path, {**stay_files(6), "q.psv": silent + "\n"})
    figures = figures_of(path)
    assert (figures["patients"], figures["events"], figures["hours"]) == (7, 3, 7 * 40)
    assert figures["rows"][0]["sensitivity"]["2"] == pytest.approx(2 / 3)


def test_one_stay_without_sepsis_leaves_nothing_defined(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {"p.psv": stay_file(seed=1)}) / "p.psv"
    figures = figures_of(path)
    for row in figures["rows"]:
        assert {row["auroc"], row["auprc"], row["utility"], row["ppv"], row["lead_time_h"]} == {None}
    assert figures["calibration"] == figures["subgroups"] == []


def test_recordings_without_labels_are_one_sentence(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {"p.psv": "HR|O2Sat|ICULOS\n70|98|1\n"}) / "p.psv"
    with pytest.raises(SuiteError, match="SepsisLabel"):
        figures_of(path)


def test_the_share_of_the_work_done_rises_to_1(archive: Path) -> None:
    told: list[float] = []
    evaluate([open_recording(archive)], replace(OPTIONS, draws=5), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.recordings
def test_on_real_stays_it_is_better_than_chance(recordings_folder: Path, tmp_path: Path) -> None:
    """The first 400 stays of set B; its labels are those that its description counts."""
    with tarfile.open(recordings_folder / "physionet2019_setB.tar.gz") as whole:
        members = [member for member in whole if member.isfile()][:400]
        whole.extractall(tmp_path, members, filter="data")
    figures = figures_of(tmp_path)
    assert figures["patients"] == 400
    assert figures["events"] > 10
    ours = figures["rows"][0]
    assert ours["intervals"]["auroc"][0] > 0.5
    assert ours["auroc"] < 0.95
    assert len(figures["examples"]) == 10
