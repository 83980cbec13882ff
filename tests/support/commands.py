"""`wardwatch` as a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("WARDWATCH_")}


@asynccontextmanager
async def started(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command with its output in pipes; killed at the end if it has not ended by itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "wardwatch",
        *arguments,
        env={**CLEAN, **(environment or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def finished(
    *arguments: str, environment: Mapping[str, str] | None = None, deadline_s: float = 30
) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of the command."""
    async with started(*arguments, environment=environment) as process, asyncio.timeout(deadline_s):
        output, errors = await process.communicate()
        assert process.returncode is not None
        return process.returncode, output.decode(), errors.decode()


async def next_line(stream: asyncio.StreamReader | None, *, deadline_s: float = 20) -> str:
    """The next line that the process writes."""
    assert stream is not None
    async with asyncio.timeout(deadline_s):
        return (await stream.readline()).decode()
