"""`wardwatch burden`: the alarm burden of a period, as a ledger."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import click

from wardwatch.cli.alarm_log import AlarmLog, read_log
from wardwatch.cli.burden_table import table
from wardwatch.cli.configured import settings_or_exit, zone_or_exit
from wardwatch.cli.times import MOMENT, Moment
from wardwatch.ledger.burden import burden
from wardwatch.ledger.census import Watched
from wardwatch.ledger.ledger import Ledger
from wardwatch.ledger.period import Period


@click.command("burden")
@click.option("--ward", help="Only this ward: alarms that began in it, and patients last seen in it.")
@click.option(
    "--since", type=MOMENT, default="7d", show_default=True, help="A time span before now, or an instant."
)
@click.option("--until", type=MOMENT, help="The same.  [default: now]")
@click.option(
    "--patients",
    type=click.FloatRange(min=0, min_open=True),
    help="How many there were on average, instead of those in the topics.",
)
@click.option(
    "--worst",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="How many conditions of patients with the most alarms to show.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    *,
    ward: str | None,
    since: Moment,
    until: Moment | None,
    patients: float | None,
    worst: int,
    as_json: bool,
) -> None:
    """Count the alarms of a period: how many, how soon answered, of what worth.

    It reads the topics vitals.alerts, vitals.receipts and, to know how many patients were watched,
    vitals.status, as far as they go now. What each figure means is in docs/ledger.md.

    \b
    Examples:
      wardwatch burden --ward 4B
      wardwatch burden --since 2026-01-01 --until 2026-02-01 --patients 22 --json
    """
    settings = settings_or_exit()
    zone = zone_or_exit(settings)
    now_ms = time.time_ns() // 1_000_000
    period = Period(
        since_ms=since.ms(now_ms, zone), until_ms=now_ms if until is None else until.ms(now_ms, zone)
    )
    if period.until_ms <= period.since_ms:
        raise click.UsageError("--until: it lies before --since.")
    log = AlarmLog(ledger=Ledger(since_ms=period.since_ms))
    read_log(settings, log, statuses=patients is None)
    if until is None and log.ledger.last_ms is not None and log.ledger.last_ms >= now_ms:
        # The log of a simulation may be ahead of us.
        period = Period(since_ms=period.since_ms, until_ms=log.ledger.last_ms + 1)
    figures = _figures(log, period, ward=ward, patients=patients, worst=worst)
    click.echo(json.dumps(figures) if as_json else "\n".join(table(figures, zone)))


def _figures(
    log: AlarmLog, period: Period, *, ward: str | None, patients: float | None, worst: int
) -> Mapping[str, Any]:
    alarms = [each for each in log.ledger.episodes() if ward is None or each.ward == ward]
    # Of the time before the first alarm that the broker still has, nobody knows how many there were.
    known = period if log.is_whole else period.later_than(log.ledger.first_ms)
    if patients is not None:
        given = Watched(patients=patients, days=patients * known.days)
        return burden(alarms, known, {ward: given} if ward else {}, altogether=given, worst=worst)
    known = known.later_than(log.census.first_ms)
    watched = {name: of for name, of in log.census.watched(known).items() if ward in (None, name)}
    return burden(alarms, known, watched, worst=worst)
