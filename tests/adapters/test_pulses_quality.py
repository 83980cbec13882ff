"""What a worker's partitions tell of how good their alarms are: what nurses did and said, to the record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from functools import partial
from typing import Any

import numpy as np
import pytest

from tests.support.fake_records import FakeRecord, reading_record
from wardwatch.adapters.partition import Partition
from wardwatch.adapters.pulses import Pulses
from wardwatch.core.alarming.commands import Command, Label, Verb
from wardwatch.core.calibration_watch import DAY_MS, CalibrationWatch
from wardwatch.core.events import Actor, Role
from wardwatch.core.monitor import Monitor
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.commands import encode_command
from wardwatch.wire.pulse import Pulse, decode_pulse
from wardwatch.wire.quality import Quality, decode_quality
from wardwatch.wire.topics import ALERTS, COMMANDS, PULSE, QUALITY, READINGS

NURSE = Actor(name="Anna Berg", role=Role.NURSE)


class Worker:
    """One partition that a real monitor watches."""

    def __init__(self) -> None:
        self.calibration = CalibrationWatch(10.0)
        restore = partial(Monitor.restore, listener=self.calibration.listen)
        self.partition = Partition(
            0, generation=1, changelog={}, restore=restore, calibration=self.calibration
        )
        self.pulses: list[Pulse] = []
        self.told: list[Quality] = []
        self.raw = b""
        self._pulses = Pulses(self, worker="host:1")

    async def is_watching(self) -> bool:
        return True

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None
    ) -> Awaitable[Any]:
        assert (partition, key) == (0, b"0")
        if topic == QUALITY:
            self.told.append(decode_quality(value))
            self.raw += value or b""
        else:
            assert topic == PULSE
            self.pulses.append(decode_pulse(value))
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        acknowledged.set_result(None)
        return acknowledged

    async def beat(self) -> None:
        self._pulses.beat({0: self}, {}, time.monotonic())
        for _ in range(5):
            await asyncio.sleep(0)

    def alarm(self) -> str:
        """A heart that is too fast for long enough; the alarm's name."""
        readings = [reading_record(offset, heart_rate=152) for offset in range(200)]
        messages = self.partition.take(READINGS, readings)
        (event,) = [decode_alarm(message.value) for message in messages if message.topic == ALERTS]
        return event.alarm

    def command(self, verb: Verb, alarm: str, label: Label | None = None) -> None:
        offset = self.partition.positions[COMMANDS]
        command = Command(
            command=f"c-{offset}", patient="p-1", verb=verb, by=NURSE, at_ms=0, alarm=alarm, label=label
        )
        record = FakeRecord(COMMANDS, offset, b"p-1", encode_command(command), timestamp=199_000)
        self.partition.take(COMMANDS, [record])


async def test_what_nurses_did_and_said_is_told_and_names_nobody() -> None:
    worker = Worker()
    alarm = worker.alarm()
    worker.command(Verb.ACKNOWLEDGE, alarm)
    worker.command(Verb.FEEDBACK, alarm, Label.NOT_ACTIONABLE)
    worker.command(Verb.FEEDBACK, alarm, Label.ACTIONABLE)
    await worker.beat()
    (quality,) = worker.told
    assert (quality.partition, quality.worker) == (0, "host:1")
    assert quality.since_ms <= quality.at_ms
    (rule,) = quality.rules.values()
    assert [*quality.rules] == ["heart_rate.high"]
    assert (rule.alarms, rule.acknowledged, rule.labels[Label.ACTIONABLE]) == (1, 1, 1)
    assert sum(rule.labels.values()) == 1
    for name in (b"p-1", b"Anna", alarm.encode()):
        assert name not in worker.raw


async def test_without_alarms_and_p_values_there_is_nothing_to_tell_and_after_that_once_a_minute() -> None:
    worker = Worker()
    await worker.beat()
    assert worker.told == []
    worker.alarm()
    await worker.beat()
    await worker.beat()
    assert len(worker.told) == 1
    assert len(worker.pulses) == 3


async def test_a_drift_is_in_the_pulse_and_in_the_record() -> None:
    worker = Worker()
    random = np.random.default_rng(3)
    for day in range(20):
        p_values = random.random(200)
        worker.calibration.give(p_values if day < 10 else p_values**2)
        worker.calibration.end_day((day + 1) * DAY_MS)
    await worker.beat()
    (pulse,), (quality,) = worker.pulses, worker.told
    assert pulse.drift is not None
    assert pulse.drift.direction == "more"
    assert pulse.drift == quality.drift
    assert quality.p_values == 4000


async def test_a_calibration_that_can_not_be_looked_at_holds_up_no_pulse(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: CalibrationWatch) -> None:
        raise ValueError("p-1")

    monkeypatch.setattr(CalibrationWatch, "has_day_to_end", True)
    monkeypatch.setattr(CalibrationWatch, "look", fail)
    worker = Worker()
    await worker.beat()
    assert len(worker.pulses) == 1
    assert "The calibration could not be looked at: ValueError" in caplog.text
    assert "p-1" not in caplog.text
