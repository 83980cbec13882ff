"""docs/alarms.md says what the table of conditions says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.support.logs import at_1_hz, run
from tests.support.wards import NOW_MS, Sent, known_ward, told
from wardwatch.core.conditions import CONDITIONS, RULE_VERSION, Condition
from wardwatch.core.intake import _LEAP_OF
from wardwatch.core.reading import Reading
from wardwatch.core.vitals import VITALS
from wardwatch.wire.alarms import decode_alarm

DOCUMENT = (Path(__file__).parent.parent / "docs" / "alarms.md").read_text(encoding="utf-8")
UNITS = {"news2": "", "learned": " bits", "nightly": "", "river": ""}


def length(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 60 else f"{seconds / 60:g} min"


def row(condition: Condition) -> str:
    unit = f" {VITALS[condition.signal].unit}" if condition.rule == "limit" else UNITS[condition.rule]
    sign = ">" if condition.direction > 0 else "<"
    # So wide that nothing is ever a band beyond the limit.
    band = "none" if condition.band >= 1e6 else f"{condition.band:g}"
    waits = (condition.dwell_s, condition.shortest_dwell_s, condition.clear_s)
    return (
        f"| `{condition.name}` | {sign} {condition.limit:g}{unit} | {band} "
        f"| {' | '.join(length(seconds) for seconds in waits)} "
        f"| {condition.priority.name.lower()} | {condition.severe_priority.name.lower()} |"
    )


def test_the_table_has_a_row_a_condition_and_no_other() -> None:
    rows = [line for line in DOCUMENT.splitlines() if re.match(r"\| `\w+\.\w+`", line)]
    assert rows == [row(condition) for condition in CONDITIONS]


def test_what_is_a_leap_is_told_of_every_vital() -> None:
    rows = [line for line in DOCUMENT.splitlines() if re.match(r"\| `\w+` \|", line)]
    assert rows == [f"| `{vital.name}` | {_LEAP_OF[vital.name]:g} {vital.unit} |" for vital in VITALS]


def fields(heading: str) -> list[str]:
    """The names in the first column of the table of fields that follows a text."""
    table = DOCUMENT.split(heading)[1].split("|---|---|\n")[1].split("\n\n")[0]
    return [name for line in table.splitlines() for name in line.split("|")[1].strip().split(", ")]


def test_every_reason_of_a_learned_alarm_is_told() -> None:
    log = [
        Sent(Reading(patient="heart", device="e4", observed_at_ms=at_ms, heart_rate=94.0), at_ms)
        for at_ms in range(NOW_MS, NOW_MS + 1_200_000, 60_000)
    ]
    event = told(known_ward(["heart"]), log)[0]
    assert sorted(event.why) == sorted(fields("## Reasons") + fields("Of `vitals.unusual` it has:"))
    assert sorted(event.why["vitals"]["heart_rate"]) == sorted(fields("and of each of these vitals:"))


def test_the_example_is_the_event_that_there_is() -> None:
    [example] = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    event = decode_alarm(json.dumps(json.loads(example)).encode())
    [found] = run(at_1_hz([152.0] * 200))
    assert event.why["rule_version"] == RULE_VERSION
    assert (event.condition, event.text, event.why) == (found.condition, found.text, found.why)
    assert event.observed_at_ms - event.onset_ms == found.observed_at_ms - found.onset_ms
