import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.labelled_stays import clif_tables, physionet2012_stays
from tests.support.quiet_wearers import quiet_wearer
from tests.support.recording_files import write_folder, write_tar
from tests.support.sepsis_stays import stay_files
from wardwatch.cli.errors import UsersError
from wardwatch.cli.evaluate import command
from wardwatch.cli.simulate import command as simulate
from wardwatch.core.reading import Reading
from wardwatch.wire.readings import encode_reading

FEW = ("--events", "6", "--artefacts", "6", "--bumps", "2")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


def lines(readings: Iterable[Reading]) -> bytes:
    return b"\n".join(map(encode_reading, readings)) + b"\n"


@pytest.fixture(scope="module")
def wearers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {f"{name}.jsonl.gz": lines(quiet_wearer(name, seed=seed)) for seed, name in enumerate("ab")}
    return write_folder(tmp_path_factory.mktemp("wearers"), files)


def test_json_is_one_object_with_the_keys_of_every_suite_and_those_of_this_one(wearers: Path) -> None:
    result = run("burden", wearers, "--json", *FEW, "--seed", "3")
    figures = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (figures["suite"], figures["patients"], figures["seed"]) == ("burden", 2, 3)
    assert figures["rows"][0]["method"] == "wardwatch"
    assert [*figures["rows"][0]["sensitivity"]] == ["0.029", "0.1", "0.25", "0.5", "1", "2"]
    assert figures["injected"]["all"]["events"] == 6
    assert figures["artefacts"]["all"]["bursts"] == 6
    assert figures["burden"]["outside_nightly"]["alarms"] == 0
    assert run("burden", wearers, "--json", *FEW, "--seed", "3").stdout == result.stdout


def test_the_table_is_for_people(wearers: Path) -> None:
    result = run("burden", wearers, *FEW)
    assert result.stdout.startswith("2 patients, 16.")
    assert "\x1b" not in result.output
    for begin in ("outside nightly ", "tachycardia ", "dropout ", "  wardwatch (learned alarms) "):
        assert any(line.startswith(begin) for line in result.stdout.splitlines())


def test_the_other_suite_tells_of_explanations(tmp_path: Path) -> None:
    racing = [replace(reading, heart_rate=140.0) for reading in quiet_wearer("a", seed=1, hours=1)]
    path = write_folder(tmp_path, {"a.jsonl": lines(racing)}) / "a.jsonl"
    figures = json.loads(run("explanations", path, "--json").stdout)
    assert (figures["suite"], figures["patients"], figures["rows"]) == ("explanations", 1, [])
    assert figures["rules"]["limit"]["starts"] > 0
    assert figures["untrue"] == []
    assert run("explanations", path).stdout.startswith("1 patients, 7.0 patient-days, wardwatch ")


def test_labelled_stays_are_told_as_json_and_as_a_table(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "set.tar.gz", stay_files(9))
    result = run("sepsis2019", path, "--json", "--seed", "4")
    figures = json.loads(result.stdout)
    assert (figures["suite"], figures["patients"], figures["seed"]) == ("sepsis2019", 9, 4)
    assert figures["rows"][0]["method"] == "wardwatch"
    assert [*figures["rows"][0]["sensitivity"]] == ["0.029", "0.1", "0.25", "0.5", "1", "2"]
    assert run("sepsis2019", path, "--json", "--seed", "4").stdout == result.stdout
    table = run("sepsis2019", path).stdout
    assert table.startswith("9 patients, 15.0 patient-days, 3 events, seed 1, wardwatch ")
    assert any(line.startswith("clock ") for line in table.splitlines())


def test_a_simulation_is_held_against_its_truth(tmp_path: Path) -> None:
    options = ["--wearers", "2", "--duration", "30m", "--course", "heart_block:1", "--fault", "off_body:1"]
    files = ["--out", str(tmp_path / "run.jsonl"), "--truth", str(tmp_path / "truth.jsonl")]
    CliRunner().invoke(simulate, [*options, *files], catch_exceptions=False)
    figures = json.loads(run("simulated", tmp_path / "run.jsonl", tmp_path / "truth.jsonl", "--json").stdout)
    assert (figures["suite"], figures["patients"], figures["events"]) == ("simulated", 2, 1)
    assert [one["course"] for one in figures["courses"]] == ["heart_block"]
    table = run("simulated", tmp_path).stdout.splitlines()
    assert any(line.startswith("  off_body ") for line in table)
    with pytest.raises(UsersError, match="--truth"):
        run("simulated", tmp_path / "run.jsonl")


def test_both_kinds_of_deterioration_are_told_one_after_the_other(tmp_path: Path) -> None:
    events = write_folder(tmp_path / "clif", clif_tables(6, ill=2))
    outcome = write_tar(tmp_path / "stays.tar.gz", physionet2012_stays(6, died=2))
    table = run("deterioration", events, outcome).stdout.splitlines()
    assert sum(line.startswith("clock ") for line in table) == 2


def test_a_report_is_written_beside_what_is_printed(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "set.tar.gz", stay_files(9))
    folder = tmp_path / "a/b"
    result = run("sepsis2019", path, "--json", "--report", folder)
    assert json.loads(result.stdout)["suite"] == "sepsis2019"
    assert [each.name for each in folder.iterdir()] == ["sepsis2019.html"]
    assert f"report: {folder / 'sepsis2019.html'}" in result.stderr
    written = (folder / "sepsis2019.html").read_bytes()
    table = run("sepsis2019", path, "--report", folder).stdout
    assert table == run("sepsis2019", path).stdout
    assert (folder / "sepsis2019.html").read_bytes() == written


def test_every_suite_has_a_report(wearers: Path, tmp_path: Path) -> None:
    run("burden", wearers, *FEW, "--report", tmp_path)
    events = write_folder(tmp_path / "clif", clif_tables(6, ill=2))
    run("deterioration", events, "--report", tmp_path)
    assert "Injected" in (tmp_path / "burden.html").read_text()
    assert "Example alarms" in (tmp_path / "deterioration.html").read_text()


def test_a_report_that_cant_be_written_is_one_sentence_before_the_work_begins(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("mine")
    for folder in (in_the_way, in_the_way / "below"):
        with pytest.raises(UsersError, match="--report"):
            run("sepsis2019", tmp_path / "nowhere.tar.gz", "--report", folder)
    assert in_the_way.read_text() == "mine"
    with pytest.raises(UsersError, match="explanations has no report"):
        run("explanations", tmp_path, "--report", tmp_path)


def test_a_suite_says_in_one_sentence_which_recordings_it_needs(wearers: Path) -> None:
    with pytest.raises(UsersError, match="SepsisLabel"):
        run("sepsis2019", wearers)


def test_recordings_of_the_same_name_are_patients_of_their_own(wearers: Path) -> None:
    path = wearers / "a.jsonl.gz"
    figures = json.loads(run("burden", path, path, "--json", "--events", "0", "--artefacts", "0").stdout)
    assert figures["patients"] == 2
    assert figures["injected"]["all"]["sensitivity"] is None


@pytest.mark.parametrize("name", ["nowhere", "notes.txt"])
def test_a_path_that_is_no_recording_is_one_sentence(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path, {"notes.txt": "hello\n"})
    with pytest.raises(UsersError, match=name):
        run("burden", tmp_path / name)


def test_a_recording_of_which_nothing_can_be_read_is_one_sentence(tmp_path: Path) -> None:
    write_folder(tmp_path, {"x.jsonl": b'{"v": 1}\n'})
    with pytest.raises(UsersError, match="wardwatch replay"):
        run("burden", tmp_path / "x.jsonl")


@pytest.mark.parametrize("arguments", [["burden"], ["astrology", "x"], ["burden", "x", "--events", "-1"]])
def test_wrong_arguments_are_explained(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
