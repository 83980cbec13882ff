"""`wardwatch quality`: what the alarms were worth in the nurses' eyes, and whether the calibration holds."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import click

from wardwatch.adapters.kafka_topic import LogRecord, TopicMissingError
from wardwatch.adapters.whole_topic import read_whole
from wardwatch.cli.alarm_log import AlarmLog, read_log
from wardwatch.cli.configured import settings_or_exit, zone_or_exit
from wardwatch.cli.progress_bars import progress_bars
from wardwatch.cli.quality_table import table
from wardwatch.cli.reading import tell_left_out, told_where_unreadable
from wardwatch.cli.times import MOMENT, Moment
from wardwatch.composition import build_topic_reader
from wardwatch.ledger.ledger import Ledger
from wardwatch.ledger.period import Period
from wardwatch.ledger.quality import RuleInPeriod, quality
from wardwatch.settings import Settings
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.quality import Quality, decode_quality, quality_fields, rule_fields
from wardwatch.wire.topics import QUALITY


@click.command("quality")
@click.option("--ward", help="Only alarms that began in this ward.")
@click.option(
    "--since", type=MOMENT, default="7d", show_default=True, help="A time span before now, or an instant."
)
@click.option("--until", type=MOMENT, help="The same.  [default: now]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(*, ward: str | None, since: Moment, until: Moment | None, as_json: bool) -> None:
    """Show what alarms were worth, rule by rule: labels, precision, how soon nurses came.

    It reads the topics vitals.alerts and vitals.receipts, and in vitals.quality what the workers say of their
    calibration. What each figure means is in docs/quality.md.

    \b
    Examples:
      wardwatch quality --ward 4B
      wardwatch quality --since 30d --json
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
    read_log(settings, log, statuses=False)
    if until is None and log.ledger.last_ms is not None and log.ledger.last_ms >= now_ms:
        # The log of a simulation may be ahead of us.
        period = Period(since_ms=period.since_ms, until_ms=log.ledger.last_ms + 1)
    alarms = [each for each in log.ledger.episodes() if ward is None or each.ward == ward]
    figures = _figures(period, quality(alarms, period), _workers(settings))
    click.echo(json.dumps(figures) if as_json else "\n".join(table(figures, zone)))


def _figures(
    period: Period, rules: Mapping[str, RuleInPeriod], workers: Mapping[int, Quality]
) -> dict[str, Any]:
    return {
        "since_ms": period.since_ms,
        "until_ms": period.until_ms,
        "rules": {
            name: rule_fields(rule.counts) | {"median_to_acknowledge_s": rule.median_wait_s}
            for name, rule in rules.items()
        },
        "workers": [quality_fields(record) for _, record in sorted(workers.items())],
    }


def _workers(settings: Settings) -> dict[int, Quality]:
    """The latest record of each partition."""
    latest: dict[int, Quality] = {}
    unreadable = 0

    def take(record: LogRecord) -> None:
        nonlocal unreadable
        try:
            latest[record.partition] = decode_quality(record.value)
        except (Unreadable, RecursionError):
            unreadable += record.value is not None

    with (
        told_where_unreadable(settings, QUALITY),
        progress_bars() as bars,
        suppress(TopicMissingError),  # no worker has had anything to tell
    ):
        asyncio.run(read_whole(build_topic_reader(settings, QUALITY), take, partial(bars, QUALITY), latest=1))
    if unreadable:
        tell_left_out(QUALITY, unreadable)
    return latest
