"""Commands of wardwatch that run beside the demo as processes of their own."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

_LINES_KEPT = 15
_LONGEST_LINE_BYTES = 1024 * 1024
_GRACE_S = 10.0


class ChildFailedError(Exception):
    """A command ended by itself, or did not get ready; the message holds the last lines that it wrote."""


class Child:
    """One running command. What it writes is read all the time, and the last lines are kept."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._last_lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._reading = asyncio.create_task(self._read())

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.returncode is not None

    def failure(self, what: str) -> ChildFailedError:
        """``what`` went wrong with this command, as an error that shows the last lines of its log."""
        lines = "".join(f"\n  | {line}" for line in self._last_lines) or " It wrote nothing."
        return ChildFailedError(f"the {self.name} {what}.{lines}")

    async def wait_until_ended(self) -> None:
        """Return when the process is gone and all that it wrote is read."""
        await self._process.wait()
        await self._reading

    async def stop(self) -> None:
        """Ask the process to end, and make it end if it does not."""
        if not self.has_ended:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), _GRACE_S)
            except TimeoutError:
                self._process.kill()
        await self.wait_until_ended()

    async def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 (it was started with a pipe)
        async for line in self._process.stdout:
            self._last_lines.append(line.decode(errors="replace").rstrip())


@asynccontextmanager
async def running(
    name: str, arguments: Sequence[str], environment: Mapping[str, str]
) -> AsyncIterator[Child]:
    """`wardwatch …` with ``arguments`` and ``environment`` for as long as the block lasts.

    It gets a session of its own, so that Ctrl-C reaches the demo alone, which then stops it in order.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wardwatch.demo.leash", *arguments,
        env=dict(environment),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        limit=_LONGEST_LINE_BYTES,
    )  # fmt: skip
    child = Child(name, process)
    try:
        yield child
    finally:
        await child.stop()
