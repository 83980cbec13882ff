"""How far a consumer group is behind the end of its topics, seen from outside the group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from wardwatch.adapters.kafka_errors import reason_of
from wardwatch.adapters.kafka_topic import BrokerUnreachableError


class GroupLag:
    """Asks the broker about a group and some topics, without joining the group. A context manager."""

    def __init__(self, group: str, topics: Iterable[str], client_options: Mapping[str, Any]) -> None:
        """``client_options`` are aiokafka's: where the broker is, and how to log in."""
        self._topics = list(topics)
        self._partitions: list[TopicPartition] = []
        self._log = AIOKafkaConsumer(**client_options)
        self._group = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **client_options)

    async def __aenter__(self) -> Self:
        await self._log.start()
        # A topic's number of partitions is known only once one of them has been asked for.
        firsts = [TopicPartition(topic, 0) for topic in self._topics]
        self._log.assign(firsts)
        await self._log.end_offsets(firsts)
        self._partitions = [
            TopicPartition(topic, number)
            for topic in self._topics
            for number in self._log.partitions_for_topic(topic) or ()
        ]
        # Partitions assigned by hand make a consumer that sees the group's offsets and is no member of it.
        # Assigned once and before the start: aiokafka's coordinator trips over a change while it starts.
        self._group.assign(self._partitions)
        await self._group.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._group.stop()
        await self._log.stop()

    async def records_behind(self) -> int:
        """Records that the group has not yet committed, over all topics and partitions.

        Raises :class:`~wardwatch.adapters.kafka_topic.BrokerUnreachableError`.
        """
        try:
            ends = await self._log.end_offsets(self._partitions)
            return sum([end - (await self._group.committed(part) or 0) for part, end in ends.items()])
        except (KafkaError, OSError, TimeoutError) as error:
            raise BrokerUnreachableError(reason_of(error)) from error

    async def is_caught_up(self) -> bool:
        """Whether the group has committed all that there is."""
        return await self.records_behind() == 0
