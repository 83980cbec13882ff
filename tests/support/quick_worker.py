"""``python -m tests.support.quick_worker HOST:PORT GROUP real|fake``: a worker with short intervals.

With the fake monitor what it says is easily predicted.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from tests.support.fake_monitor import FakeMonitor
from wardwatch.adapters.faust_app import GroupOptions
from wardwatch.adapters.faust_worker import FaustWorker
from wardwatch.adapters.logs import log_to_standard_error
from wardwatch.adapters.partition_runner import Pace
from wardwatch.core.monitor import Monitor


async def _work(servers: str, group: str, monitor: str) -> None:
    worker = FaustWorker(
        {"bootstrap_servers": servers},
        group=GroupOptions(name=group, declare_topics=False),
        pace=Pace(checkpoint_interval_s=0.2, status_interval_s=0.2),
        restore=Monitor.restore if monitor == "real" else FakeMonitor.restore,
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    os._exit(await worker.run())


if __name__ == "__main__":
    log_to_standard_error()
    asyncio.run(_work(*sys.argv[1:]))
