"""`wardwatch alarms`: the alarms of a patient or a ward, and what became of each."""

from __future__ import annotations

import sys
import time

import click

from wardwatch.adapters.terminal import json_line, wants_colour
from wardwatch.cli.alarm_log import AlarmLog, read_log
from wardwatch.cli.alarms_view import fields, lines
from wardwatch.cli.configured import settings_or_exit, zone_or_exit
from wardwatch.cli.times import MOMENT, Moment
from wardwatch.cli.written import wall_time
from wardwatch.ledger.ledger import Ledger
from wardwatch.ledger.period import Period

# Later than any record: other machines' clocks may be ahead of this one's.
_NEVER_MS = 2**62


@click.command("alarms")
@click.option("--patient", help="Only this patient, by pseudonym.")
@click.option("--ward", help="Only alarms whose patient was in this ward meanwhile.")
@click.option(
    "--since", type=MOMENT, default="24h", show_default=True, help="A time span before now, or an instant."
)
@click.option("--until", type=MOMENT, help="The same.  [default: now]")
@click.option("--steps", is_flag=True, help="Show each step of each alarm.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(
    *,
    patient: str | None,
    ward: str | None,
    since: Moment,
    until: Moment | None,
    steps: bool,
    as_json: bool,
) -> None:
    """Show the alarms that were open in a period, and what became of each.

    A line tells when it started, its highest priority, ward and bed, the patient, what it said, how long it
    lasted, who acknowledged it how soon, and what it was worth to them. It is read from the topics
    vitals.alerts and vitals.receipts, as far as they go now. Times are those of the ward's time zone,
    WARDWATCH_TIME_ZONE. What each field means is in docs/ledger.md.

    \b
    Examples:
      wardwatch alarms --ward 4B
      wardwatch alarms --patient p-17 --since 2026-01-31T14:30 --steps
    """
    settings = settings_or_exit()
    zone = zone_or_exit(settings)
    now_ms = time.time_ns() // 1_000_000
    period = Period(
        since_ms=since.ms(now_ms, zone), until_ms=_NEVER_MS if until is None else until.ms(now_ms, zone)
    )
    if period.until_ms <= period.since_ms:
        raise click.UsageError("--until: it lies before --since.")
    log = AlarmLog(ledger=Ledger(since_ms=period.since_ms, keeps_steps=steps), patient=patient)
    read_log(settings, log, statuses=False)
    found = [each for each in log.ledger.episodes(period) if ward is None or each.was_in(ward)]
    if as_json:
        for episode in found:
            click.echo(json_line(fields(episode)))
        return
    # The log of a simulation may be ahead of us.
    for line in lines(found, zone, max(now_ms, log.ledger.last_ms or 0)):
        click.echo(line, color=wants_colour(sys.stdout))
    if not found:
        began = wall_time(period.since_ms, zone)
        click.echo(f"wardwatch: no such alarm was open since {began}; --since looks further back.", err=True)
