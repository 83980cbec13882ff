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


async def test_a_newcomer_sees_simulated_wearers_fall_ill_and_their_alarms(mark: Mapping[str, str]) -> None:
    status, output, shown = await finished(
        "demo", "--seconds", "20", "--json", environment=mark, deadline_s=120
    )
    assert status == 0, shown
    assert len(output.splitlines()) == 1
    summary = summary_in(output)
    # 12 wearers, 30 readings a second each; a busy machine may fall somewhat behind.
    assert 12 * 30 * 15 < summary["readings_in"] <= 12 * 30 * 20 + 12
    assert summary["readings_rejected"] == 0
    assert summary["alarm_events_delivered"] >= summary["alarms_opened"] >= 1
    assert 0 < summary["latency_ms"]["p50"] <= summary["latency_ms"]["p99"]
    assert "12 SIMULATED wearers, none of them real" in shown
    assert "Not a medical device" in shown
    assert "it forgets everything at exit" in shown
    assert re.search(r"sim-\d{4} +falls ill \(SIMULATED ", shown)
    assert re.search(r"sim-\d{4} +\w+ alarm, start: .+ \(\d+ ms after its reading\)", shown)
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
