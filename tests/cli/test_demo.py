"""`wardwatch demo`: what cannot be shown is refused with a way out, and no record drives the terminal."""

from __future__ import annotations

import socket
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.support import fake_reasons
from tests.support.alerts import alarm_event
from tests.support.commands import finished
from wardwatch.cli.demo import _Screen
from wardwatch.core.events import AlarmEvent, Cause, Phase
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


def shown_of(*events: AlarmEvent) -> str:
    shown = StringIO()
    screen = _Screen(Console(file=shown, force_terminal=False))
    for event in events:
        screen.alarm(event, None)
    screen.close()
    return shown.getvalue()


def test_an_alarm_is_shown_with_its_reasons_when_it_begins() -> None:
    begins = replace(alarm_event(text="NEWS2 6"), why=fake_reasons.of_news2())
    points = "RR gives 3 points, HR gives 2 points, SpO2 gives 1 point"
    assert f"because: {points}, it has lasted 300 s" in shown_of(begins)
    assert "because" not in shown_of(replace(begins, phase=Phase.END))
    assert "because" not in shown_of(replace(begins, why={"rule": "device"}))


def test_an_alarm_that_only_sounds_again_is_not_shown_again() -> None:
    again = replace(alarm_event(phase="update", text="HR 152 > 130"), cause=Cause.REPEAT)
    assert "HR 152" not in shown_of(again)


@pytest.mark.parametrize(
    "why", [fake_reasons.of_a_limit(), fake_reasons.of_unusual_vitals(), fake_reasons.of_a_fall(0)]
)
def test_reasons_of_all_kinds_fit_on_a_line(why: dict[str, Any]) -> None:
    (line,) = [line for line in shown_of(replace(alarm_event(), why=why)).splitlines() if "because" in line]
    assert line.endswith(" s")


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
