import json
from pathlib import Path

from click.testing import CliRunner

from tests.support.recording_files import write_tar
from tests.support.rhythm_files import rhythm_files
from wardwatch.cli.evaluate import command


def test_the_table_has_episodes_alarms_and_what_is_fewer(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "beats.tar.gz", rhythm_files(3))
    result = CliRunner().invoke(command, ["rhythm", str(path), "--seed", "2"], catch_exceptions=False)
    lines = result.stdout.splitlines()
    assert lines[0].startswith("3 patients, 0.7 hours, 1 episodes, seed 2, wardwatch ")
    assert any(line.startswith("episodes noticed") and "AFIB (1)" in line for line in lines)
    assert any(line.startswith("  static limits, our ending") for line in lines)
    assert lines[-2].startswith("false alarms on a normal rhythm: ")


def test_json_has_the_keys_of_every_suite(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "beats.tar.gz", rhythm_files(2))
    result = CliRunner().invoke(command, ["rhythm", str(path), "--json"], catch_exceptions=False)
    figures = json.loads(result.stdout)
    assert (figures["suite"], figures["patients"]) == ("rhythm", 2)
    assert [*figures["rows"][0]["sensitivity"]] == ["0.029", "0.1", "0.25", "0.5", "1", "2"]
