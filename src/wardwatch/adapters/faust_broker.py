"""Faust's producer and consumer as a partition's runner uses them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from faust.types import TP


class FaustBroker:
    """Faust's producer and consumer as a partition's runner uses them."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def send(  # noqa: D102 (see the protocol)
        self, topic: str, partition: int, key: bytes | None, value: bytes | None
    ) -> Awaitable[Any]:
        sent: Awaitable[Any] = await self._app.producer.send(topic, key, value, partition, None, None)
        return sent

    async def commit(self, partition: int, positions: Mapping[str, int]) -> bool:  # noqa: D102
        offsets = {TP(topic, partition): offset for topic, offset in positions.items()}
        committed: bool = await self._app.consumer.commit_exactly(offsets)
        return committed

    async def rewind(self, topic: str, partition: int, offset: int) -> int:  # noqa: D102
        rewinds: int = await self._app.consumer.rewind(TP(topic, partition), offset)
        return rewinds

    async def end(self, topic: str, partition: int) -> int:
        """The offset of the next record of a topic's partition; 0 where it holds none, maybe not any more."""
        tp = TP(topic, partition)
        begin: int = (await self._app.consumer.earliest_offsets(tp))[tp]
        end: int = (await self._app.consumer.highwaters(tp))[tp]
        return end if begin < end else 0
