"""How fast a worker drains a topic that was filled beforehand, beside its peers on the same broker.

`getmany_msgspec` is the floor below which no consumer in Python gets: fetch and decode. `faust_river` is what
one would write first, and `faust_river_tuned` the same with every setting that helps. `wardwatch` is the
worker as it is deployed: decoding with every check, gate, NEWS2, limits, baselines, alarms, checkpoints and
statuses. Each is one process, and they run one after the other.

    python -m benchmarks.drain --json

Figures are readings (messages) a second. wardwatch's is taken from the offsets that it commits, so that what
counts is what would survive a crash.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import numpy as np
from confluent_kafka import Producer

from benchmarks.peers import job
from tests.support.apache_kafka import ApacheKafka
from wardwatch.adapters.kafka_lag import GroupLag
from wardwatch.core.reading import Reading
from wardwatch.wire import topics
from wardwatch.wire.readings import encode_reading

_PARTITIONS = 4
_START_MS = 1_795_288_000_000
_GROUP = "drain"
_DEADLINE_S = 600.0


def _payloads(patients: int, seconds: int) -> Iterator[tuple[str, int, bytes]]:
    """Patients at 1 Hz in step, with six vitals: who, when, what."""
    rng = np.random.default_rng(7)
    usual = rng.normal([75, 97, 16, 36.8, 122, 78], [8, 0.8, 2, 0.2, 9, 6], (patients, 6))
    for second in range(seconds):
        noise = rng.normal(0, [1.5, 0.5, 0.7, 0.05, 2, 2], (patients, 6))
        values = np.round(usual + noise, 1)
        values[:, 1] = np.minimum(values[:, 1], 100.0)
        at_ms = _START_MS + second * 1000
        for number, row in enumerate(values.tolist()):
            measured = dict(zip(job.VITALS, row, strict=True))
            patient = f"p-{number}"
            reading = Reading(
                patient=patient,
                device=f"d-{number}",
                observed_at_ms=at_ms,
                seq=second,
                steps=0,
                signal_quality=0.95,
                worn=True,
                battery=80,
                **measured,
            )
            yield patient, at_ms, encode_reading(reading)


def _fill(bootstrap_servers: str, patients: int, seconds: int) -> None:
    producer = Producer(
        {
            "bootstrap.servers": bootstrap_servers,
            "partitioner": "murmur2_random",
            "linger.ms": 50,
            "batch.size": 512 * 1024,
            "queue.buffering.max.messages": 200_000,
        }
    )
    for patient, at_ms, payload in _payloads(patients, seconds):
        while True:
            try:
                producer.produce(topics.READINGS, payload, key=patient.encode(), timestamp=at_ms)
                break
            except BufferError:
                producer.poll(0.05)
        producer.poll(0)
    producer.flush()


def _peer(module: str, bootstrap_servers: str, readings: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            job.BOOTSTRAP_SERVERS: bootstrap_servers,
            job.READINGS: str(readings),
            "BENCHMARK_FOLDER": folder,
        }
        command = [sys.executable, "-m", f"benchmarks.peers.{module}"]
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, check=True, timeout=_DEADLINE_S
        )
    figure = json.loads(done.stdout.splitlines()[-1])["readings_per_second"]
    return float(figure)


async def _watch_commits(bootstrap_servers: str, readings: int) -> float:
    """Readings a second between the first commit and the last but one that was seen."""
    deadline_s = time.monotonic() + _DEADLINE_S
    seen: list[tuple[float, int]] = []
    async with GroupLag(_GROUP, [topics.READINGS], {"bootstrap_servers": bootstrap_servers}) as lag:
        while time.monotonic() < deadline_s:
            done = readings - await lag.records_behind()
            if done >= readings:
                break
            if done and (not seen or done > seen[-1][1]):
                seen.append((time.perf_counter(), done))
            await asyncio.sleep(0.02)
        else:
            raise TimeoutError("the worker did not drain the topic")
    (first_s, first), (last_s, last) = seen[0], seen[-1]
    return (last - first) / (last_s - first_s)


def _wardwatch(bootstrap_servers: str, readings: int) -> float:
    environment = os.environ | {
        "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
        "WARDWATCH_CONSUMER_GROUP": _GROUP,
        "WARDWATCH_PARTITIONS": str(_PARTITIONS),
    }
    with subprocess.Popen([sys.executable, "-m", "wardwatch", "worker"], env=environment) as worker:
        try:
            return asyncio.run(_watch_commits(bootstrap_servers, readings))
        finally:
            worker.terminate()


def _run(patients: int, seconds: int) -> dict[str, int]:
    """Readings a second by name, in the order of the runs."""
    readings = patients * seconds
    # The plain agents are far slower: the first of the same readings are enough for them.
    fewer = min(readings, 300_000)
    with ApacheKafka(heap_mb=1024) as kafka:
        kafka.create_topics(*topics.ALL, partitions=_PARTITIONS)
        print(f"Filling {topics.READINGS} with {readings} readings …", file=sys.stderr, flush=True)
        _fill(kafka.bootstrap_servers, patients, seconds)
        figures: dict[str, int] = {}
        runs: list[tuple[str, Callable[[], float]]] = [
            ("getmany_msgspec", lambda: _peer("getmany_msgspec", kafka.bootstrap_servers, readings)),
            ("wardwatch", lambda: _wardwatch(kafka.bootstrap_servers, readings)),
            ("faust_river", lambda: _peer("faust_river", kafka.bootstrap_servers, fewer)),
            ("faust_river_tuned", lambda: _peer("faust_river_tuned", kafka.bootstrap_servers, fewer)),
        ]
        for name, measure in runs:
            print(f"{name} …", file=sys.stderr, flush=True)
            figures[name] = round(measure())
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Readings a second, beside its peers on the same broker.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=600, help="readings of each patient, at 1 Hz")
    arguments = parser.parse_args()
    measured = _run(arguments.patients, arguments.seconds)
    figures = measured | {
        "order": list(measured),
        "times_faust_river": round(measured["wardwatch"] / measured["faust_river"], 1),
        "share_of_getmany": round(measured["wardwatch"] / measured["getmany_msgspec"], 2),
    }
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:20} {figure}")


if __name__ == "__main__":
    main()
