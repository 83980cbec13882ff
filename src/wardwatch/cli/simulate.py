"""`wardwatch simulate`: wearers that don't exist, into Kafka or into a file."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
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
from wardwatch.cli.simulated_plan import FAULT, ILLNESS, Order, plan_of, slow_courses
from wardwatch.cli.stopping import stopped_by_signals
from wardwatch.cli.times import DURATION, INSTANT, SPEED
from wardwatch.composition import kafka_client_options
from wardwatch.simulating import Sent, send
from wardwatch.wire.topics import ALL
from wardwatch_simulators import Deterioration, DeviceFault, Simulation, encode_truth
from wardwatch_simulators.faults import MIXTURES
from wardwatch_simulators.living import DEVICE_KINDS
from wardwatch_simulators.scenarios import READY
from wardwatch_simulators.truth import TOPIC

# 2026-01-01T00:00:00Z, unless told otherwise, so that a seed always gives the same file.
_START_OF_FILES_MS = 1_767_225_600_000
_DAY_S = 86_400
# Whoever is a second late does not play in real time any more.
_KEPT_UP_WITHIN_MS = 1000


@click.command("simulate")
@click.option("--wearers", type=click.IntRange(1, 100_000), help="How many.  [default: 20]")
@click.option(
    "--device",
    "devices",
    type=click.Choice(list(DEVICE_KINDS)),
    multiple=True,
    help="What each of them wears; may be repeated.  [default: ward_set]",
)
@click.option(
    "--course",
    "courses",
    type=ILLNESS,
    multiple=True,
    help="A course of illness, how many have it, and within what time it is at its worst (the course's own, "
    "unless told), as in sepsis:3 or sepsis:3:1h; may be repeated.",
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
@click.option(
    "--truth-topic",
    metavar="TOPIC",
    help=f"Into Kafka: the same as it happens, into a topic of its own, such as {TOPIC}.",
)
@click.option("--start", "start_ms", type=INSTANT, help="Of a file.  [default: 2026-01-01]")
def command(  # noqa: PLR0913 (one argument an option)
    *,
    wearers: int | None,
    devices: tuple[str, ...],
    courses: tuple[tuple[str, int, int | None], ...],
    deteriorating: int | None,
    faults: str | None,
    failures: tuple[tuple[str, int], ...],
    scenario: str | None,
    seed: int,
    duration_s: int | None,
    speed: float | None,
    out: Path | None,
    truth_path: Path | None,
    truth_topic: str | None,
    start_ms: int | None,
) -> None:
    """Send the readings of wearers that don't exist.

    They go to Kafka, to the broker that WARDWATCH_KAFKA_BOOTSTRAP_SERVERS names, at real time or times
    --speed; then the wearers' clock begins so long ago that it ends now. With --out they become JSON Lines
    instead, as fast as it goes. Some wearers fall ill, and devices may fail; --truth and --truth-topic tell
    who, of what and when. Illnesses and faults begin between a tenth and a half of the --duration.

    \b
    Examples:
      wardwatch simulate --wearers 500 --course sepsis:3 --faults realistic --duration 2h --speed 60
      wardwatch simulate --wearers 20 --course sepsis:3:1h --duration 2h --speed 60
      wardwatch simulate --scenario night_shift --out night.jsonl --truth truth.jsonl
    """
    _check_together(out, start_ms, speed, truth_topic)
    speed = speed or 1.0
    order = Order(wearers, devices, courses, deteriorating, faults, failures, scenario, duration_s)
    if duration_s is None and scenario is None and speed > 1:
        order = order.lasting(_DAY_S)
    simulation = _simulation(order, seed, start_ms, into_kafka_at=speed if out is None else None)
    # The truth is written last, and its file is opened first: a run of hours must not end with a wrong path.
    with _opened(truth_path, "--truth") if truth_path else nullcontext() as truth_file:
        sent = _into_kafka(simulation, speed, truth_topic) if out is None else _write(simulation, out)
        truth = simulation.truth()
        if truth_file is not None:
            truth_file.writelines(encode_truth(record) + b"\n" for record in truth)
    ill = sum(isinstance(record, Deterioration) for record in truth)
    failed = sum(isinstance(record, DeviceFault) for record in truth)
    click.echo(
        f"{sent.readings:,} readings of {len(simulation.patients):,} simulated wearers, {ill:,} of them ill; "
        f"{failed:,} device faults." + _how_late(sent, speed),
        err=True,
    )


def _check_together(
    out: Path | None, start_ms: int | None, speed: float | None, truth_topic: str | None
) -> None:
    if out is None and start_ms is not None:
        raise click.UsageError("--start goes with --out; into Kafka, the wearers' clock goes by ours.")
    if out is not None and speed is not None:
        raise click.UsageError("--speed goes with Kafka; --out writes as fast as it goes.")
    if out is not None and truth_topic is not None:
        raise click.UsageError("--truth-topic goes with Kafka; beside --out, --truth writes a file.")
    if truth_topic in ALL:
        raise click.UsageError(f"{truth_topic} is wardwatch's own; the truth needs another --truth-topic.")


def _simulation(order: Order, seed: int, start_ms: int | None, *, into_kafka_at: float | None) -> Simulation:
    """The wearers' clock begins as asked; into Kafka, so that at this speed it never gets ahead of ours."""
    plan = plan_of(order)
    if into_kafka_at is not None:
        lasts_ms = 1000 * (plan.lasts_s or 0)
        start_ms = start_not_ahead_ms(time.time_ns() // 1_000_000, lasts_ms, into_kafka_at)
    elif start_ms is None:
        start_ms = _START_OF_FILES_MS + 1000 * plan.starts_s
    for course, hours in slow_courses(plan):
        click.echo(
            f"{course} takes {hours} h to its worst, longer than this lasts: little of it will be seen. "
            f"--course {course}:1:30m makes it quicker.",
            err=True,
        )
    if order.scenario is None:
        plan = plan.starting(start_ms // 1000 % _DAY_S)
    return Simulation(plan, seed=seed, start_ms=start_ms)


def _how_late(sent: Sent, speed: float) -> str:
    """In words, where there was a pace to keep."""
    if not sent.late_ms or math.isinf(speed):
        return ""
    late_ms = sent.within_ms(99)
    told = f" 99 of 100 readings were sent within {late_ms:,} ms of when they were due."
    if late_ms > _KEPT_UP_WITHIN_MS:
        told += " This machine or the broker does not keep up: ask for fewer --wearers or a lower --speed."
    return told


def _into_kafka(simulation: Simulation, speed: float, truth_topic: str | None) -> Sent:
    settings = settings_or_exit()
    silence_kafka_client()
    try:
        return asyncio.run(_send(simulation, speed, kafka_client_options(settings), truth_topic))
    except NotDeliveredError as error:
        raise UsersError(
            f"{settings.kafka_bootstrap_servers} does not take the readings ({error}); is "
            "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS right? With --out no broker is needed."
        ) from error
    except asyncio.CancelledError:
        raise UsersError("stopped at once: some readings may not have been delivered.") from None


async def _send(
    simulation: Simulation, speed: float, client_options: Mapping[str, Any], truth_topic: str | None
) -> Sent:
    with stopped_by_signals() as stopping:
        pacer = Pacer(speed, sleep_s=sleep_unless(stopping))
        async with ReadingProducer(client_options) as producer:
            if truth_topic is not None:
                await _require(producer, truth_topic)
            return await send(simulation, producer, pacer, stopping, truth_topic=truth_topic)


async def _require(producer: ReadingProducer, topic: str) -> None:
    try:
        await producer.require(topic)
    except NotDeliveredError as error:
        raise UsersError(
            f"there is no topic {topic} at the broker, and it makes none by itself ({error}); "
            "create it, or leave --truth-topic away."
        ) from error


def _write(simulation: Simulation, out: Path) -> Sent:
    """Write what arrives as JSON Lines until the end or a signal."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Only noted, so that what is under way ends at a whole line.
        signal.signal(number, lambda *_: stopped.set())
    sent = Sent()
    with _opened(out, "--out") as sink:
        try:
            for arrived in simulation.seconds():
                sink.writelines(arrival.payload + b"\n" for arrival in arrived)
                sent.readings += len(arrived)
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
