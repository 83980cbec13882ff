"""`wardwatch roster`: who lies where, and what clinicians have set for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.terminal import json_line, place_name
from wardwatch.cli.configured import settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.roster_file import NAME_RULE, RosterFileError, load, number
from wardwatch.cli.roster_topic import read_roster, send_entries
from wardwatch.cli.written import columns
from wardwatch.core.roster import LIMIT_NAMES, MOST_DEVICES, Limits, RosterEntry, limit_errors
from wardwatch.settings import Settings
from wardwatch.wire.roster import entry_fields, is_name

_DEFAULT = "default"


class _Name(click.ParamType):
    """What a patient, a ward, a bed or a device may be called."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_name(value):
            self.fail(f"it is not {NAME_RULE}.", param, ctx)
        return value


class _Limit(click.ParamType):
    """One limit: `heart_rate.high=150`, or `heart_rate.high=default`."""

    name = "limit=value"

    def convert(
        self, value: str | tuple[str, float | None], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float | None]:
        if isinstance(value, tuple):
            return value
        limit, equals, text = value.partition("=")
        if limit not in LIMIT_NAMES or not equals:
            self.fail(f"write it as heart_rate.high=150; there are {', '.join(LIMIT_NAMES)}.", param, ctx)
        return limit, None if text == _DEFAULT else number(text)


_NAME = _Name()
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as in the topic.")


@click.group("roster")
def command() -> None:
    """Show and change the roster: ward, bed, devices, limits, NEWS2 scale, oxygen.

    It is the topic vitals.roster at the broker that WARDWATCH_KAFKA_BOOTSTRAP_SERVERS names. What is changed
    holds from then on, for alarms that are open as well. All of it is in docs/roster.md.

    \b
    Example:
      wardwatch roster set p-17 --ward 4B --bed 12 --limit heart_rate.high=150
    """


@command.command("list")
@click.option("--ward", help="Only this ward.")
@_AS_JSON
def show(*, ward: str | None, as_json: bool) -> None:
    """Show who is on the roster.

    \b
    Example:
      wardwatch roster list --ward 4B
    """
    entries = read_roster(_settings()).values()
    wanted = [entry for entry in entries if ward is None or entry.ward == ward]
    _show(sorted(wanted, key=lambda each: (each.ward, each.bed, each.patient)), as_json=as_json)


@command.command("set")
@click.argument("patient", type=_NAME)
@click.option("--ward", type=_NAME, help="Where the patient lies.")
@click.option("--bed", type=_NAME, help="The same.")
@click.option("--device", "devices", type=_NAME, multiple=True, help="All devices that the patient has.")
@click.option("--no-devices", is_flag=True, help="The patient has none any more.")
@click.option(
    "--limit",
    "limits",
    type=_Limit(),
    multiple=True,
    help="The patient's own limit, such as heart_rate.high=150; =default takes it back.",
)
@click.option("--news2-scale", type=click.IntRange(1, 2), help="2 only for hypercapnic respiratory failure.")
@click.option("--on-oxygen/--on-air", default=None, help="Until a reading or somebody says otherwise.")
@_AS_JSON
def set_(  # noqa: PLR0913 (one argument an option)
    *,
    patient: str,
    ward: str | None,
    bed: str | None,
    devices: tuple[str, ...],
    no_devices: bool,
    limits: tuple[tuple[str, float | None], ...],
    news2_scale: int | None,
    on_oxygen: bool | None,
    as_json: bool,
) -> None:
    """Admit a patient, or change what the roster says of one.

    What no option names stays as it is. A patient who is not on the roster needs --ward and --bed. A worker
    takes the line in a moment later, and sends no receipt.

    \b
    Examples:
      wardwatch roster set p-17 --ward 4B --bed 12 --device e4-03
      wardwatch roster set p-17 --limit heart_rate.low=45 --limit heart_rate.high=150
      wardwatch roster set p-17 --news2-scale 2 --on-oxygen
    """
    if devices and no_devices:
        raise click.UsageError("--no-devices: it does not go with --device.")
    if len(set(devices)) > MOST_DEVICES:
        raise click.UsageError(f"--device: there may be {MOST_DEVICES} at most.")
    settings = _settings()
    entry = read_roster(settings).get(patient)
    if entry is None:
        if ward is None or bed is None:
            raise click.UsageError("the patient is not on the roster: --ward and --bed are needed.")
        entry = RosterEntry(patient=patient, ward=ward, bed=bed)
    entry = replace(
        entry,
        ward=ward or entry.ward,
        bed=bed or entry.bed,
        devices=() if no_devices else tuple(dict.fromkeys(devices)) or entry.devices,
        limits=_with(entry.limits, limits),
        news2_scale_2=entry.news2_scale_2 if news2_scale is None else news2_scale == 2,
        on_oxygen=entry.on_oxygen if on_oxygen is None else on_oxygen,
    )
    if errors := limit_errors(entry.limits):
        raise click.BadParameter(" ".join(errors), param_hint="--limit")
    send_entries(settings, [entry])
    _show([entry], as_json=as_json)


@command.command("discharge")
@click.argument("patient", type=_NAME)
def discharge(*, patient: str) -> None:
    """Take a patient off the roster: alarms end, and what was learned is forgotten.

    Whose readings still come is watched all the same, in the ward "unassigned". A worker takes the line in a
    moment later, and sends no receipt.

    \b
    Example:
      wardwatch roster discharge p-17
    """
    settings = _settings()
    entry = read_roster(settings).get(patient)
    if entry is None:
        raise UsersError("the patient is not on the roster; `wardwatch roster list` shows who is.")
    gone = RosterEntry(patient=patient, ward=entry.ward, bed=entry.bed, discharged=True)
    send_entries(settings, [gone])
    click.echo(f"Discharged from {place_name(entry.ward, entry.bed)}.", err=True)


@command.command("load")
@click.argument("path", metavar="FILE.csv", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only check the file.")
@_AS_JSON
def load_(*, path: Path, dry_run: bool, as_json: bool) -> None:
    """Take the lines of a CSV file in, each in place of what the roster said of its patient.

    All lines are checked first: if one has a fault, all faults are shown and nothing is sent. Patients who
    are not in the file stay as they are. The columns are in docs/roster.md.

    \b
    Example:
      wardwatch roster load ward-4b.csv --dry-run
    """
    try:
        entries = load(path)
    except OSError as error:
        raise UsersError(f"{path} can't be read ({error.strerror}); name a CSV file.") from None
    except RosterFileError as error:
        for sentence in error.sentences:
            click.echo(sentence, err=True)
        raise UsersError(f"{path} has faults: nothing was sent. Mend them, and load it again.") from None
    if not dry_run:
        send_entries(_ready(), entries)
    if as_json:
        _show(entries, as_json=True)
    lines = "1 line" if len(entries) == 1 else f"{len(entries):,} lines"
    click.echo(f"{lines}, without fault; {'nothing was' if dry_run else 'all were'} sent.", err=True)


def _settings() -> Settings:
    settings = settings_or_exit()
    silence_kafka_client()
    return settings


def _ready() -> Settings:
    """The settings, once the topic is known to be there: sending to it would else make it, and wrongly."""
    settings = _settings()
    read_roster(settings)
    return settings


def _with(limits: Limits, changes: Iterable[tuple[str, float | None]]) -> Limits:
    changed = {vital: dict(bounds) for vital, bounds in limits.items()}
    for name, value in changes:
        vital, _, bound = name.partition(".")
        bounds = changed.setdefault(vital, {})
        if value is None:
            bounds.pop(bound, None)
        else:
            bounds[bound] = value
    return {vital: bounds for vital, bounds in changed.items() if bounds}


def _show(entries: Sequence[RosterEntry], *, as_json: bool) -> None:
    if as_json:
        for entry in entries:
            click.echo(json_line(entry_fields(entry)))
    elif entries:
        for line in columns([_cells(entry) for entry in entries]):
            click.echo(line)
    else:
        click.echo("wardwatch: nobody is on the roster there.", err=True)


def _cells(entry: RosterEntry) -> Sequence[str]:
    return place_name(entry.ward, entry.bed), entry.patient, ", ".join(_particulars(entry)) or "-"


def _particulars(entry: RosterEntry) -> Iterator[str]:
    for vital, bounds in entry.limits.items():
        yield from (f"{vital}.{bound} {value:g}" for bound, value in bounds.items())
    if entry.news2_scale_2:
        yield "NEWS2 scale 2"
    if entry.on_oxygen is not None:
        yield "on oxygen" if entry.on_oxygen else "on air"
    if entry.devices:
        yield f"devices {' '.join(entry.devices)}"
