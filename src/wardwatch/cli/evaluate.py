"""`wardwatch evaluate`: how good the alarms are, measured on recordings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from wardwatch.cli.configured import rules_or_exit, settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.evaluate_table import tables
from wardwatch.core.monitor import Monitor
from wardwatch.evaluating.burden import Plan, evaluate
from wardwatch.evaluating.forking import Monitors
from wardwatch.evaluating.tracks import Track, tracks_of
from wardwatch.wire.recordings.opening import Recording, open_recording
from wardwatch.wire.recordings.recording import RecordingError

_SUITES = {"burden": evaluate}


@click.command("evaluate")
@click.argument("suite", type=click.Choice([*_SUITES]), metavar="SUITE")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--events",
    type=click.IntRange(0, 1_000_000),
    default=500,
    show_default=True,
    help="Acute ones to inject.",
)
@click.option(
    "--artefacts",
    type=click.IntRange(0, 1_000_000),
    default=3000,
    show_default=True,
    help="Bursts of them to inject.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same figures."
)
def command(
    *,
    suite: str,
    paths: Sequence[Path],
    as_json: bool,
    events: int,
    artefacts: int,
    seed: int,
) -> None:
    """Measure how good the alarms are, on recordings of any layout that replay reads.

    SUITE is burden: alarms a patient-day on wearers who go about their lives; the share of acute events that
    is caught, and how soon, when they are injected where the wearer is at rest; the share of injected
    artefact bursts that alarms. The first 7 days of a patient get no injections.

    \b
    Examples:
      wardwatch evaluate burden wearers/
      wardwatch evaluate burden --json --seed 2 wearers/ | jq .injected.all
    """
    rules = rules_or_exit(settings_or_exit())
    try:
        recordings = [open_recording(path) for path in paths]
    except RecordingError as error:
        raise UsersError(str(error)) from error
    tracks = [track for recording in recordings for track in _read(recording)]
    if not tracks:
        raise UsersError("nothing in these recordings can be read; `wardwatch replay` tells why.")
    monitors = Monitors(new=partial(Monitor, rules), restored=partial(Monitor.restore, rules=rules))
    with _bar("monitor", 1.0) as advance:
        figures = _SUITES[suite](
            tracks, monitors, Plan(events=events, artefacts=artefacts, seed=seed), advance
        )
    click.echo(json.dumps(figures) if as_json else "\n".join(tables(figures)))


def _read(recording: Recording) -> list[Track]:
    with _bar(recording.path.name, recording.size_bytes) as advance:
        return tracks_of(recording.streams(), lambda: advance(recording.bytes_read))


@contextmanager
def _bar(title: str, total: float) -> Iterator[Callable[[float], None]]:
    """A progress bar on standard error, where that is a terminal; gives what moves it to a figure."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)
