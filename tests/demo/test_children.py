"""Children of the demo: they end when they are told to, when the demo dies, and not in silence."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wardwatch.demo.children import running

_DEADLINE_S = 30.0
_PARENT = """
import asyncio, os, sys
from wardwatch.demo.children import running

async def main():
    async with running("simulator", ["simulate", "--out", sys.argv[1]], os.environ):
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_a_child_runs_for_as_long_as_the_block_lasts() -> None:
    async with running("simulator", ["simulate", "--out", os.devnull], os.environ) as child:
        await asyncio.sleep(0)
        assert not child.has_ended
    assert child.has_ended


async def test_a_child_that_fails_tells_what_it_wrote_last() -> None:
    async with running("simulator", ["simulate", "--out", "/nowhere/x"], os.environ) as child:
        await asyncio.wait_for(child.wait_until_ended(), _DEADLINE_S)
        text = str(child.failure("has ended"))
    assert text.startswith("the simulator has ended")
    assert "/nowhere/x can't be written" in text


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_child_outlives_a_parent_that_is_killed(number: signal.Signals, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen([sys.executable, "-c", _PARENT, str(pipe)]) as parent:
        reading_end = os.open(pipe, os.O_RDONLY)
        assert os.read(reading_end, 1)  # the child is there, and writes
        parent.send_signal(number)
        parent.wait(_DEADLINE_S)
    # The pipe ends when the last process that can write to it is gone.
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline:
        ready, _, _ = select.select([reading_end], [], [], 0.1)
        if ready and not os.read(reading_end, 1 << 16):
            break
    else:
        pytest.fail("the child still writes")
    os.close(reading_end)
