"""What `wardwatch quality` writes for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from wardwatch.adapters.terminal import printable
from wardwatch.cli.written import columns, span, wall_time

Figures = Mapping[str, Any]


def table(figures: Figures, zone: tzinfo) -> Iterator[str]:
    """The lines: rules first, then the workers' calibration."""
    yield f"{wall_time(figures['since_ms'], zone)} to {wall_time(figures['until_ms'], zone)}"
    yield ""
    if figures["rules"]:
        yield from columns(_rules(figures["rules"]))
    else:
        yield "no alarm was signalled"
    yield ""
    if figures["workers"]:
        yield from columns(_workers(figures["workers"], zone))
    else:
        yield "no worker has told of its calibration yet"


def _rules(rules: Mapping[str, Figures]) -> Iterator[Sequence[str]]:
    yield (
        "rule",
        "alarms",
        "median time (n)",
        "actionable",
        "not",
        "artefact",
        "precision",
        "95 % interval",
    )
    for name, rule in rules.items():
        labels, interval = rule["labels"], rule["ppv_interval"]
        median_s = rule["median_to_acknowledge_s"]
        yield (
            printable(name),
            f"{rule['alarms']:,}",
            "-" if median_s is None else f"{span(median_s)} ({rule['acknowledged']:,})",
            f"{labels['actionable']:,}",
            f"{labels['not_actionable']:,}",
            f"{labels['artefact']:,}",
            "-" if rule["ppv"] is None else f"{rule['ppv']:.2f}",
            "-" if interval is None else f"{interval[0]:.2f} to {interval[1]:.2f}",
        )


def _workers(workers: Sequence[Figures], zone: tzinfo) -> Iterator[Sequence[str]]:
    yield "calibration", "worker", "p values", "mean", "drift"
    for each in workers:
        drift = each["drift"]
        yield (
            f"partition {each['partition']}",
            each["worker"],
            f"{each['p_values']:,}",
            "-" if each["mean_p"] is None else f"{each['mean_p']:.2f}",
            "none seen"
            if drift is None
            else f"{drift['direction']} rare scores since {wall_time(drift['since_ms'], zone)} "
            f"(mean was {drift['was']:.2f})",
        )
