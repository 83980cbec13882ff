"""docs/alarms.md says what the table of conditions says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from wardwatch.core.conditions import CONDITIONS, Condition
from wardwatch.core.vitals import VITALS
from wardwatch.wire.alarms import decode_alarm

DOCUMENT = (Path(__file__).parent.parent / "docs" / "alarms.md").read_text(encoding="utf-8")


def row(condition: Condition) -> str:
    unit = {"limit": "", "news2": "", "baseline": " spreads"}[condition.rule]
    if condition.rule == "limit":
        unit = f" {VITALS[condition.signal].unit}"
    sign = ">" if condition.direction > 0 else "<"
    return (
        f"| `{condition.name}` | {sign} {condition.limit:g}{unit} | {condition.band:g} "
        f"| {condition.priority.name.lower()} | {condition.severe_priority.name.lower()} |"
    )


def test_the_table_has_a_row_a_condition_and_no_other() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `")]
    assert rows == [row(condition) for condition in CONDITIONS]


def test_the_example_is_a_valid_event() -> None:
    [example] = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    event = decode_alarm(json.dumps(json.loads(example)).encode())
    assert event.condition == "heart_rate.high"
