"""How fast a worker drains a topic that was filled beforehand, beside its peers on the same broker.

`getmany_msgspec` is the floor below which no consumer in Python gets: fetch and decode. `wardwatch` is the
worker as it is deployed: decoding with every check, gate, NEWS2, limits, baselines, alarms, checkpoints and
statuses. `quix` (Quix Streams) and `bytewax` hold each vital against limits and against what is usual for its
patient, as their users would write it for speed. `faust_river` is what one would write first with Faust, and
`faust_river_tuned` the same with every setting that helps. Each is one process, and they run one after the
other; a peer that is not installed is left out, and said so.

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
from collections.abc import Iterator
from importlib.util import find_spec

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

_WARDWATCH = "wardwatch"
# In the order of the runs: the fastest one after the other, so that they share what else the machine does.
_ORDER = ("getmany_msgspec", _WARDWATCH, "bytewax", "quix", "faust_river", "faust_river_tuned")
# These are far slower: the first of the same readings are enough for them.
_SLOW = ("faust_river", "faust_river_tuned")
_ENOUGH_FOR_SLOW = 300_000
# What a peer needs besides wardwatch's own dependencies.
_NEEDS = {
    "getmany_msgspec": "uvloop",
    "bytewax": "bytewax",
    "quix": "quixstreams",
    "faust_river_tuned": "uvloop",
}


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
    command = [sys.executable, "-m", "wardwatch", "worker"]
    # Its greeting must not come before the figures.
    with subprocess.Popen(command, env=environment, stdout=sys.stderr) as worker:
        try:
            return asyncio.run(_watch_commits(bootstrap_servers, readings))
        finally:
            worker.terminate()


def _installed() -> list[str]:
    """The runs for which all is installed, in order; says of the others how to install them."""
    names = []
    for name in _ORDER:
        package = _NEEDS.get(name)
        if package is None or find_spec(package) is not None:
            names.append(name)
            continue
        _say(
            f"{name} is left out: {package} is not installed here; `make bench` installs it and runs the "
            "benchmark, or pip install --group bench, where there is a release of it for this Python."
        )
    return names


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _run(patients: int, seconds: int) -> dict[str, int]:
    """Readings a second by name, in the order of the runs."""
    names = _installed()
    readings = patients * seconds
    figures: dict[str, int] = {}
    with ApacheKafka(heap_mb=1024) as kafka:
        kafka.create_topics(*topics.ALL, partitions=_PARTITIONS)
        _say(f"Filling {topics.READINGS} with {readings} readings …")
        _fill(kafka.bootstrap_servers, patients, seconds)
        for name in names:
            _say(f"{name} …")
            if name == _WARDWATCH:
                figure = _wardwatch(kafka.bootstrap_servers, readings)
            else:
                wanted = min(readings, _ENOUGH_FOR_SLOW) if name in _SLOW else readings
                figure = _peer(name, kafka.bootstrap_servers, wanted)
            figures[name] = round(figure)
    return figures


def _compared(measured: dict[str, int]) -> dict[str, float]:
    """How many times as fast as its peers wardwatch is, and its share of the floor."""
    ours = measured[_WARDWATCH]
    peers = [name for name in ("faust_river", "quix", "bytewax") if name in measured]
    compared = {f"times_{name}": round(ours / measured[name], 1) for name in peers}
    if "getmany_msgspec" in measured:
        compared["share_of_getmany"] = round(ours / measured["getmany_msgspec"], 2)
    return compared


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Readings a second, beside its peers on the same broker.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=600, help="readings of each patient, at 1 Hz")
    arguments = parser.parse_args()
    measured = _run(arguments.patients, arguments.seconds)
    figures = {**measured, "order": list(measured), **_compared(measured)}
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:20} {figure}")


if __name__ == "__main__":
    main()
