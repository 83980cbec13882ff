"""The floor: aiokafka's `getmany` on uvloop, msgspec decoding every record, and nothing else."""

from __future__ import annotations

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer

from benchmarks.peers.job import Meter, bootstrap_servers


class Reading(msgspec.Struct):
    """The fields of a reading, without the checks that wardwatch makes."""

    v: int
    patient: str
    device: str
    observed_at_ms: int
    seq: int | None = None
    heart_rate: float | None = None
    oxygen_saturation: float | None = None
    respiratory_rate: float | None = None
    body_temperature: float | None = None
    systolic_pressure: float | None = None
    diastolic_pressure: float | None = None
    steps: float | None = None
    signal_quality: float | None = None
    worn: bool | None = None
    battery: float | None = None


async def _drain() -> None:
    decode = msgspec.json.Decoder(Reading).decode
    meter = Meter()
    consumer = AIOKafkaConsumer(
        "vitals.readings",
        bootstrap_servers=bootstrap_servers(),
        group_id="getmany-msgspec",
        auto_offset_reset="earliest",
        max_poll_records=None,
    )
    await consumer.start()
    try:
        while True:
            batches = await consumer.getmany(timeout_ms=1000, max_records=4096)
            decoded = 0
            for records in batches.values():
                decoded += len([decode(record.value) for record in records])
            if decoded and meter.count(decoded):
                break
    finally:
        await consumer.stop()
    meter.report()


if __name__ == "__main__":
    uvloop.run(_drain())
