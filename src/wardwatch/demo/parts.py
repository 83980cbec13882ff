"""The parts of the system as the demo starts them.

The worker and the feed are the commands that production runs, as processes of their own. Only the broker is
another one: it lives in this process, and forgets everything at exit.
"""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from wardwatch.adapters.embedded_broker import PARTITIONS_PER_TOPIC, EmbeddedBroker
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
    children: tuple[Child, ...]


@asynccontextmanager
async def running_parts(port: int | None) -> AsyncIterator[Parts]:
    """Broker, worker and feed for as long as the block lasts. Without a ``port`` the feed gets a free one."""
    feed_port = port or _free_port()
    with EmbeddedBroker() as broker:
        broker.create_topics(*ALL)
        environment = _environment(
            KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap_servers,
            PARTITIONS=str(PARTITIONS_PER_TOPIC),
            # Topics can't be declared to this broker.
            DECLARE_TOPICS="false",
            CONSUMER_GROUP=GROUP,
            FEED_HOST=_HOST,
            FEED_PORT=str(feed_port),
        )
        async with (
            running("worker", ["worker"], environment) as worker,
            running("feed", ["feed"], environment) as feed,
        ):
            yield Parts(
                bootstrap_servers=broker.bootstrap_servers,
                feed_url=f"ws://{_HOST}:{feed_port}/",
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
