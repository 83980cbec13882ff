"""What one writes without thinking of crashes: read, publish, and let the client commit now and then.

``python -m tests.support.naive_worker HOST:PORT GROUP`` tells of every reading above a limit in
:data:`NAIVE_ALERTS`. Killed between publishing and committing, it tells the same again.
"""

from __future__ import annotations

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.topics import READINGS

NAIVE_ALERTS = "naive.alerts"
LIMIT = 130


async def _work(servers: str, group: str) -> None:
    decode = ReadingDecoder().decode
    consumer = AIOKafkaConsumer(
        READINGS,
        bootstrap_servers=servers,
        group_id=group,
        auto_offset_reset="earliest",
        session_timeout_ms=2000,
        heartbeat_interval_ms=500,
        auto_commit_interval_ms=1000,
        max_poll_records=100,
    )
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer, consumer:
        async for record in consumer:
            reading = decode(record.value)
            if (reading.heart_rate or 0) > LIMIT:
                identity = f"{reading.patient}/{reading.seq}".encode()
                await producer.send_and_wait(NAIVE_ALERTS, identity, key=record.key)


if __name__ == "__main__":
    asyncio.run(_work(*sys.argv[1:]))
