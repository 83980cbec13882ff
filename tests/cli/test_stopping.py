"""The first signal asks to stop, the second insists."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from wardwatch.cli import stopping as stopping_module
from wardwatch.cli.stopping import stopped_by_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_first_signal_lets_the_work_end_in_order(number: signal.Signals) -> None:
    with stopped_by_signals() as stopping:
        assert not stopping.is_set()
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stopping.wait(), 5)


async def test_the_second_signal_ends_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping_module, "_SAME_WISH_S", 0.0)

    async def work() -> None:
        with stopped_by_signals() as stopping:
            started.set()
            await stopping.wait()
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(600)

    started = asyncio.Event()
    working = asyncio.create_task(work())
    await started.wait()
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asyncio.shield(working), 5)
    assert working.cancelled()


async def test_a_signal_that_comes_twice_at_once_is_one_wish() -> None:
    """`timeout` signals a process and its group, which the process belongs to."""
    with stopped_by_signals() as stopping:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.01)
        assert stopping.is_set()
