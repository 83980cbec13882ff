"""The parts of the system as the demo starts them.

The worker and the feed are the commands that production runs, as processes of their own. Only the broker is
another one: it lives in this process, and forgets everything at exit.
"""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from wardwatch.adapters.embedded_broker import PARTITIONS_PER_TOPIC, EmbeddedBroker
from wardwatch.demo.access import Access, make_access
from wardwatch.demo.children import Child, running
from wardwatch.settings import PREFIX
from wardwatch.wire.topics import ALL

GROUP = "wardwatch-demo"
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What runs, and how to reach it."""

    bootstrap_servers: str
    feed_url: str
    page_url: str
    access: Access
    children: tuple[Child, ...]


@asynccontextmanager
async def running_parts(port: int | None, patients: Iterable[str], notice: str) -> AsyncIterator[Parts]:
    """Broker, worker and feed for as long as the block lasts. Without a ``port`` the feed gets a free one.

    ``patients`` get invented names, which the feed knows; consoles show the ``notice``.
    """
    feed_port = port or _free_port()
    with TemporaryDirectory(prefix="wardwatch-demo-") as folder, EmbeddedBroker() as broker:
        access = make_access(Path(folder), patients)
        broker.create_topics(*ALL)
        environment = _environment(
            KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap_servers,
            PARTITIONS=str(PARTITIONS_PER_TOPIC),
            # Topics can't be declared to this broker.
            DECLARE_TOPICS="false",
            CONSUMER_GROUP=GROUP,
            # A minute of the simulated wearers', whose clock runs thirty times as fast: trends have one each.
            STATUS_INTERVAL_S="2",
            FEED_HOST=_HOST,
            FEED_PORT=str(feed_port),
            FEED_KEYS=str(access.keys),
            FEED_NAMES=str(access.names),
            FEED_NOTICE=notice,
        )
        async with (
            running("worker", ["worker"], environment) as worker,
            running("feed", ["feed"], environment) as feed,
        ):
            yield Parts(
                bootstrap_servers=broker.bootstrap_servers,
                feed_url=f"ws://{_HOST}:{feed_port}/",
                page_url=f"http://{_HOST}:{feed_port}/",
                access=access,
                children=(worker, feed),
            )


def _environment(**settings: str) -> Mapping[str, str]:
    """Ours with these settings and no other: those of a real system must not reach the demo."""
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    return inherited | {PREFIX + name: value for name, value in settings.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
