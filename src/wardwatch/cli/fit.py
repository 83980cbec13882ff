"""`wardwatch fit`: the model of the population, from recordings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from wardwatch.adapters.memory import keep_freed_memory
from wardwatch.cli.configured import rules_or_exit, settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.fit_table import figures_of, tables
from wardwatch.cli.progress_bars import progress_bars
from wardwatch.cli.recordings import read_tracks
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.fit import fit


@click.command("fit")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Where the model goes; a file that is there is replaced.",
)
@click.option(
    "--name",
    default="fitted",
    show_default=True,
    help="What the model is called, in the reasons that alarms give.",
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="TEXT",
    help="What the recordings are, in words; goes into the model. May be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def command(*, paths: Sequence[Path], out: Path, name: str, sources: Sequence[str], as_json: bool) -> None:
    """Fit the model that patients start from, on recordings of any layout that replay reads.

    It holds what is usual in the population, how high the detectors' scores rise while nothing happens, and
    how many false alarms there are for a limit; no row of the recordings, and nothing of fewer than 5
    patients. At least 5 patients must have a vital at least every 5 minutes for more than 7 days. The same
    recordings give the same bytes. Months of minutes take some minutes.

    \b
    Examples:
      wardwatch fit wearers/ --out model.json
      wardwatch fit wearers/ stays.tar.gz --out model.json --source "healthy wearers" --source "ICU stays"
    """
    if not out.parent.is_dir():
        raise UsersError(f"there is no folder {out.parent} to put {out.name} into; make it first.")
    local_time = rules_or_exit(settings_or_exit()).local_time
    keep_freed_memory()
    tracks = read_tracks(paths)
    with progress_bars() as advance:
        try:
            fitted = fit(tracks, name=name, sources=sources, advance=advance, local_time=local_time)
        except FitError as error:
            raise UsersError(f"no model can be fitted: {error}.") from error
    _write(out, fitted.model.to_json())
    figures = figures_of(fitted)
    click.echo(json.dumps(figures) if as_json else "\n".join(tables(figures)))


def _write(out: Path, payload: bytes) -> None:
    try:
        out.write_bytes(payload)
    except OSError as error:
        raise UsersError(f"{out} can't be written ({error.strerror}); name another file.") from error
