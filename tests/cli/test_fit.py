import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.recording_files import write_folder
from tests.support.rhythmic_wearers import HEART_RATE, wearer
from wardwatch.cli.errors import UsersError
from wardwatch.cli.fit import command
from wardwatch.core.model import Model
from wardwatch.core.reading import Reading
from wardwatch.evaluating.tracks import Track
from wardwatch.wire.readings import encode_reading


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


def readings(track: Track) -> Iterable[Reading]:
    for at_ms, values in zip(track.observed_at_ms.tolist(), track.values.tolist(), strict=True):
        yield Reading(patient=track.patient, device="d", observed_at_ms=at_ms, heart_rate=values[HEART_RATE])


def write_wearers(folder: Path, count: int, *, days: float) -> Path:
    tracks = [wearer(number, days=days, spread=8.0) for number in range(count)]
    return write_folder(
        folder,
        {f"{track.patient}.jsonl.gz": b"\n".join(map(encode_reading, readings(track))) for track in tracks},
    )


@pytest.fixture(scope="module")
def wearers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wearers(tmp_path_factory.mktemp("wearers"), 5, days=9.0)


def test_the_model_is_a_file_and_the_figures_are_json(wearers: Path, tmp_path: Path) -> None:
    out = tmp_path / "model.json"
    result = run(wearers, "--out", out, "--name", "ward 7", "--source", "made up", "--json")
    assert result.exit_code == 0
    model = Model.from_json(out.read_bytes())
    assert (model.name, model.sources[0]) == ("ward 7", "made up")
    figures = json.loads(result.stdout)
    assert (figures["name"], figures["patients"]) == ("ward 7", 5)
    assert figures["vitals"][0]["vital"] == "heart_rate"
    assert figures["vitals"][0]["level"] == round(float(model.prior.level[0]), 4)
    measured = [(point["limit_bits"], point["per_patient_day"]) for point in figures["false_alarms"]]
    assert measured == [*model.false_alarms.measured]


def test_the_table_is_for_people(wearers: Path, tmp_path: Path) -> None:
    result = run(wearers, "--out", tmp_path / "model.json")
    lines = result.stdout.splitlines()
    assert lines[0] == "model fitted: 5 patients, 45.0 patient-days"
    assert "\x1b" not in result.output
    assert any(line.startswith("heart_rate ") for line in lines)
    assert any(line.split()[:3] == ["body_temperature", "none:", "default"] for line in lines)


def test_recordings_that_are_too_short_are_one_sentence_and_write_nothing(tmp_path: Path) -> None:
    folder = write_wearers(tmp_path / "few", 2, days=0.2)
    out = tmp_path / "model.json"
    with pytest.raises(UsersError, match=r"^no model can be fitted: 0 patients .* more recordings\.$"):
        run(folder, "--out", out)
    assert not out.exists()


def test_a_folder_that_is_missing_is_told_before_the_work(wearers: Path, tmp_path: Path) -> None:
    with pytest.raises(UsersError, match="nowhere"):
        run(wearers, "--out", tmp_path / "nowhere" / "model.json")


@pytest.mark.parametrize("name", ["nowhere", "notes.txt"])
def test_a_path_that_is_no_recording_is_one_sentence(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path, {"notes.txt": "hello\n"})
    with pytest.raises(UsersError, match=name):
        run(tmp_path / name, "--out", tmp_path / "model.json")


def test_a_recording_of_which_nothing_can_be_read_is_one_sentence(tmp_path: Path) -> None:
    write_folder(tmp_path, {"x.jsonl": b'{"v": 1}\n'})
    with pytest.raises(UsersError, match="wardwatch replay"):
        run(tmp_path / "x.jsonl", "--out", tmp_path / "model.json")


@pytest.mark.parametrize("arguments", [["--out", "m.json"], ["x.jsonl"]])
def test_wrong_arguments_are_explained(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
