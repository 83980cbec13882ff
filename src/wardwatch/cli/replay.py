"""`wardwatch replay`: recordings through the monitor, or into Kafka."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, Self, TypeVar

import click

from wardwatch.adapters.kafka_producer import NotDeliveredError, ReadingProducer
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.memory import keep_freed_memory
from wardwatch.adapters.pacing import Pacer, sleep_unless, start_not_ahead_ms
from wardwatch.adapters.terminal import alarm_line, date_and_time, painted, printable, wants_colour
from wardwatch.cli.configured import rules_or_exit, settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.progress_bars import progress_on_stderr
from wardwatch.cli.recordings import opened
from wardwatch.cli.stopping import stopped_by_signals
from wardwatch.cli.times import SPEED
from wardwatch.composition import kafka_client_options
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Monitor
from wardwatch.replaying import Tally, Watcher, in_time, play, replay
from wardwatch.settings import Settings
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.recordings.opening import Recording

T = TypeVar("T")


@click.command("replay")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: events, then the summary.")
@click.option("--to-kafka", is_flag=True, help="Send the readings to Kafka instead.")
@click.option("--speed", type=SPEED, help="With --to-kafka: times real time, or max.  [default: 1]")
def command(*, paths: Sequence[Path], as_json: bool, to_kafka: bool, speed: float | None) -> None:
    """Run the monitor over recordings, without a broker, as fast as it goes.

    A recording is a .jsonl or .jsonl.gz file of readings, or a file, folder, tar or zip archive of Empatica
    E4 sessions, minutes tables, CLIF tables or PhysioNet 2012 or 2019 stays. Each has its own patients and
    its own clock, and gets a monitor of its own; the summary is of all together. In it, rejected_by_reason
    counts rows that could not be read as well as readings and single values that were refused; time between
    two readings counts as watched up to one hour.

    With --to-kafka the readings go to the broker that WARDWATCH_KAFKA_BOOTSTRAP_SERVERS names, with their
    clocks shifted as if all patients had come now; faster than real time, so long ago that the last reading
    is of now. The worker refuses readings of a patient older than those it has seen, as when a recording is
    sent again.

    \b
    Examples:
      wardwatch replay ward.jsonl.gz
      wardwatch replay --json S01/ S02/ | jq .text
      wardwatch replay --to-kafka --speed 60 sessions.tar.gz
    """
    if speed is not None and not to_kafka:
        raise click.UsageError("--speed goes with --to-kafka; without it, replay is as fast as it can be.")
    recordings = [opened(path) for path in paths]
    tally = Tally()
    if to_kafka:
        asyncio.run(_send(recordings, settings_or_exit(), 1.0 if speed is None else speed, tally))
        _show_summary(tally.rows_summary(), as_json=as_json)
    else:
        rules = rules_or_exit(settings_or_exit()).unattended()
        keep_freed_memory()
        show = _show_as_json if as_json else _show
        for recording in recordings:
            _watch(recording, Monitor(rules), tally, show)
        _show_summary(tally.summary(), as_json=as_json)
    if not as_json:
        _show_unreadable(tally)


def _watch(
    recording: Recording, monitor: Watcher, tally: Tally, show: Callable[[list[AlarmEvent]], None]
) -> None:
    with _Bar(recording) as bar:
        for events in replay(recording.streams(), monitor, tally):
            if events:
                show(events)
            bar.advance()


async def _send(recordings: Sequence[Recording], settings: Settings, speed: float, tally: Tally) -> None:
    silence_kafka_client()
    # How long a recording is, only reading it tells; at no more than real time it does not matter.
    span_ms = sum(map(_span_ms, recordings)) if speed > 1 else 0
    start_ms = start_not_ahead_ms(time.time_ns() // 1_000_000, span_ms, speed)
    try:
        with stopped_by_signals() as stopping:
            pacer = Pacer(speed, sleep_s=sleep_unless(stopping))
            async with ReadingProducer(kafka_client_options(settings)) as producer:
                for recording in recordings:
                    with _Bar(recording) as bar:
                        rows = bar.with_each(in_time(recording.streams(), start_ms))
                        going_on = takewhile(lambda _: not stopping.is_set(), rows)
                        start_ms = max(start_ms, await play(going_on, producer, pacer, tally))
                await producer.flush()
    except asyncio.CancelledError:
        raise UsersError("stopped at once: some readings may not have been delivered.") from None
    except NotDeliveredError as error:
        raise UsersError(
            f"Kafka at {settings.kafka_bootstrap_servers} did not take the readings: {error}. Start it, or "
            "name another broker in WARDWATCH_KAFKA_BOOTSTRAP_SERVERS."
        ) from error


def _span_ms(recording: Recording) -> int:
    with _Bar(recording) as bar:
        return max((due_ms for due_ms, _ in bar.with_each(in_time(recording.streams(), 0))), default=0)


class _Bar:
    """A progress bar on standard error, where that is a terminal. Entered before and left after the work."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._progress = progress_on_stderr()
        self._task = self._progress.add_task(recording.path.name, total=recording.size_bytes)
        self._shown_at_s = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advance(self) -> None:
        """Show how far the recording was read, at most ten times a second."""
        now_s = time.monotonic()
        if now_s - self._shown_at_s >= 0.1:
            self._shown_at_s = now_s
            self._progress.update(self._task, completed=self._recording.bytes_read)

    def with_each(self, items: Iterator[T]) -> Iterator[T]:
        """``items``, advancing with each."""
        for item in items:
            self.advance()
            yield item


def _show_as_json(events: list[AlarmEvent]) -> None:
    click.echo(b"\n".join(map(encode_alarm, events)))


def _show(events: list[AlarmEvent]) -> None:
    colour = wants_colour(sys.stdout)
    for event in events:
        click.echo(painted(alarm_line(event, date_and_time), event), color=colour)


def _show_summary(summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"summary": summary}))
        return
    click.echo()
    for name, figure in summary.items():
        if not isinstance(figure, dict):
            click.echo(f"{_words(name):24}{_written(figure):>12}")
    for reason, number in summary["rejected_by_reason"].items():
        click.echo(f"  {_words(reason):22}{number:>12,}")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _written(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.2f}"


def _show_unreadable(tally: Tally) -> None:
    """Where the first unreadable rows stand, on standard error."""
    for row in tally.unreadable:
        click.echo(f"wardwatch: {printable(row.file)}, line {row.line}: {row.reason}.", err=True)
