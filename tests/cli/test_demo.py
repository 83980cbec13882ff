"""`wardwatch demo`: what cannot be shown is refused with a way out, and no record drives the terminal."""

from __future__ import annotations

import socket
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.support.alerts import alarm_event
from tests.support.commands import finished
from wardwatch.cli.demo import _Screen
from wardwatch.demo.wearers import SimulatedWearers


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--seconds", "-1"], "--seconds"),
        (["--seconds", "nan"], "is not a number of seconds"),
        (["--patients", "0"], "--patients"),
        (["--port", "70000"], "--port"),
    ],
)
async def test_options_out_of_range_are_refused(arguments: list[str], complaint: str) -> None:
    status, _, errors = await finished("demo", *arguments)
    assert status == 2
    assert complaint in errors


async def test_a_recording_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    status, _, errors = await finished("demo", "--recording", str(tmp_path / "missing"))
    assert status == 1
    assert "missing" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("line", ['{"v": 1}', '{"v": 1, "patient": "p-1", "ward": "4B", "bed": "12"}'])
async def test_a_recording_without_readings_is_one_sentence(tmp_path: Path, line: str) -> None:
    recording = tmp_path / "empty.jsonl"
    recording.write_text(line + "\n")
    status, _, errors = await finished("demo", "--recording", str(recording))
    assert status == 1
    assert "holds no reading; choose another --recording" in errors


async def test_a_part_that_fails_ends_the_demo_and_shows_what_it_said_last() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, errors = await finished("demo", "--port", str(port), deadline_s=60)
    assert status == 1
    assert "the feed has ended by itself" in errors
    assert f"127.0.0.1:{port} (Address already in use); choose another" in errors
    assert "Traceback" not in errors


def test_what_an_alarm_says_can_not_drive_the_terminal() -> None:
    shown = StringIO()
    screen = _Screen(Console(file=shown, force_terminal=False))
    screen.introduce(SimulatedWearers(2, start_ms=0))
    screen.alarm(
        alarm_event(patient="sim-0002", ward="4A", bed="\x1b2", text="HR \x1b[2J[bold]170[/bold]"), 0.042
    )
    screen.close()
    assert "\x1b" not in shown.getvalue()
    # Neither ours nor rich's markup is obeyed.
    assert r"4A bed \x1b2  sim-0002    " in shown.getvalue()
    assert r"start: HR \x1b[2J[bold]170[/bold]  (42 ms after its reading)" in shown.getvalue()
