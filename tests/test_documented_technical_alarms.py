"""docs/technical.md says what the table of technical conditions says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.support.devices import Watched, every, sent
from tests.support.logs import START_MS
from tests.support.wards import Sent
from wardwatch.core.technical.conditions import IN_WORDS, RULE_VERSION, InWords

DOCUMENT = (Path(__file__).parent.parent / "docs" / "technical.md").read_text(encoding="utf-8")


def row(condition: InWords) -> str:
    higher = "" if condition.higher_priority is None else condition.higher_priority.name.lower()
    cells = (
        f"`{condition.condition}`",
        condition.exists,
        condition.delay,
        condition.over,
        condition.priority.name.lower(),
        condition.higher,
        higher,
    )
    return "| " + " | ".join(cells).replace("|  |  ", "| | ") + " |"


def test_the_table_has_each_condition_and_no_other() -> None:
    lines = [line for line in DOCUMENT.split("## Reasons")[0].splitlines() if line.startswith("| `")]
    assert [re.sub(r" +", " ", line) for line in lines] == [
        re.sub(r" +", " ", row(each)) for each in IN_WORDS
    ]


def _spike_at(at_s: float) -> list[Sent]:
    return [sent(at_s + turn, heart_rate=rate) for turn, rate in enumerate((70.0, 150.0, 71.0))]


def test_every_reason_is_told() -> None:
    table = re.findall(r"^\| `(device\.\w+)` \| ([\w, ]+) \|", DOCUMENT.split("## Reasons")[1], re.MULTILINE)
    troubles: dict[str, dict[str, Any]] = {
        "device.no_data": {},
        "device.off_body": {"worn": False},
        "device.poor_signal": {"signal_quality": 0.1},
        "device.battery_low": {"battery": 3.0},
        "device.clock_wrong": {"late_s": -100},
        "device.refused": {"heart_rate": 0.0},
        "device.stuck": {"heart_rate": 70.0},
        "device.drift": {"skin_temperature": 20.0},
        "device.spikes": {},
        "device.duplicates": {},
    }
    assert [name for name, _ in table] == list(troubles)
    for name, fields in table:
        log: list[Sent] = every(10, 700, **troubles[name])
        if name == "device.spikes":
            log = [each for at in range(0, 600, 60) for each in _spike_at(at)]
        if name == "device.duplicates":
            log = [each for each in log for _ in range(2)]
        watched = Watched()
        changes = watched.receive(log) + watched.tick(START_MS + 3_600_000)
        [why] = [each.why for each in changes if (each.condition, each.phase.value) == (name, "start")]
        assert why.keys() == {"rule", "rule_version", "device", *fields.split(", ")}
        assert why["rule_version"] == RULE_VERSION
