"""`wardwatch demo` as a newcomer runs it: real processes, a real broker, a real socket."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.support.commands import finished, next_line, started
from tests.support.processes import left_behind


@pytest.fixture
def mark() -> dict[str, str]:
    """A variable by which the demo and all of its children can be found."""
    return {"MARK_OF_A_TEST": uuid.uuid4().hex}


def summary_in(output: str) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(output.splitlines()[-1])
    return summary


def nothing_is_left(mark: Mapping[str, str]) -> bool:
    return left_behind(*mark.values()) == []


async def line_with(text: str, process: asyncio.subprocess.Process) -> str:
    """The first line on standard error that holds ``text``."""
    while text not in (line := await next_line(process.stderr, deadline_s=90)):
        assert line, f"the demo ended before it said {text!r}"
    return line


async def lines_until(text: str, process: asyncio.subprocess.Process) -> str:
    """All that it says on standard error up to the first line that holds ``text``."""
    said = ""
    while text not in (line := await next_line(process.stderr, deadline_s=90)):
        assert line, f"the demo ended before it said {text!r}: {said}"
        said += line
    return said + line


async def notice_at(page_url: str, token: str) -> str:
    """What a console shows there all the time."""
    async with connect(page_url.replace("http:", "ws:")) as console, asyncio.timeout(30):
        await console.send(json.dumps({"type": "login", "token": token}))
        while (message := json.loads(await console.recv()))["type"] != "welcome":
            pass
        return str(message["notice"])


async def test_a_newcomer_sees_calm_then_illness_a_failing_device_and_alarms_with_their_reasons(
    mark: Mapping[str, str],
) -> None:
    """In this order, however long a busy machine takes; everything is labelled as simulated."""
    async with started("demo", "--seconds", "0", "--json", environment=mark) as demo:
        shown = await lines_until("Or join", demo)
        page_url = re.findall(r"http://\S+", shown)[0]
        token = shown.splitlines()[-2]
        assert "SIMULATED" in await notice_at(page_url, token)
        calm = await lines_until("falls ill (SIMULATED", demo)
        assert "alarm, start" not in calm
        ill = await lines_until("because: ", demo)
        assert re.search(r"sim-\d{4} +\w+ alarm, start: .+ \(\d+ ms after its reading\)", ill)
        failing = (await lines_until("device fails (SIMULATED off_body)", demo)).splitlines()[-1]
        number = re.findall(r"sim-(\d{4})", failing)[0]
        await lines_until(f"alarm, start: simdev-{number} not worn", demo)
        demo.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            output, _ = await demo.communicate()
    assert demo.returncode == 0
    assert "12 SIMULATED wearers, none of them real" in shown
    assert "Not a medical device" in shown
    assert "it forgets everything at exit" in shown
    summary = summary_in(output.decode())
    assert summary["readings_rejected"] == 0
    assert summary["alarm_events_delivered"] >= summary["alarms_opened"] >= 1
    assert summary["technical_alarms_opened"] >= 1
    assert 0 < summary["latency_ms"]["p50"] <= summary["latency_ms"]["p99"]
    assert nothing_is_left(mark)


async def test_it_ends_by_itself_and_plays_no_faster_than_it_says(mark: Mapping[str, str]) -> None:
    status, output, shown = await finished(
        "demo", "--seconds", "3", "--json", environment=mark, deadline_s=120
    )
    assert status == 0, shown
    assert len(output.splitlines()) == 1
    # 12 wearers, 30 readings a second each.
    assert 12 < summary_in(output)["readings_in"] <= 12 * 30 * 3 + 12
    assert nothing_is_left(mark)


async def test_others_can_join_and_ctrl_c_ends_it_cleanly(mark: Mapping[str, str]) -> None:
    async with started("demo", "--seconds", "0", "--json", environment=mark) as demo:
        how_to_join = await line_with("wardwatch tail alerts", demo)
        variable, _, servers = how_to_join.split()[0].partition("=")
        await line_with("alarm, start", demo)
        status, alarms, _ = await finished(
            "tail", "alerts", "--from-beginning", "--count", "1", environment={variable: servers}
        )
        assert status == 0
        assert "sim-" in alarms
        demo.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            output, shown = await demo.communicate()
    assert demo.returncode == 0
    assert b"Traceback" not in shown
    assert summary_in(output.decode())["alarms_opened"] >= 1
    assert nothing_is_left(mark)


@pytest.mark.parametrize("said_before", ["waiting for the worker", "wardwatch tail alerts"])
async def test_ctrl_c_ends_it_at_any_time(mark: dict[str, str], said_before: str) -> None:
    async with started("demo", environment=mark | {"PYTHONUNBUFFERED": "1"}) as demo:
        while said_before not in await next_line(demo.stdout, deadline_s=90):
            pass
        demo.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            shown, errors = await demo.communicate()
    assert demo.returncode == 0
    assert "readings in, 0 of them rejected" in shown.decode()
    assert errors == b""
    assert nothing_is_left(mark)


async def test_nothing_outlives_a_demo_that_is_killed(mark: Mapping[str, str]) -> None:
    async with started("demo", "--json", environment=mark) as demo:
        await line_with("wardwatch tail alerts", demo)
        assert len(left_behind(*mark.values(), within_s=0)) == 3  # the demo, the worker and the feed
        demo.kill()
        await demo.wait()
        assert nothing_is_left(mark)


@pytest.mark.recordings
async def test_a_recording_of_healthy_wearers_runs_through_whole(
    recordings_folder: Path, mark: Mapping[str, str]
) -> None:
    recording = recordings_folder / "stress_predict_e4.tar.gz"
    status, output, shown = await finished(
        "demo", "--recording", str(recording), "--seconds", "20", "--json", environment=mark, deadline_s=180
    )  # fmt: skip
    assert status == 0, shown
    summary = summary_in(output)
    assert summary["readings_in"] == 86_500
    assert summary["readings_rejected"] == 0
    # Stress and exertion are no illness: at most 0.1 alarms a wearer.
    assert summary["alarms_opened"] <= 2
    assert "26 RECORDED wearers" in shown
    assert nothing_is_left(mark)
