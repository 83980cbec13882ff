"""Sends readings, or other records of a patient, to Kafka."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from wardwatch.adapters.kafka_errors import reason_of
from wardwatch.wire.topics import READINGS

# Records of a partition travel together: those of a fiftieth of a second, up to so many bytes. A reading has
# some 150 bytes, so neither much is waited for nor is every reading a request.
_LINGER_MS = 20
_BATCH_BYTES = 128 * 1024

# A broker that takes nothing for so long has gone. aiokafka by itself would try for ever, as it does with all
# that is to be written exactly once.
ANSWER_TIMEOUT_S = 30.0
# What was not delivered by then is not waited for when we leave.
_LONGEST_CLOSE_S = 5.0


class NotDeliveredError(Exception):
    """Kafka does not take a record, or does not answer; the message holds nothing of the record."""


class NoAnswerError(NotDeliveredError):
    """What was sent is still being tried, and will be once a broker answers, if the producer lives on."""


class ReadingProducer:
    """Sends records keyed by patient, so that all of a patient keep their order.

    Each is written once, also where a request had to be repeated, and to all replicas before it counts.
    """

    def __init__(
        self, client_options: Mapping[str, Any], *, answer_timeout_s: float = ANSWER_TIMEOUT_S
    ) -> None:
        """``client_options`` are aiokafka's: where the broker is, and how to log in."""
        self._client_options = dict(client_options)
        self._answer_timeout_s = answer_timeout_s
        self._producer: AIOKafkaProducer | None = None
        self._failure: BaseException | None = None

    async def __aenter__(self) -> Self:
        """Connect; raises :class:`NotDeliveredError` where no broker answers."""
        producer = AIOKafkaProducer(
            enable_idempotence=True,
            acks="all",
            linger_ms=_LINGER_MS,
            max_batch_size=_BATCH_BYTES,
            request_timeout_ms=int(self._answer_timeout_s * 1000),
            **self._client_options,
        )
        try:
            await producer.start()
        except (KafkaError, OSError) as error:
            await producer.stop()
            raise NotDeliveredError(reason_of(error)) from error
        self._producer = producer
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect; what was not flushed may be lost."""
        if self._producer is not None:
            with suppress(KafkaError, OSError, TimeoutError):
                await asyncio.wait_for(self._producer.stop(), min(_LONGEST_CLOSE_S, self._answer_timeout_s))

    async def send(self, patient: str, payload: bytes, timestamp_ms: int, topic: str = READINGS) -> None:
        """Hand a record over; waits while the ones before it fill the partition's batch.

        Raises :class:`NotDeliveredError` once a record, this one or one before it, was not taken.
        """
        try:
            sent = await self._started.send(topic, payload, key=patient.encode(), timestamp_ms=timestamp_ms)
        except (KafkaError, OSError) as error:
            raise NotDeliveredError(reason_of(error)) from error
        sent.add_done_callback(self._note_failure)
        self._raise_failure()

    async def flush(self) -> None:
        """Wait until all that was sent is delivered, or raise :class:`NotDeliveredError`.

        After a :class:`NoAnswerError` it can be waited for again.
        """
        try:
            await asyncio.wait_for(self._started.flush(), self._answer_timeout_s)
        except TimeoutError:
            raise NoAnswerError(f"no answer within {self._answer_timeout_s:g} s") from None
        self._raise_failure()

    async def topics(self) -> set[str]:
        """Which topics there are; raises :class:`NotDeliveredError`."""
        try:
            cluster = await self._started.client.fetch_all_metadata()
        except (KafkaError, OSError) as error:
            raise NotDeliveredError(reason_of(error)) from error
        return set(cluster.topics())

    async def require(self, topic: str) -> None:
        """Wait until there is a topic, also one that Kafka makes by itself; or :class:`NotDeliveredError`."""
        try:
            await self._started.partitions_for(topic)
        except (KafkaError, OSError) as error:
            raise NotDeliveredError(reason_of(error)) from error

    def _note_failure(self, sent: Future[Any]) -> None:
        if not sent.cancelled() and (error := sent.exception()) is not None:
            self._failure = self._failure or error

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise NotDeliveredError(reason_of(self._failure)) from self._failure

    @property
    def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise RuntimeError("a ReadingProducer is used inside `async with`")
        return self._producer
