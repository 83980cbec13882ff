"""Reads a topic from its beginning to the end that it has now, and then stops."""

from __future__ import annotations

import time
from collections.abc import Callable

from wardwatch.adapters.kafka_topic import LogRecord, LogUnavailableError, TopicReader

_READ_WAIT_S = 0.25
# After a silence as long as this, ask the broker whether it is still there.
_PROBE_AFTER_S = 3.0
# A reader that gets nothing although there is something is taken for stuck.
_STUCK_AFTER_S = 30.0


async def read_whole(
    reader: TopicReader,
    take: Callable[[LogRecord], None],
    advance: Callable[[float], None],
    *,
    latest: int | None = None,
) -> bool:
    """Hand ``take`` every record, or so many at the end of each partition.

    ``advance`` is told the share that has been read, 0 to 1. Returns whether the topic still holds all that
    was ever written to it. Raises :class:`LogUnavailableError`.
    """
    async with reader:
        await reader.start()
        extents = await reader.extents()
        begins = {
            partition: extent.first if latest is None else max(extent.first, extent.end - latest)
            for partition, extent in extents.items()
        }
        reader.read_from(begins)
        ends = {partition: extent.end for partition, extent in extents.items()}
        whole = sum(end - begins[partition] for partition, end in ends.items())
        left = whole
        heard_at = probed_at = time.monotonic()
        while left:
            records = await reader.read(wait_s=_READ_WAIT_S)
            for record in records:
                if record.offset < ends[record.partition]:
                    take(record)
            positions = await reader.positions()
            left = sum(max(0, end - positions[partition]) for partition, end in ends.items())
            advance(1 - left / whole)
            now = time.monotonic()
            if records:
                heard_at = probed_at = now
            elif now - heard_at > _STUCK_AFTER_S:
                raise LogUnavailableError("there is something to read, and nothing comes")
            elif now - probed_at > _PROBE_AFTER_S:
                await reader.ends()
                probed_at = now
    return all(extent.first == 0 for extent in extents.values())
