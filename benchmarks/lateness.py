"""Whether simulated wearers keep their time on the way to a real Apache Kafka, and what that costs.

    python -m benchmarks.lateness --json

10,000 wearers at 1 Hz, sent as `wardwatch simulate` sends them, by a process that has one core:

- `lateness_ms`: from when a reading was due to when it was handed to Kafka's client,
- `delivered_ms`: to when the broker wrote it down, by the broker's clock,
- `core_share`: how much of its core the process used.

Beside it, at the same pace and with the same settings, bare producers send as many ready-made records of the
same size; `times_bare_...` is how many times their share of the core simulating takes. Each is a process
of its own, and no two run at once.

Where there are more cores than one, broker and benchmark keep to the others.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from typing import Any

import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from benchmarks.lateness_senders import BARE_TOPIC, keep_to
from tests.support.apache_kafka import ApacheKafka
from wardwatch.wire.topics import READINGS, ROSTER

PARTITIONS = 4
TARGET_MS = 100
_BARE = ("aiokafka", "confluent")
_OBSERVED = re.compile(rb'"observed_at_ms":(\d+)')
_AT_ONCE = 10_000
_LOOK_S, _ANSWER_S = 0.2, 60.0


def _sender(name: str, cores: set[int], bootstrap_servers: str, wearers: int, seconds: int) -> dict[str, Any]:
    """What a process says that sends in this way, on these cores."""
    command = [sys.executable, "-m", "benchmarks.lateness_senders", name, bootstrap_servers]
    done = subprocess.run(
        [*command, str(wearers), str(seconds), *map(str, sorted(cores))], stdout=subprocess.PIPE, check=True
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def delivered_ms(bootstrap_servers: str, shift_ms: int, readings: int) -> dict[str, float]:
    """How long after they were due the broker had the readings; the wearers' clock is ``shift_ms`` behind."""
    late_ms: list[int] = []
    heard_s = time.monotonic()
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "lateness"})
    consumer.assign([TopicPartition(READINGS, number, OFFSET_BEGINNING) for number in range(PARTITIONS)])
    while len(late_ms) < readings:
        records = consumer.consume(_AT_ONCE, timeout=_LOOK_S)
        if records:
            heard_s = time.monotonic()
        elif time.monotonic() > heard_s + _ANSWER_S:
            raise TimeoutError(f"{readings - len(late_ms)} readings have not come to the broker")
        for record in records:
            observed = _OBSERVED.search(record.value() or b"")
            if observed is not None:
                late_ms.append(record.timestamp()[1] - int(observed[1]) - shift_ms)
    consumer.close()
    return percentiles(late_ms)


def percentiles(late_ms: list[int]) -> dict[str, float]:
    """The middle, and what all but one in a hundred keep to."""
    p50, p99 = np.percentile(late_ms, [50, 99])
    return {"p50": round(float(p50), 1), "p99": round(float(p99), 1)}


def run(wearers: int, seconds: int) -> dict[str, Any]:
    """All figures."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    one = {min(cores)}
    # The broker inherits it.
    keep_to(cores - one or one)
    with ApacheKafka(heap_mb=1024) as kafka:
        at = kafka.bootstrap_servers
        kafka.create_topics(
            READINGS, partitions=PARTITIONS, config={"message.timestamp.type": "LogAppendTime"}
        )
        kafka.create_topics(ROSTER, BARE_TOPIC, partitions=PARTITIONS)
        _say(f"{wearers} wearers for {seconds} s …")
        simulator = _sender("simulator", one, at, wearers, seconds)
        shift_ms = simulator.pop("shift_ms")
        simulator["delivered_ms"] = delivered_ms(at, shift_ms, simulator["readings"])
        figures: dict[str, Any] = {"wearers": wearers, "seconds": seconds, "cores": len(cores)} | simulator
        figures["target_ms"] = TARGET_MS
        figures["target_is_met"] = figures["lateness_ms"]["p99"] < TARGET_MS
        for name in _BARE:
            _say(f"As many ready-made records with {name} …")
            bare = figures[f"bare_{name}"] = _sender(name, one, at, wearers, seconds)
            figures[f"times_bare_{name}"] = round(simulator["core_share"] / bare["core_share"], 2)
    return figures


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How late simulated readings come to Kafka.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--wearers", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=180)
    arguments = parser.parse_args()
    figures = run(arguments.wearers, arguments.seconds)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:22} {figure}")


if __name__ == "__main__":
    main()
