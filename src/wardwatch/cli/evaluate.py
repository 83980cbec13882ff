"""`wardwatch evaluate`: how good the alarms are, measured on recordings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from wardwatch.adapters.memory import keep_freed_memory
from wardwatch.cli.configured import rules_or_exit, settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.evaluate_table import explanations_tables
from wardwatch.cli.evaluation_table import evaluation_tables
from wardwatch.cli.progress_bars import progress_bars
from wardwatch.cli.recordings import opened, read_tracks
from wardwatch.cli.report_file import check_folder, write_report
from wardwatch.cli.rhythm_table import rhythm_tables
from wardwatch.cli.suite_tables import deterioration_tables, simulated_tables, worn_tables
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.evaluating import explanations
from wardwatch.evaluating.evaluation import Evaluation, SuiteError, SuiteOptions
from wardwatch.evaluating.forking import Monitors
from wardwatch.evaluating.suites import SUITES

# Judges alarms one by one; the other suites hold methods against labels.
_EXPLANATIONS = "explanations"
# Suites with tables of their own.
_TABLES = {
    "burden": worn_tables,
    "deterioration": deterioration_tables,
    "rhythm": rhythm_tables,
    "simulated": simulated_tables,
}


@click.command("evaluate")
@click.argument("suite", type=click.Choice([*SUITES, _EXPLANATIONS]), metavar="SUITE")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--report",
    "report_folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write DIR/SUITE.html as well: figures, examples and a model card.",
)
@click.option(
    "--events",
    type=click.IntRange(0, 1_000_000),
    default=500,
    show_default=True,
    help="Acute ones to inject (burden).",
)
@click.option(
    "--artefacts",
    type=click.IntRange(0, 1_000_000),
    default=3000,
    show_default=True,
    help="Bursts of them to inject (burden).",
)
@click.option(
    "--bumps",
    type=click.IntRange(0, 1_000_000),
    default=200,
    show_default=True,
    help="Times of seven nights with a faster heart to inject (burden).",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="The same seed, the same figures.",
)
def command(
    *,
    suite: str,
    paths: Sequence[Path],
    as_json: bool,
    report_folder: Path | None,
    **numbers: int,
) -> None:
    """Measure how good the alarms are, on recordings of any layout that replay reads.

    SUITE sepsis2019: on labelled stays of intensive care, which alarms come in time before sepsis, and how
    many come for nothing; beside chance, the clock, fixed limits and NEWS2.

    SUITE deterioration: the same of CLIF tables with their events (first vasopressor, ventilation, death),
    and of stays of PhysioNet 2012, of which those who died are to be told from those who lived.

    SUITE simulated: a run of `wardwatch simulate`, readings and truth: which illnesses are noticed, how soon,
    and what failing devices bring about.

    SUITE rhythm: on beats with labelled rhythms, which episodes of arrhythmia are noticed, and how often a
    normal rhythm or noise alarms; beside fixed limits on each beat, and chance.

    SUITE burden: alarms a patient-day on wearers who go about their lives; the share of acute events that is
    caught, and how soon, when they are injected where the wearer is at rest; the share of injected artefact
    bursts that alarms; of nights on which the heart beats faster; and alarms in tasks of stress, where they
    are known. The first 7 days of a patient get no injections.

    SUITE explanations: of every alarm, whether its figures agree with each other, and whether it stays away
    when its readings are played again with the values, and for the time, that its counterfactual names.

    \b
    Examples:
      wardwatch evaluate sepsis2019 training_setB.tar.gz --report reports/
      wardwatch evaluate deterioration clif_tables/ physionet2012.tar.gz
      wardwatch evaluate simulated readings.jsonl truth.jsonl
      wardwatch evaluate rhythm vitaldb_arrhythmia.tar.gz
      wardwatch evaluate burden wearers/
      wardwatch evaluate burden --json --seed 2 wearers/ | jq .injected.all
      wardwatch evaluate explanations wearers/ ward.jsonl.gz
    """
    rules = rules_or_exit(settings_or_exit()).unattended()
    keep_freed_memory()
    if report_folder is not None:
        if suite == _EXPLANATIONS:
            raise UsersError(
                f"{_EXPLANATIONS} has no report: leave --report away; --json lists what is untrue."
            )
        check_folder(report_folder)
    if suite == _EXPLANATIONS:
        figures = _explanations(paths, rules)
        lines = explanations_tables(figures)
    else:
        options = SuiteOptions(rules=rules, **numbers)
        figures = _evaluated(suite, paths, options).as_json()
        lines = _TABLES.get(suite, evaluation_tables)(figures)
    # The figures first: they may have taken an hour, and a disk may be full.
    click.echo(json.dumps(figures) if as_json else "\n".join(lines))
    if report_folder is not None:
        click.echo(f"report: {write_report(report_folder, figures, rules.model)}", err=True)


def _evaluated(suite: str, paths: Sequence[Path], options: SuiteOptions) -> Evaluation:
    # All are opened before the first is read: nobody shall wait to hear of a mistyped name.
    recordings = [opened(path) for path in paths]
    try:
        with progress_bars() as bars:
            return SUITES[suite](recordings, options, partial(bars, suite))
    except SuiteError as error:
        raise UsersError(str(error)) from error


def _explanations(paths: Sequence[Path], rules: Rules) -> Mapping[str, Any]:
    tracks = read_tracks(paths)
    monitors = Monitors(new=partial(Monitor, rules), restored=partial(Monitor.restore, rules=rules))
    with progress_bars() as bars:
        return explanations.evaluate(tracks, monitors, rules.local_time, partial(bars, "monitor"))
