"""`wardwatch demo`: everything on this machine, shown as it happens."""

from __future__ import annotations

import asyncio
import json
import math
import time
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from wardwatch.adapters.embedded_broker import EmbeddedBrokerError
from wardwatch.adapters.kafka_producer import NotDeliveredError
from wardwatch.adapters.kafka_topic import LogUnavailableError
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.terminal import PRIORITY_COLOURS, cause_of, printable, time_of_day
from wardwatch.cli.errors import UsersError
from wardwatch.cli.recordings import opened
from wardwatch.cli.stopping import stopped_by_signals
from wardwatch.core.events import AlarmEvent, Cause, Phase, Placement
from wardwatch.demo.children import ChildFailedError
from wardwatch.demo.measuring import Tally
from wardwatch.demo.parts import Parts, running_parts
from wardwatch.demo.reasons import reasons_of
from wardwatch.demo.session import Session
from wardwatch.demo.wearers import RecordedWearers, SimulatedWearers, Wearers
from wardwatch_simulators import Deterioration, DeviceFault

_PLAIN_PROGRESS_EVERY_S = 10.0


class _Seconds(click.FloatRange):
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds: float = super().convert(value, param, ctx)
        if math.isnan(seconds):  # it is in every range
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


@click.command("demo")
@click.option(
    "--seconds",
    type=_Seconds(0, 86_400),
    default=60.0,
    show_default=True,
    help="How long; 0 is until Ctrl-C. A recording is played so fast that it fits.",
)
@click.option("--recording", type=click.Path(path_type=Path), help="Play this instead of simulated wearers.")
@click.option(
    "--patients", type=click.IntRange(1, 1000), help="How many.  [default: 12; of a recording, all]"
)
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object; all else goes to stderr.")
@click.option("--port", type=click.IntRange(1, 65535), help="Of the feed.  [default: any that is free]")
def command(
    *, seconds: float, recording: Path | None, patients: int | None, as_json: bool, port: int | None
) -> None:
    """Run everything here: a broker, wearers, a worker, a feed and a console.

    Nothing needs to be installed or set up. The wearers are simulated, and some of them fall ill within
    seconds; or they are those of a recording, as `wardwatch replay` reads them. It shows how to join from
    another terminal.

    \b
    Examples:
      wardwatch demo
      wardwatch demo --seconds 20 --json
      wardwatch demo --recording sessions.tar.gz
    """
    silence_kafka_client()
    screen = _Screen(Console(stderr=as_json, highlight=False))
    if recording is not None:
        screen.say(f"Reading {printable(recording.name)} ...")
    wearers = _wearers(recording, patients, seconds)
    try:
        limit_s = seconds if seconds and recording is None else None
        tally = asyncio.run(_demonstrate(wearers, screen, port, limit_s))
    except (ChildFailedError, EmbeddedBrokerError) as error:
        raise UsersError(str(error)) from error
    except (NotDeliveredError, LogUnavailableError) as error:
        raise UsersError(f"the embedded broker has failed ({error}); run the demo again.") from error
    except asyncio.CancelledError:
        raise UsersError("stopped at once: what was played is not counted.") from None
    finally:
        screen.close()
    _show_summary(tally, screen)
    if as_json:
        click.echo(json.dumps(tally.summary()))


def _wearers(path: Path | None, patients: int | None, seconds: float) -> Wearers:
    start_ms = time.time_ns() // 1_000_000
    if path is None:
        return SimulatedWearers(patients or 12, start_ms=start_ms)
    wearers = RecordedWearers(opened(path), start_ms=start_ms, seconds=seconds or None, limit=patients)
    if not wearers.count:
        raise UsersError(f"{path} holds no reading; choose another --recording.")
    return wearers


async def _demonstrate(wearers: Wearers, screen: _Screen, port: int | None, limit_s: float | None) -> Tally:
    screen.introduce(wearers)
    patients = [placement.patient for placement in wearers.placements]
    with stopped_by_signals() as stopping:
        async with running_parts(port, patients, wearers.notice) as parts:
            screen.say(
                f"broker  {parts.bootstrap_servers}, inside this process: it forgets everything at exit"
            )
            session = Session(parts, wearers, screen, stopping)
            await session.run(limit_s)
            screen.progress("stopping")
    return session.tally


class _Screen:
    """Lines that stay, and on a terminal one below them that changes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("") if console.is_terminal else None
        self._next_plain_progress_s = 0.0
        self._places: dict[str, Placement] = {}

    def introduce(self, wearers: Wearers) -> None:
        """Say whose readings will be played."""
        self._places = {placement.patient: placement for placement in wearers.placements}
        self.say("wardwatch demo. Not a medical device: nothing here may guide the care of a person.")
        self.say(f"wearers {wearers.label}; their time passes {wearers.speed:,.0f} times as fast as yours")
        if self._status is not None:
            self._status.start()

    def say(self, text: str) -> None:
        """A line that stays."""
        self._show(Text(text))

    def progress(self, text: str) -> None:
        """What is under way; lines that can't be taken back come seldom."""
        if self._status is not None:
            self._status.update(Text(text))
        elif time.monotonic() >= self._next_plain_progress_s:
            self._next_plain_progress_s = time.monotonic() + _PLAIN_PROGRESS_EVERY_S
            self.say(f"... {text}")

    def ready(self, parts: Parts) -> None:
        """Say how to join."""
        self.say(f"Open the nurse station's console in a browser, while this runs: {parts.page_url}")
        self.say("It asks for a token; this one is a charge nurse's, for all wards:")
        self.say(parts.access.persons_token)
        self.say("Or join from another terminal:")
        self.say(f"  WARDWATCH_KAFKA_BOOTSTRAP_SERVERS={parts.bootstrap_servers} wardwatch tail alerts")

    def truth(self, record: Deterioration | DeviceFault) -> None:
        """The simulation tells the truth about a wearer or a device."""
        if isinstance(record, Deterioration):
            at_ms, told = record.onset_ms, f"falls ill (SIMULATED {record.course}): {record.description}"
        else:
            at_ms, told = record.from_ms, f"device fails (SIMULATED {record.fault}): {record.description}"
        line = _line_about(at_ms, self._places[record.patient])
        line.append(told, style="italic")
        self._show(line)

    def alarm(self, event: AlarmEvent, latency_s: float | None) -> None:
        """The console was told of an alarm; that it still sounds, as it does each minute, is left out."""
        if event.cause is Cause.REPEAT:
            return
        style = "dim" if event.phase is Phase.END else PRIORITY_COLOURS[event.priority]
        place = Placement(patient=event.patient, ward=event.ward, bed=event.bed)
        line = _line_about(event.observed_at_ms, place)
        line.append(
            f"{event.priority.name.lower()} alarm, {event.phase}: {printable(event.text)}{cause_of(event)}",
            style=style,
        )
        if latency_s is not None:
            line.append(f"  ({1000 * latency_s:.0f} ms after its reading)", style="dim")
        self._show(line)
        if event.phase is Phase.START and (reasons := reasons_of(event.why)):
            self._show(Text(f"{'':34}because: {printable(reasons)}", style="dim"))

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._status is not None:
            self._status.stop()

    def _show(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)


def _line_about(at_ms: int, place: Placement) -> Text:
    where = printable(f"{place.ward} bed {place.bed}")
    return Text(f"{time_of_day(at_ms)}  {where:10}  {place.patient:10}  ")


def _show_summary(tally: Tally, screen: _Screen) -> None:
    figures = tally.summary()
    latency = figures["latency_ms"]
    screen.say(
        f"{figures['readings_in']:,} readings in, {figures['readings_rejected']:,} of them rejected; "
        f"{figures['alarms_opened']:,} alarms opened, and {figures['technical_alarms_opened']:,} about "
        f"devices; the console was told {figures['alarm_events_delivered']:,} times."
    )
    if latency["p50"] is not None:
        screen.say(
            f"From a reading to the console: half within {latency['p50']:,.0f} ms, "
            f"99 of 100 within {latency['p99']:,.0f} ms."
        )
