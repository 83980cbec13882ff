"""`wardwatch simulate --out`: files of readings, and the truth beside them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wardwatch.cli.simulate import command
from wardwatch.wire.readings import ReadingDecoder

WARDWATCH = (sys.executable, "-m", "wardwatch")


def simulate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_every_line_is_a_reading(tmp_path: Path) -> None:
    out = tmp_path / "readings.jsonl"
    result = simulate("--wearers", "3", "--duration", "20s", "--out", out)
    assert result.exit_code == 0, result.output
    readings = [ReadingDecoder().decode(line) for line in out.read_bytes().splitlines()]
    assert len(readings) == 3 * 20
    assert {reading.patient for reading in readings} == {"sim-0001", "sim-0002", "sim-0003"}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b", "c")]
    for file, seed in zip(files, ("7", "7", "8"), strict=True):
        simulate("--seed", seed, "--duration", "1m", "--out", file)
    first, again, other = (file.read_bytes() for file in files)
    assert first == again != other


def test_the_clock_of_a_file_starts_where_it_is_told_to(tmp_path: Path) -> None:
    out = tmp_path / "readings.jsonl"
    simulate("--wearers", "1", "--duration", "1s", "--start", "1999-12-31T23:00:00+01:00", "--out", out)
    moment_ms = json.loads(out.read_bytes())["observed_at_ms"] - 946_677_600_000
    assert 0 <= moment_ms < 1000


def test_standard_output_holds_readings_and_nothing_else() -> None:
    result = simulate("--wearers", "2", "--duration", "2s", "--out", "-")
    assert [json.loads(line)["v"] for line in result.stdout.splitlines()] == [1] * 4
    assert "4 readings of 2 simulated wearers" in result.stderr


def test_the_truth_stands_beside_and_not_in_the_readings(tmp_path: Path) -> None:
    out, truth = tmp_path / "readings.jsonl", tmp_path / "truth.jsonl"
    simulate(
        "--wearers", "4", "--deteriorating", "2", "--duration", "31m", "--out", out, "--truth", truth
    )  # fmt: skip
    records = [json.loads(line) for line in truth.read_text().splitlines()]
    ill = [record for record in records if record["event"] == "deterioration"]
    assert [record["course"] for record in ill] == ["sepsis", "opioid_respiratory_depression"]
    assert b"deterioration" not in out.read_bytes()


def test_one_wearer_in_ten_falls_ill_unless_told_otherwise(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    simulate("--wearers", "11", "--duration", "31m", "--out", tmp_path / "out", "--truth", truth)
    assert truth.read_text().count('"deterioration"') == 2


def test_a_course_is_as_quick_as_is_asked_for(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    asked = ("--course", "sepsis:2:20m", "--course", "copd_exacerbation", "--duration", "30m")
    result = simulate(*asked, "--out", tmp_path / "readings.jsonl", "--truth", truth)
    onsets = [json.loads(line) for line in truth.read_text().splitlines() if '"deterioration"' in line]
    took_s = {each["course"]: (each["full_ms"] - each["onset_ms"]) // 1000 for each in onsets}
    assert took_s == {"sepsis": 20 * 60, "copd_exacerbation": 18 * 3600}
    assert "copd_exacerbation takes 18 h to its worst" in result.stderr
    assert "--course copd_exacerbation:1:30m makes it quicker" in result.stderr
    assert "sepsis takes" not in result.stderr


def test_courses_and_faults_are_those_that_were_asked_for(tmp_path: Path) -> None:
    out, truth = tmp_path / "readings.jsonl", tmp_path / "truth.jsonl"
    result = simulate(
        "--wearers", "9", "--course", "fall:2", "--course", "heart_block", "--fault", "broken_payload:3",
        "--duration", "10m", "--out", out, "--truth", truth,
    )  # fmt: skip
    assert "9 simulated wearers, 3 of them ill; 3 device faults." in result.stderr
    records = [json.loads(line) for line in truth.read_text().splitlines()]
    onsets = [each for each in records if each["event"] == "deterioration"]
    assert sorted(each["course"] for each in onsets) == ["fall", "fall", "heart_block"]
    faults = [each for each in records if each["event"] == "fault"]
    assert {(each["fault"], each["severity"]) for each in faults} == {("broken_payload", 1.0)}
    start_ms = 1_767_225_600_000
    assert all(start_ms + 60_000 <= each["from_ms"] <= start_ms + 300_000 for each in faults)
    assert all(start_ms + 60_000 <= each["onset_ms"] <= start_ms + 300_000 for each in onsets)


def test_everybody_wears_all_devices_that_were_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "readings.jsonl"
    simulate(
        "--wearers", "2", "--device", "wristband", "--device", "oximeter", "--duration", "5s", "--out", out
    )
    readings = [ReadingDecoder().decode(line) for line in out.read_bytes().splitlines()]
    assert Counter((reading.patient, reading.device) for reading in readings) == {
        ("sim-0001", "simdev-0001"): 5, ("sim-0001", "simdev-0001-2"): 5,
        ("sim-0002", "simdev-0002"): 5, ("sim-0002", "simdev-0002-2"): 5,
    }  # fmt: skip


def test_realistic_faults_come_by_chance_and_leave_most_readings_as_they_are(tmp_path: Path) -> None:
    files = {faults: tmp_path / faults for faults in ("none", "realistic")}
    for faults, file in files.items():
        simulate("--wearers", "40", "--faults", faults, "--duration", "10m", "--out", file)
    healthy, failing = (set(file.read_bytes().splitlines()) for file in files.values())
    assert healthy != failing
    assert len(healthy & failing) > 0.9 * len(healthy)


def test_a_scenario_says_how_many_how_long_and_from_what_time_of_day(tmp_path: Path) -> None:
    file, out = tmp_path / "own.toml", tmp_path / "readings.jsonl"
    file.write_text('starts = "08:00"\nlasts = "30s"\n[[wearers]]\ncount = 2\ndevices = "oximeter"\n')
    simulate("--scenario", file, "--out", out)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == 60
    assert 0 <= lines[0]["observed_at_ms"] - 1_767_225_600_000 - 8 * 3_600_000 < 1000
    assert {"heart_rate", "oxygen_saturation"} <= lines[0].keys()
    assert "12 readings of 2" in simulate("--scenario", file, "--duration", "6s", "--out", out).stderr


def test_a_scenario_that_can_not_be_used_is_one_sentence(tmp_path: Path) -> None:
    run = subprocess.run(
        [*WARDWATCH, "simulate", "--scenario", "calm_ward", "--out", str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "give a file, or one of the ready ones: busy_ward, mass_casualty" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--duration", "5"), "is not a duration; write it as 90s, 15m, 2h or 1d"),
        (("--duration", "0s"), "is not a duration"),
        (("--start", "yesterday", "--out", "-"), "is not an instant; write it as"),
        (("--start", "1969-01-01", "--out", "-"), "before 1970"),
        (("--start", "2026-01-01"), "--start goes with --out"),
        (("--speed", "2", "--out", "-"), "--speed goes with Kafka"),
        (("--truth-topic", "t", "--out", "-"), "--truth-topic goes with Kafka"),
        (("--truth-topic", "vitals.readings"), "vitals.readings is wardwatch's own"),
        (("--wearers", "2", "--deteriorating", "3"), "there are not so many wearers"),
        (("--wearers", "2", "--course", "fall:3"), "there are not so many wearers"),
        (("--wearers", "2", "--fault", "drift:3"), "there are not so many wearers"),
        (("--course", "flu"), "there is no course 'flu'; there are sepsis"),
        (("--fault", "rust:2"), "there is no fault 'rust'; there are drift"),
        (("--course", "fall:0"), "write it as sepsis:3"),
        (("--course", "sepsis:3:soon"), "'soon' is not a duration"),
        (("--course", "sepsis:3:20s"), "within less than 60 s"),
        (("--course", "fall", "--deteriorating", "1"), "leave --deteriorating away"),
        (("--device", "shoe"), "--device"),
        (("--scenario", "quiet_ward", "--device", "cuff"), "leave --device away"),
        (("--scenario", "quiet_ward", "--faults", "none"), "leave --faults away"),
        (("--wearers", "0"), "--wearers"),
        (("--speed", "0"), "write a factor such as 1 or 60, or max"),
        (("--speed", "nan"), "is not a speed"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_a_way_out(arguments: tuple[str, ...], complaint: str) -> None:
    result = simulate(*arguments)
    assert result.exit_code == 2
    assert complaint in result.output


@pytest.mark.parametrize("option", ["--out", "--truth"])
def test_a_file_that_can_not_be_written_is_one_sentence(option: str, tmp_path: Path) -> None:
    options = {"--out": str(tmp_path / "out"), "--truth": str(tmp_path / "truth")}
    options[option] = str(tmp_path / "missing" / "file")
    arguments = [word for pair in options.items() for word in pair]
    run = subprocess.run(
        [*WARDWATCH, "simulate", "--duration", "1s", *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "can't be written (No such file or directory); choose another" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly_at_a_whole_line(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*WARDWATCH, "simulate", "--wearers", "5", "--out", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # or what was read ahead is lost to communicate()
    ) as process:
        assert process.stdout is not None
        beginning = process.stdout.read(10_000)
        process.send_signal(number)
        rest, said = process.communicate(timeout=30)
    assert process.returncode == 0
    lines = (beginning + rest).split(b"\n")
    assert lines.pop() == b""
    assert len(lines) % 5 == 0
    assert f"{len(lines):,} readings of 5 simulated wearers" in said.decode()


def test_a_reader_that_has_enough_is_no_error() -> None:
    with subprocess.Popen(
        [*WARDWATCH, "simulate", "--out", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1000)
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 0
    assert b"Traceback" not in said
    assert b"Error" not in said
