"""docs/alarms.md says what the tables say, and what an alarm event has."""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
from pathlib import Path

import pytest

from docs.generate import PARTS, diagram, named_parts, regenerated
from tests.support.logs import at_1_hz, run
from tests.support.wards import NOW_MS, Sent, known_ward, told
from wardwatch.core.alarming.machine import TABLE
from wardwatch.core.conditions import RULE_VERSION
from wardwatch.core.events import AlarmEvent
from wardwatch.core.reading import Reading
from wardwatch.wire.alarms import decode_alarm

DOCUMENT = (Path(__file__).parent.parent / "docs" / "alarms.md").read_text(encoding="utf-8")
DOCUMENTS = sorted((Path(__file__).parent.parent / "docs").rglob("*.md"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_says_what_the_tables_say(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    difference = "\n".join(
        difflib.unified_diff(
            before.splitlines(), regenerated(before).splitlines(), "written", "made", "", "", 0, ""
        )
    )
    assert not difference, (
        f"docs/{path.name} is not what the tables make of it; `make docs` writes it anew:\n{difference}"
    )


def test_every_part_is_in_one_document_once() -> None:
    texts = [path.read_text(encoding="utf-8") for path in DOCUMENTS]
    assert sorted(part for text in texts for part in named_parts(text)) == sorted(PARTS)
    # A comment that is misspelt would leave its part as it is for ever.
    for comment in ("<!-- made by make docs", "<!-- end of"):
        assert sum(text.count(comment) for text in texts) == len(PARTS)


def test_what_differs_is_made_anew_and_the_rest_is_left_alone() -> None:
    wrong = DOCUMENT.replace("| `heart_rate.high` | > 130 /min |", "| `heart_rate.high` | > 140 /min |")
    assert wrong != DOCUMENT
    assert regenerated(wrong) == DOCUMENT


def test_the_diagram_has_every_way_that_leads_to_another_state() -> None:
    drawn = set(re.findall(r"^    (\S+) --> (\S+) :", diagram(), re.MULTILINE))
    ways = {(row.state.value, row.to.value) for row in TABLE if row.state is not row.to}
    assert drawn == {tuple("[*]" if end == "none" else end for end in way) for way in ways}


def test_no_label_of_the_diagram_ends_early() -> None:
    for line in diagram().splitlines()[2:-1]:
        assert re.fullmatch(r"    \S+ --> \S+ : [^:;#]+", line), line


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


def test_every_field_of_an_event_is_told() -> None:
    named = [field.name for field in dataclasses.fields(AlarmEvent)]
    assert sorted(fields("An alarm event:")) == sorted(named)
    [example] = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    assert sorted(json.loads(example)) == sorted([*named, "v"])


def test_the_example_is_the_event_that_there_is() -> None:
    [example] = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    event = decode_alarm(json.dumps(json.loads(example)).encode())
    [found] = run(at_1_hz([152.0] * 200))
    assert event.why["rule_version"] == RULE_VERSION
    assert (event.condition, event.text, event.why) == (found.condition, found.text, found.why)
    assert event.observed_at_ms - event.onset_ms == found.observed_at_ms - found.onset_ms
