"""`wardwatch simulate`: wearers that don't exist, into Kafka or into a file."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from itertools import chain, count
from pathlib import Path
from threading import Event
from typing import IO, Any

import click

from wardwatch.adapters.kafka_producer import NotDeliveredError, ReadingProducer
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.pacing import Pacer, sleep_unless, start_not_ahead_ms
from wardwatch.cli.configured import settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.stopping import stopped_by_signals
from wardwatch.cli.times import DURATION, INSTANT, SPEED
from wardwatch.composition import kafka_client_options
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import ROSTER
from wardwatch_simulators import Ward, encode_truth

# 2026-01-01T00:00:00Z, unless told otherwise, so that a seed always gives the same file.
_START_OF_FILES_MS = 1_767_225_600_000
_LONGEST_BY_DEFAULT_S = 86_400


@click.command("simulate")
@click.option("--wearers", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many.")
@click.option(
    "--deteriorating",
    type=click.IntRange(0),
    help="How many of them fall ill, 10 to 30 minutes after the start.  [default: one in ten]",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same wearers."
)
@click.option(
    "--duration",
    "duration_s",
    type=DURATION,
    help="On the wearers' clock.  [default: no end; with a --speed above 1, 1d]",
)
@click.option("--speed", type=SPEED, help="Into Kafka: times real time, or max.  [default: 1]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, allow_dash=True),
    help="JSON Lines instead; - is standard output.",
)
@click.option(
    "--truth", "truth_path", type=click.Path(path_type=Path, dir_okay=False), help="Who fell ill, and when."
)
@click.option("--start", "start_ms", type=INSTANT, help="Of a file.  [default: 2026-01-01T00:00:00Z]")
def command(  # noqa: PLR0913 (one argument an option)
    *,
    wearers: int,
    deteriorating: int | None,
    seed: int,
    duration_s: int | None,
    speed: float | None,
    out: Path | None,
    truth_path: Path | None,
    start_ms: int | None,
) -> None:
    """Send the readings of wearers that don't exist.

    They go to Kafka, to the broker that WARDWATCH_KAFKA_BOOTSTRAP_SERVERS names, at real time or times
    --speed; then the wearers' clock begins so long ago that it ends now. With --out they become JSON Lines
    instead, as fast as it goes. Some wearers fall ill; --truth writes down who, of what and when.

    \b
    Examples:
      wardwatch simulate --wearers 100 --deteriorating 3 --duration 1h --speed 60
      wardwatch simulate --seed 7 --duration 2h --out ward.jsonl --truth truth.jsonl
    """
    if out is None and start_ms is not None:
        raise click.UsageError("--start goes with --out; into Kafka, the wearers' clock goes by ours.")
    if out is not None and speed is not None:
        raise click.UsageError("--speed goes with Kafka; --out writes as fast as it goes.")
    if deteriorating is None:
        deteriorating = -(-wearers // 10)
    if deteriorating > wearers:
        raise click.BadParameter("there are not so many wearers.", param_hint="--deteriorating")
    speed = speed or 1.0
    if duration_s is None and speed > 1:
        duration_s = _LONGEST_BY_DEFAULT_S
    if out is None:
        start_ms = start_not_ahead_ms(time.time_ns() // 1_000_000, 1000 * (duration_s or 0), speed)
    elif start_ms is None:
        start_ms = _START_OF_FILES_MS
    ward = Ward(wearers=wearers, deteriorating=deteriorating, seed=seed, start_ms=start_ms)
    seconds = count() if duration_s is None else range(duration_s)
    # The truth is written last, and its file is opened first: a run of hours must not end with a wrong path.
    with _opened(truth_path, "--truth") if truth_path else nullcontext() as truth_file:
        sent = _into_kafka(ward, seconds, speed) if out is None else _write(ward, seconds, out)
        truth = ward.truth()
        if truth_file is not None:
            truth_file.writelines(encode_truth(record) + b"\n" for record in truth)
    click.echo(f"{sent:,} readings of {wearers:,} simulated wearers, {len(truth)} of them ill.", err=True)


def _into_kafka(ward: Ward, seconds: Iterable[int], speed: float) -> int:
    settings = settings_or_exit()
    silence_kafka_client()
    try:
        return asyncio.run(_send(ward, seconds, speed, kafka_client_options(settings)))
    except NotDeliveredError as error:
        raise UsersError(
            f"{settings.kafka_bootstrap_servers} does not take the readings ({error}); is "
            "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS right? With --out no broker is needed."
        ) from error
    except asyncio.CancelledError:
        raise UsersError("stopped at once: some readings may not have been delivered.") from None


async def _send(ward: Ward, seconds: Iterable[int], speed: float, client_options: Mapping[str, Any]) -> int:
    """Send the roster, then the readings until the end or a signal; returns how many."""
    sent = 0
    with stopped_by_signals() as stopping:
        pacer = Pacer(speed, sleep_s=sleep_unless(stopping))
        async with ReadingProducer(client_options) as producer:
            for placement in ward.placements:
                await producer.send(placement.patient, encode_placement(placement), ward.now_ms, ROSTER)
            for reading in chain.from_iterable(ward.next_second() for _ in seconds):
                await pacer.until(reading.observed_at_ms)
                if stopping.is_set():
                    break
                await producer.send(reading.patient, encode_reading(reading), reading.observed_at_ms)
                sent += 1
            await producer.flush()
    return sent


def _write(ward: Ward, seconds: Iterable[int], out: Path) -> int:
    """Write the readings as JSON Lines until the end or a signal; returns how many."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Only noted, so that what is under way ends at a whole line.
        signal.signal(number, lambda *_: stopped.set())
    sent = 0
    with _opened(out, "--out") as sink:
        try:
            for _ in seconds:
                if stopped.is_set():
                    break
                lines = [encode_reading(reading) + b"\n" for reading in ward.next_second()]
                sink.writelines(lines)
                sent += len(lines)
            sink.flush()
        except BrokenPipeError:
            # Whoever reads our output has enough, as `head` does. Nothing more can be flushed to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return sent


@contextmanager
def _opened(path: Path, option: str) -> Iterator[IO[bytes]]:
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    try:
        sink = path.open("wb")
    except OSError as error:
        raise UsersError(f"{path} can't be written ({error.strerror}); choose another {option}.") from error
    with sink:
        yield sink
