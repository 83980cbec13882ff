"""`wardwatch audit`: who saw what, who did what, and whether that is as it was written."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import click

from wardwatch.adapters.kafka_topic import LogRecord
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.terminal import json_line, printable
from wardwatch.adapters.whole_topic import read_whole
from wardwatch.cli.configured import settings_or_exit, zone_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.progress_bars import progress_bars
from wardwatch.cli.reading import tell_left_out, told_where_unreadable
from wardwatch.cli.times import MOMENT, Moment
from wardwatch.cli.written import columns, wall_time
from wardwatch.composition import build_topic_reader
from wardwatch.settings import Settings
from wardwatch.wire.audit import AuditKind, AuditRecord, Head, audit_fields, decode_audit, head_of
from wardwatch.wire.audit_check import AuditCheck, ChainSummary, Problem
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.topics import AUDIT

EXIT_NOT_INTACT = 1
_PROBLEMS_SHOWN = 100


class _Head(click.ParamType):
    """A head, as `verify` prints it."""

    name = "chain:number:hash"

    def convert(self, value: str | Head, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        if isinstance(value, Head):
            return value
        head = head_of(value)
        if head is None:
            self.fail("it is not a head as `wardwatch audit verify` prints it.", param, ctx)
        return head


@click.group("audit")
def command() -> None:
    """Show who saw which ward and who did what, and check that nobody has changed it.

    It is the topic vitals.audit at the broker that WARDWATCH_KAFKA_BOOTSTRAP_SERVERS names; docs/audit.md
    says what is in it, and what can be proved.

    \b
    Example:
      wardwatch audit verify
    """


@command.command("verify")
@click.option("--head", "heads", type=_Head(), multiple=True, help="A head that was printed before.")
@click.option(
    "--heads",
    "heads_file",
    type=click.File(encoding="utf-8"),
    help="File with what an earlier `verify` printed.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify(*, heads: tuple[Head, ...], heads_file: Any, as_json: bool) -> None:
    """Check that no record was changed, removed, moved or put in, and print the head of each chain.

    Heads that are kept elsewhere prove later that nothing has been cut off either: give them with --head, or
    the whole output with --heads. Ends with 0 if all is as it was written, else with 1.

    \b
    Example:
      wardwatch audit verify --heads heads-of-yesterday.txt > heads-of-today.txt
    """
    kept = [*heads, *_heads_in(heads_file)]
    check = AuditCheck()
    is_whole = _read(
        settings_or_exit(), lambda record: check.take(record.partition, record.offset, record.value)
    )
    if not is_whole:
        check.problems.append(Problem(None, None, "The topic has lost its beginning: chains may be missing."))
    check.finish(kept)
    _tell(check, as_json=as_json)
    sys.exit(EXIT_NOT_INTACT if check.problems else 0)


@command.command("list")
@click.option(
    "--since", type=MOMENT, default="24h", show_default=True, help="A time span before now, or an instant."
)
@click.option("--kind", type=click.Choice([kind.value for kind in AuditKind]), help="Only this.")
@click.option("--subject", help="Only what was done with this person's tokens.")
@click.option("--ward", help="Only where this ward is named.")
@click.option("--patient", help="Only where this patient is named, by pseudonym.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def show(*, since: Moment, as_json: bool, **wanted: str | None) -> None:
    """Show who saw and did what. It is shown as it stands there: `verify` checks it.

    Times are those of the ward's time zone, WARDWATCH_TIME_ZONE.

    \b
    Example:
      wardwatch audit list --since 7d --patient p-17
    """
    settings = settings_or_exit()
    zone = zone_or_exit(settings)
    since_ms = since.ms(time.time_ns() // 1_000_000, zone)
    found: list[AuditRecord] = []
    unreadable = 0

    def take(record: LogRecord) -> None:
        nonlocal unreadable
        try:
            noted = decode_audit(record.value)
        except Unreadable:
            unreadable += 1
            return
        if noted.at_ms >= since_ms and _is_wanted(noted, wanted):
            found.append(noted)

    _read(settings, take)
    found.sort(key=lambda noted: noted.at_ms)
    for line in map(json_line, map(audit_fields, found)) if as_json else _lines(found, zone):
        click.echo(line)
    tell_left_out(AUDIT, unreadable)
    if not found:
        began = wall_time(since_ms, zone)
        click.echo(f"wardwatch: nothing of the kind since {began}; --since looks further back.", err=True)


def _read(settings: Settings, take: Callable[[LogRecord], None]) -> bool:
    silence_kafka_client()
    with told_where_unreadable(settings, AUDIT), progress_bars() as bars:
        return asyncio.run(read_whole(build_topic_reader(settings, AUDIT), take, partial(bars, AUDIT)))


def _heads_in(lines: Iterable[str] | None) -> list[Head]:
    """What stands first in each line, if it is a head: a line may say more, and others something else."""
    words = [line.split(maxsplit=1)[:1] for line in lines or ()]
    heads = [head for word in words if word and (head := head_of(word[0])) is not None]
    if lines is not None and not heads:
        raise UsersError("--heads: no line of this file begins with a head as `verify` prints it.")
    return heads


def _tell(check: AuditCheck, *, as_json: bool) -> None:
    chains = sorted(check.chains.values(), key=lambda chain: chain.began_ms)
    if as_json:
        told = {
            "intact": not check.problems,
            "records": check.records,
            "problems": [
                {"chain": each.chain, "place": each.place, "sentence": each.sentence}
                for each in check.problems
            ],
            "chains": [_chain_fields(chain) for chain in chains],
        }
        click.echo(json_line(told))
        return
    for chain in chains:
        click.echo(f"{chain.head}  {'stopped' if chain.has_stopped else 'open'}")
    for problem in check.problems[:_PROBLEMS_SHOWN]:
        place = f" (partition:offset {problem.place})" if problem.place else ""
        click.echo(f"problem: {printable(problem.sentence)}{place}")
    state = "as they were written"
    if check.problems:
        state = f"{len(check.problems)} problems" if len(check.problems) > 1 else "1 problem"
    click.echo(f"{_count(check.records, 'record')} in {_count(len(chains), 'chain')}: {state}.")


def _count(number: int, of: str) -> str:
    return f"{number:,} {of}{'' if number == 1 else 's'}"


def _chain_fields(chain: ChainSummary) -> dict[str, Any]:
    return {
        "head": str(chain.head),
        "began_ms": chain.began_ms,
        "at_ms": chain.at_ms,
        "stopped": chain.has_stopped,
    }


def _is_wanted(noted: AuditRecord, wanted: dict[str, str | None]) -> bool:
    kind, subject = wanted["kind"], wanted["subject"]
    if kind not in (None, noted.kind):
        return False
    if subject is not None and (noted.who is None or noted.who.subject != subject):
        return False
    return all(
        value is None or value == noted.what.get(name) or value in _named(noted.what.get(f"{name}s"))
        for name, value in (("ward", wanted["ward"]), ("patient", wanted["patient"]))
    )


def _named(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _lines(found: Sequence[AuditRecord], zone: Any) -> Iterator[str]:
    return columns([_cells(noted, zone) for noted in found]) if found else iter(())


def _cells(noted: AuditRecord, zone: Any) -> Sequence[str]:
    who = "-" if noted.who is None else f"{noted.who.name} ({noted.who.role})"
    what = " ".join(f"{name}={_written(value)}" for name, value in sorted(noted.what.items()))
    return wall_time(noted.at_ms, zone), noted.kind, printable(who), noted.console or "-", printable(what)


def _written(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
