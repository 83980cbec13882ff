"""Ctrl-C and SIGTERM for commands that run until they are told to stop."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# Who signals a process and its group, as `timeout` does, sends one wish twice.
_SAME_WISH_S = 0.5


@contextmanager
def stopped_by_signals() -> Iterator[asyncio.Event]:
    """An event that the first signal sets, so that the work ends in order; the second cancels this task.

    To be entered where an event loop runs.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    stopping = asyncio.Event()
    first_at_s = 0.0

    def stop() -> None:
        nonlocal first_at_s
        if not stopping.is_set():
            first_at_s = time.monotonic()
            stopping.set()
        elif task is not None and time.monotonic() - first_at_s > _SAME_WISH_S:
            task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield stopping
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
