"""`wardwatch whatif`: what changed rules would have done on a log, beside today's."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

import wardwatch
from wardwatch.adapters.memory import keep_freed_memory
from wardwatch.cli.configured import EXIT_BAD_SETTINGS, rules_or_exit, settings_or_exit, zone_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.whatif_closeup import closeup_fields, closeup_lines
from wardwatch.cli.whatif_log import Log, log_of
from wardwatch.cli.whatif_table import report
from wardwatch.composition import build_rules
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.rules_file import RulesError, RulesFile, in_words_of_the_file, load_rules
from wardwatch.settings import Settings, SettingsError
from wardwatch.whatif.changes import Change, as_on_a_log, ward_changes
from wardwatch.whatif.closeup import CloseUp
from wardwatch.whatif.comparison import Comparison
from wardwatch.whatif.figures import difference_fields, differences, rows
from wardwatch.whatif.matching import Kind, Pair, matched

_SHOWN = 20


@click.command("whatif")
@click.argument("log", metavar="RECORDING|TOPIC")
@click.option(
    "--rules", "file", required=True, type=click.Path(path_type=Path), help="The changed rules, in TOML."
)
@click.option("--open", "number", type=click.IntRange(1), help="Show the difference of this number in full.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind if kind is not Kind.SAME]),
    help="List only these differences; may be repeated.",
)
@click.option("--ward", help="List only differences of this ward.")
@click.option("--all", "lists_all", is_flag=True, help=f"List all differences, not only the first {_SHOWN}.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with all differences.")
def command(
    *,
    log: str,
    file: Path,
    number: int | None,
    kinds: Sequence[str],
    ward: str | None,
    lists_all: bool,
    as_json: bool,
) -> None:
    """Show what changed rules would have done on a log, beside today's rules.

    The log is a recording of any layout that replay reads or, where there is no such file or folder, a Kafka
    topic of readings from its beginning to the end that it has now, with the roster beside it. Today's rules
    are those of the settings and of the wards file. The file of changed rules is a wards file, which takes
    the place of today's as a whole, with a table [settings] for settings that take the place of today's; what
    it may hold, and what each figure means, is in docs/whatif.md. Nobody answers an alarm in a log.

    \b
    Examples:
      wardwatch whatif ward.jsonl.gz --rules new.toml
      wardwatch whatif vitals.readings --rules new.toml --kind missed --all
      wardwatch whatif ward.jsonl.gz --rules new.toml --open 3
    """
    settings = settings_or_exit()
    zone, today = zone_or_exit(settings), rules_or_exit(settings)
    new, changed = _changed_or_exit(settings, today, file)
    today, new = as_on_a_log(today), as_on_a_log(new)
    keep_freed_memory()
    played = log_of(log, settings)
    comparison = _compared(played, today, new, log)
    pairs = matched(comparison.today.all, comparison.new.all)
    different = differences(pairs)
    if number is not None:
        closeup, pair = _opened(played, different, number, today, new)
        fields = difference_fields(number, pair)
        if as_json:
            click.echo(json.dumps(closeup_fields(fields, closeup)))
        else:
            click.echo("\n".join(closeup_lines(fields, closeup, zone)))
        return
    figures = _figures(comparison, changed, pairs)
    if as_json:
        click.echo(json.dumps(figures))
        return
    wanted = [
        each
        for each in figures["differences"]
        if (not kinds or each["kind"] in kinds) and ward in (None, each["ward"])
    ]
    click.echo("\n".join(report(figures, wanted, zone, most=None if lists_all else _SHOWN)))


def _changed_or_exit(settings: Settings, today: Rules, file: Path) -> tuple[Rules, list[Change]]:
    """The changed rules, and what they differ in; where the file can't be used, says why and ends."""
    try:
        wanted = load_rules(file)
        settings_then = wanted.settings_with()
        new = build_rules(settings_then, wanted.wards)
    except RulesError as error:
        _exit(file, error.sentences)
    except SettingsError as error:
        _exit(file, [in_words_of_the_file(sentence) for sentence in error.sentences])
    except OSError as error:
        _exit(file, [f"The file can't be read: {error.strerror or error}."])
    return new, [*_setting_changes(settings, settings_then, wanted), *ward_changes(today, new)]


def _setting_changes(today: Settings, new: Settings, wanted: RulesFile) -> list[Change]:
    return [
        Change(place="settings", name=name, today=_told(getattr(today, name)), new=_told(getattr(new, name)))
        for name in wanted.settings
        if getattr(today, name) != getattr(new, name)
    ]


def _told(value: Any) -> Any:
    if isinstance(value, tuple):
        return [each.model_dump() for each in value]
    return str(value) if isinstance(value, Path) else value


def _exit(file: Path, sentences: Sequence[str]) -> NoReturn:
    for sentence in sentences:
        click.echo(f"wardwatch: {file}: {sentence}", err=True)
    sys.exit(EXIT_BAD_SETTINGS)


def _compared(played: Log, today: Rules, new: Rules, name: str) -> Comparison:
    comparison = Comparison(Monitor(today), Monitor(new))
    played.play(comparison)
    if not comparison.watched.readings:
        raise UsersError(f"there are no readings in {name}.")
    return comparison


def _opened(
    played: Log, different: Sequence[Pair], number: int, today: Rules, new: Rules
) -> tuple[CloseUp, Pair]:
    if number > len(different):
        there_are = f"there are only {len(different):,}" if different else "there is none"
        raise UsersError(f"no difference has the number {number:,}: {there_are}.")
    pair = different[number - 1]
    closeup = CloseUp(pair, today, new)
    played.play(closeup, again=True)
    closeup.finish()
    return closeup, pair


def _figures(comparison: Comparison, changed: Sequence[Change], pairs: Sequence[Pair]) -> dict[str, Any]:
    watched = comparison.watched
    of_all = rows(pairs, watched)
    return {
        "version": wardwatch.__version__,
        "patients": watched.patients,
        "patient_days": of_all[0]["patient_days"],
        "changes": [
            {name: getattr(each, name) for name in ("place", "name", "today", "new", "is_judged")}
            for each in changed
        ],
        "rows": of_all,
        "differences": [difference_fields(number, pair) for number, pair in enumerate(differences(pairs), 1)],
    }
