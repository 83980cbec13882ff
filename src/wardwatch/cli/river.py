"""`wardwatch river`: the detectors of river, and what they cost."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from wardwatch.adapters.terminal import json_line, printable
from wardwatch.cli.configured import EXIT_BAD_SETTINGS, settings_or_exit
from wardwatch.cli.river_cost import Cost, measure
from wardwatch.composition import river_specs
from wardwatch.core.river_making import detector_names
from wardwatch.core.river_plugin import RiverError, RiverSpec

# Those that are wrapped around another have nothing to do without one.
_WRAPPED = {"anomaly_detector": {"river": "anomaly.HalfSpaceTrees"}}
_EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "QuantileFilter": {**_WRAPPED, "q": 0.99},
    "ThresholdFilter": {**_WRAPPED, "threshold": 0.95},
}


@click.command("river")
@click.option("--all", "show_all", is_flag=True, help="All that river has, instead of those configured.")
@click.option(
    "--readings-per-second",
    type=click.FloatRange(min=0, min_open=True),
    default=100.0,
    show_default=True,
    help="The rate for which to tell the share of a core.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(*, show_all: bool, readings_per_second: float, as_json: bool) -> None:
    """Show what the configured detectors of river cost, measured on this machine.

    River's detectors run one reading at a time, in addition to wardwatch's own. They are configured in
    WARDWATCH_RIVER_DETECTORS (docs/river.md). Each takes some seconds to measure.

    \b
    Example:
      wardwatch river --all --readings-per-second 50
    """
    settings = settings_or_exit()
    specs = _all_of_river() if show_all else river_specs(settings)
    if not specs:
        click.echo(
            "wardwatch: WARDWATCH_RIVER_DETECTORS names no detector; --all shows those there are.", err=True
        )
    problems = 0
    for spec in specs:
        try:
            cost = measure(spec)
        except RiverError as error:
            problems += 1
            _tell_problem(spec, error, as_json=as_json)
        else:
            _tell_cost(spec, cost, readings_per_second, as_json=as_json)
    if problems and not show_all:
        sys.exit(EXIT_BAD_SETTINGS)


def _all_of_river() -> list[RiverSpec]:
    return [RiverSpec(name, _EXAMPLES.get(name, {}), ("heart_rate",), 0.0) for name in detector_names()]


def _described(spec: RiverSpec) -> dict[str, Any]:
    return {"detector": spec.detector, "parameters": spec.parameters, "vitals": spec.vitals}


def _tell_problem(spec: RiverSpec, error: RiverError, *, as_json: bool) -> None:
    if as_json:
        click.echo(json_line({**_described(spec), "problem": str(error)}))
    else:
        click.echo(f"wardwatch: WARDWATCH_RIVER_DETECTORS: {printable(str(error))}", err=True)


def _tell_cost(spec: RiverSpec, cost: Cost, readings_per_second: float, *, as_json: bool) -> None:
    share = cost.share_of_a_core(readings_per_second)
    if as_json:
        rate = {"readings_per_second": readings_per_second, "share_of_a_core": share}
        click.echo(json_line({**_described(spec), **asdict(cost), **rate}))
        return
    memory, saved = cost.bytes_a_patient, cost.saved_bytes_a_patient
    click.echo(f"{spec.detector} of {', '.join(spec.vitals)}")
    click.echo(f"  a reading: {cost.microseconds_an_update:,.0f} µs")
    click.echo(f"  a patient: {memory:,} bytes of memory; {saved:,} bytes in a checkpoint", nl=False)
    click.echo(f", {cost.microseconds_a_save:,.0f} µs to write")
    click.echo(f"  at {readings_per_second:g} readings a second this takes {100 * share:.3g} % of a core")
