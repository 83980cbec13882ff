"""The feed's ear for pulses, against a real broker."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer

from tests.support.feeds import eventually
from tests.support.kafka_fixtures import Broker
from tests.support.pulses import pulse_of
from wardwatch.adapters.feed.pulses import PulseLog
from wardwatch.adapters.feed.watch import MonitoringWatch, WatchLimits
from wardwatch.adapters.kafka_topic import TopicReader
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.feed.codes import NotLive
from wardwatch.wire.pulse import Pulse, encode_pulse

# Above the time for which a watch that starts waits for pulses, so that this counts here.
SILENT_S = 6.0


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def produce(broker: Broker, topic: str, *pulses: Pulse | bytes, partition: int | None = None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for pulse in pulses:
            if isinstance(pulse, bytes):
                await producer.send_and_wait(topic, pulse, partition=0)
            else:
                where = pulse.partition if partition is None else partition
                await producer.send_and_wait(topic, encode_pulse(pulse), partition=where)


@asynccontextmanager
async def watching(
    broker: Broker, topic: str, *, silent_s: float = SILENT_S
) -> AsyncIterator[tuple[PulseLog, list[AlarmEvent]]]:
    told: list[AlarmEvent] = []
    watch = MonitoringWatch(told.append, WatchLimits(silent_s=silent_s, behind_s=3600))
    log = PulseLog(watch, lambda: TopicReader(topic, {"bootstrap_servers": broker.bootstrap_servers}))
    running = [asyncio.create_task(log.run()), asyncio.create_task(log.look())]
    try:
        yield log, told
    finally:
        for task in running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def sources(told: list[AlarmEvent], phase: Phase) -> set[str]:
    return {event.source for event in told if event.phase is phase}


async def test_of_what_is_there_already_only_the_latest_counts_and_what_is_no_pulse_is_left_out(
    broker: Broker,
) -> None:
    topic = f"pulse-{uuid.uuid4()}"
    old = [pulse_of(number, at_ms=now_ms() - 3_600_000) for number in range(4)]
    await produce(broker, topic, *old, *old, *[pulse_of(number, at_ms=now_ms()) for number in (0, 1)])
    # However long the broker takes on a busy machine, what is new must not grow old here.
    async with watching(broker, topic, silent_s=120) as (log, told):
        await eventually(lambda: log.blindness() is None, "the pulses are heard")
        await produce(broker, topic, b"garbage")
        await produce(broker, topic, pulse_of(3), partition=2)  # nobody speaks for another partition
        expected = {"partition 2", "partition 3"}
        await eventually(lambda: len(told) >= 2, "the dead are told of")
        assert sources(told[:2], Phase.START) == expected
        assert "no sign of partition 2 for 36" in told[0].text
        assert log.unreadable_records == 2
        await produce(broker, topic, *[pulse_of(number, at_ms=now_ms()) for number in range(4)])
        await eventually(lambda: sources(told, Phase.END) >= expected, "they are heard again")


async def test_a_topic_that_is_not_there_is_no_blindness_and_its_silence_is_told(broker: Broker) -> None:
    topic = f"pulse-{uuid.uuid4()}"
    async with watching(broker, topic) as (log, told):
        await eventually(lambda: bool(told), "it is told that nobody watches")
        assert log.obstacle() is NotLive.NO_TOPIC
        assert log.blindness() is None
        assert told[0].text == "Monitoring stalled: no worker has been seen"
        await produce(broker, topic, pulse_of(0, at_ms=now_ms()))
        await eventually(lambda: told[-1].phase is Phase.END or len(told) > 1, "a worker is seen")


async def test_a_broker_that_is_gone_is_blindness_and_nothing_is_told() -> None:
    told: list[AlarmEvent] = []
    watch = MonitoringWatch(told.append, WatchLimits(silent_s=0.1, behind_s=0.1))
    log = PulseLog(watch, lambda: TopicReader("pulse", {"bootstrap_servers": "127.0.0.1:1"}))
    running = [asyncio.create_task(log.run()), asyncio.create_task(log.look())]
    await eventually(lambda: log.blindness() is NotLive.KAFKA_UNREACHABLE, "it knows that it is blind")
    assert told == []
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
