"""Autobahn's test suite for websocket servers: its own cases, as ``kosoku`` runs them without Python 2.

Of all 301 cases that are left here, against a plain server, the original gave the same verdicts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

# Compression, which the feed does not offer.
_LEFT_OUT = ("12.*", "13.*")
_FINE = {"OK", "NON-STRICT", "INFORMATIONAL"}
_AT_ONCE = 2


async def verdicts(url: str, cases: Iterable[str] = ()) -> dict[str, bool]:
    """Case to whether an echoing server passes it; all of them unless some are named."""
    named = [word for case in cases for word in ("--include", case)]
    left_out = [word for case in _LEFT_OUT for word in ("--exclude", case)]
    with tempfile.TemporaryDirectory() as folder:
        # A process of its own: the cases change Python's own modules.
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("kosoku"),
            *(url, *named, *left_out, "--parallelism", str(_AT_ONCE), "--outdir", folder),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        index = Path(folder) / "index.json"
        assert index.exists(), f"Autobahn's cases did not run: {errors.decode()}"
        (found,) = json.loads(index.read_text("utf-8")).values()
    return {
        case: verdict["behavior"] in _FINE and verdict["behaviorClose"] in _FINE
        for case, verdict in found.items()
    }
