"""``python -m tests.support.stuck_worker HOST:PORT GROUP FOLDER``: a worker that can be made to be stuck.

While the file ``lost-N`` is in the folder, what is fetched of partition N is lost on its way, as a consumer
that stops in silence would have it. While ``held-N`` is there, nothing is sent to the broker for partition N.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

from faust.types import TP, ConsumerMessage

from wardwatch.adapters.faust_app import GroupOptions
from wardwatch.adapters.faust_broker import FaustBroker
from wardwatch.adapters.faust_transport import BatchingConsumer
from wardwatch.adapters.faust_worker import FaustWorker
from wardwatch.adapters.logs import log_to_standard_error
from wardwatch.adapters.partition_runner import Pace
from wardwatch.core.monitor import Monitor
from wardwatch.wire.topics import READINGS


def lose_what_is_fetched(folder: Path) -> None:
    fetch = BatchingConsumer.getmany

    async def getmany(self: BatchingConsumer, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109
        async for tp, message in fetch(self, timeout):
            if tp.topic != READINGS or not (folder / f"lost-{tp.partition}").exists():
                yield tp, message

    BatchingConsumer.getmany = getmany  # type: ignore[method-assign]


def hold_back_what_is_sent(folder: Path) -> None:
    send = FaustBroker.send

    async def held(
        self: FaustBroker, topic: str, partition: int, key: bytes | None, value: bytes | None
    ) -> Awaitable[Any]:
        while (folder / f"held-{partition}").exists():  # noqa: ASYNC110 (nothing else tells)
            await asyncio.sleep(0.05)
        return await send(self, topic, partition, key, value)

    FaustBroker.send = held  # type: ignore[method-assign]


async def _work(servers: str, group: str) -> None:
    worker = FaustWorker(
        {"bootstrap_servers": servers},
        group=GroupOptions(name=group, session_timeout_s=2, rebalance_timeout_s=2),
        pace=Pace(checkpoint_interval_s=0.2, status_interval_s=0.2, lease_s=2),
        # The alarm has to come, whatever a worker may do about itself.
        stall_limit_s=600,
        restore=Monitor.restore,
    )
    os._exit(await worker.run())


if __name__ == "__main__":
    log_to_standard_error()
    lose_what_is_fetched(Path(sys.argv[3]))
    hold_back_what_is_sent(Path(sys.argv[3]))
    asyncio.run(_work(*sys.argv[1:3]))
