"""`wardwatch simulate`: wearers that don't exist, into Kafka or into a file."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event
from typing import IO, Any

import click

from wardwatch.adapters.kafka_producer import NotDeliveredError, ReadingProducer
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.pacing import Pacer, sleep_unless, start_not_ahead_ms
from wardwatch.cli.configured import settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.simulated_plan import FAULT, ILLNESS, Order, plan_of
from wardwatch.cli.stopping import stopped_by_signals
from wardwatch.cli.times import DURATION, INSTANT, SPEED
from wardwatch.composition import kafka_client_options
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import ROSTER
from wardwatch_simulators import Arrival, Deterioration, DeviceFault, Simulation, encode_truth
from wardwatch_simulators.faults import MIXTURES
from wardwatch_simulators.scenarios import READY

# 2026-01-01T00:00:00Z, unless told otherwise, so that a seed always gives the same file.
_START_OF_FILES_MS = 1_767_225_600_000
_DAY_S = 86_400


@click.command("simulate")
@click.option("--wearers", type=click.IntRange(1, 100_000), help="How many.  [default: 20]")
@click.option(
    "--course",
    "courses",
    type=ILLNESS,
    multiple=True,
    help="A course of illness, and how many have it, as in sepsis:3; may be repeated.",
)
@click.option(
    "--deteriorating",
    type=click.IntRange(0),
    help="How many fall ill, the courses in turn.  [default: one in ten, where no --course is given]",
)
@click.option("--faults", type=click.Choice(list(MIXTURES)), help="Of devices, by chance.  [default: none]")
@click.option(
    "--fault",
    "failures",
    type=FAULT,
    multiple=True,
    help="A fault, and how many devices have it once, as in off_body:2; may be repeated.",
)
@click.option(
    "--scenario",
    metavar="NAME|FILE",
    help=f"In place of these options: a TOML file, or one of {', '.join(READY)}.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same wearers."
)
@click.option(
    "--duration",
    "duration_s",
    type=DURATION,
    help="On the wearers' clock.  [default: the scenario's, or no end; with a --speed above 1, 1d]",
)
@click.option("--speed", type=SPEED, help="Into Kafka: times real time, or max.  [default: 1]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, allow_dash=True),
    help="JSON Lines instead; - is standard output.",
)
@click.option(
    "--truth",
    "truth_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Who really fell ill, which devices failed, and when.",
)
@click.option("--start", "start_ms", type=INSTANT, help="Of a file.  [default: 2026-01-01]")
def command(  # noqa: PLR0913 (one argument an option)
    *,
    wearers: int | None,
    courses: tuple[tuple[str, int], ...],
    deteriorating: int | None,
    faults: str | None,
    failures: tuple[tuple[str, int], ...],
    scenario: str | None,
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
    instead, as fast as it goes. Some wearers fall ill, and devices may fail; --truth writes down who, of what
    and when. Illnesses and faults begin between a tenth and a half of the --duration.

    \b
    Examples:
      wardwatch simulate --wearers 500 --course sepsis:3 --faults realistic --duration 2h --speed 60
      wardwatch simulate --scenario night_shift --out night.jsonl --truth truth.jsonl
    """
    if out is None and start_ms is not None:
        raise click.UsageError("--start goes with --out; into Kafka, the wearers' clock goes by ours.")
    if out is not None and speed is not None:
        raise click.UsageError("--speed goes with Kafka; --out writes as fast as it goes.")
    speed = speed or 1.0
    order = Order(wearers, courses, deteriorating, faults, failures, scenario, duration_s)
    if duration_s is None and scenario is None and speed > 1:
        order = order.lasting(_DAY_S)
    plan = plan_of(order)
    if out is None:
        start_ms = start_not_ahead_ms(time.time_ns() // 1_000_000, 1000 * (plan.lasts_s or 0), speed)
    elif start_ms is None:
        start_ms = _START_OF_FILES_MS + 1000 * plan.starts_s
    simulation = Simulation(
        plan if scenario else plan.starting(start_ms // 1000 % _DAY_S), seed=seed, start_ms=start_ms
    )
    # The truth is written last, and its file is opened first: a run of hours must not end with a wrong path.
    with _opened(truth_path, "--truth") if truth_path else nullcontext() as truth_file:
        sent = _into_kafka(simulation, speed) if out is None else _write(simulation, out)
        truth = simulation.truth()
        if truth_file is not None:
            truth_file.writelines(encode_truth(record) + b"\n" for record in truth)
    ill = sum(isinstance(record, Deterioration) for record in truth)
    failed = sum(isinstance(record, DeviceFault) for record in truth)
    click.echo(
        f"{sent:,} readings of {plan.count:,} simulated wearers, {ill:,} of them ill; "
        f"{failed:,} device faults.",
        err=True,
    )


def _into_kafka(simulation: Simulation, speed: float) -> int:
    settings = settings_or_exit()
    silence_kafka_client()
    try:
        return asyncio.run(_send(simulation, speed, kafka_client_options(settings)))
    except NotDeliveredError as error:
        raise UsersError(
            f"{settings.kafka_bootstrap_servers} does not take the readings ({error}); is "
            "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS right? With --out no broker is needed."
        ) from error
    except asyncio.CancelledError:
        raise UsersError("stopped at once: some readings may not have been delivered.") from None


async def _send(simulation: Simulation, speed: float, client_options: Mapping[str, Any]) -> int:
    """Send the roster, then what arrives until the end or a signal; returns how many."""
    sent = 0
    with stopped_by_signals() as stopping:
        pacer = Pacer(speed, sleep_s=sleep_unless(stopping))
        async with ReadingProducer(client_options) as producer:
            for placement in simulation.placements:
                await producer.send(placement.patient, encode_placement(placement), simulation.now_ms, ROSTER)
            async for due_ms, patient, payload in _ahead(simulation):
                await pacer.until(due_ms)
                if stopping.is_set():
                    break
                await producer.send(patient, payload, due_ms)
                sent += 1
            await producer.flush()
    return sent


async def _ahead(simulation: Simulation) -> AsyncIterator[Arrival]:
    """All that arrives; a second is worked out in a thread while the one before it is sent."""
    seconds = simulation.seconds()
    coming = asyncio.create_task(asyncio.to_thread(next, seconds, None))
    while (arrived := await coming) is not None:
        coming = asyncio.create_task(asyncio.to_thread(next, seconds, None))
        for arrival in arrived:
            yield arrival


def _write(simulation: Simulation, out: Path) -> int:
    """Write what arrives as JSON Lines until the end or a signal; returns how many."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Only noted, so that what is under way ends at a whole line.
        signal.signal(number, lambda *_: stopped.set())
    sent = 0
    with _opened(out, "--out") as sink:
        try:
            for arrived in simulation.seconds():
                sink.writelines(arrival.payload + b"\n" for arrival in arrived)
                sent += len(arrived)
                if stopped.is_set():
                    break
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
