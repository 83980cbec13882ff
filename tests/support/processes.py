"""Which processes a test has left behind."""

from __future__ import annotations

import shutil
import subprocess
import time


def left_behind(mark: str, *, within_s: float = 20.0) -> list[str]:
    """Processes that still run with ``mark`` in their environment after so long; none is the usual answer."""
    deadline = time.monotonic() + within_s
    while (running := _with(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return running


def _with(mark: str) -> list[str]:
    ps = shutil.which("ps")
    assert ps is not None, "the test needs `ps`"
    # With `e`, Linux and macOS alike show the environment behind the command.
    shown = subprocess.run([ps, "axeww"], capture_output=True, text=True, check=True, errors="replace").stdout
    return [line.split(" ")[0] for line in shown.splitlines() if mark in line]
