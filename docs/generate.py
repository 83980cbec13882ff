"""Writes the parts of the documents that are made from the code's tables: `make docs`.

Such a part stands between two comments that name it. Everything around them is written by hand. A file of its
own is only the feed's protocol for machines, which ``asyncapi`` makes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from docs import asyncapi
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.alarming.machine import TABLE, State, Trigger
from wardwatch.core.alarming.policy import Handling, WardPolicy
from wardwatch.core.conditions import CONDITIONS, Condition
from wardwatch.core.events import Cause, Priority
from wardwatch.core.leaps import LEAP_OF
from wardwatch.core.model import shipped_model
from wardwatch.core.permissions import MAY, Action, ConsoleRole
from wardwatch.core.vitals import VITALS
from wardwatch.report import model_card as card

FOLDER = Path(__file__).parent

_UNIT_OF_RULE = {
    "news2": "",
    "learned": " bits",
    "nightly": "",
    "river": "",
    "fall": " g",
    "deterioration": "",
}
_UNIT_OF_RHYTHM = {"irregular": " %", "pause": " s", "fast": " /min"}
_RIGHTS = {
    Action.READ: "to see alarms",
    Action.VITALS: "to see each patient's latest values",
    Action.HISTORY: "to see each patient's last hours",
    Action.NAMES: "to ask for the name behind a pseudonym",
    Action.SHOWN: "to report which alarms are on the screen",
    Action.DELIVERIES: "to see at which consoles an alarm has arrived",
} | {Action.of(verb): f"the [command](commands.md) `{verb}`" for verb in Verb}
_PART = re.compile(r"(<!-- made by make docs: (\w+) -->\n).*?(<!-- end of \2 -->\n)", re.DOTALL)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|\n{cells}"


def _length(seconds: float) -> str:
    """A duration as people say it."""
    return f"{seconds:g} s" if seconds < 60 else f"{seconds / 60:g} min"


def conditions() -> str:
    """Which conditions there are."""
    heads = (
        "condition",
        "beyond",
        "one band",
        "wait",
        "shortest",
        "over after",
        "priority",
        "one band beyond",
    )
    return _table(heads, (_condition(condition) for condition in CONDITIONS))


def _condition(condition: Condition) -> list[str]:
    unit = _unit(condition)
    return [
        f"`{condition.name}`",
        f"{'>' if condition.direction > 0 else '<'} {condition.limit:g}{unit}",
        # So wide that nothing is ever a band beyond the limit.
        "none" if condition.band >= 1e6 else f"{condition.band:g}",
        _length(condition.dwell_s),
        _length(condition.shortest_dwell_s),
        _length(condition.clear_s),
        condition.priority.name.lower(),
        condition.severe_priority.name.lower(),
    ]


def _unit(condition: Condition) -> str:
    if condition.rule == "limit":
        return f" {VITALS[condition.signal].unit}"
    if condition.rule == "rhythm":
        return _UNIT_OF_RHYTHM[condition.name.partition(".")[2]]
    return _UNIT_OF_RULE[condition.rule]


def leaps() -> str:
    """How far each vital goes in a leap."""
    rows = ((f"`{vital.name}`", f"{LEAP_OF[vital.name]:g} {vital.unit}") for vital in VITALS)
    return _table(("vital", "leaps by more than"), rows)


def states() -> str:
    """What may happen to an alarm, state by state."""
    rows = []
    for row in TABLE:
        told = "nothing" if row.told is None else f"`{row.told}`"
        rows.append((row.state.value, row.trigger.value, row.to.value, told))
    return _table(("in state", "when", "it becomes", "and is told"), rows)


def diagram() -> str:
    """The ways between the states. What leaves a state as it is would only hide them."""
    ways: dict[tuple[State, State], list[Trigger]] = {}
    for row in TABLE:
        if row.state is not row.to:
            ways.setdefault((row.state, row.to), []).append(row.trigger)
    arrows = (
        # A colon would end the label.
        f"    {_drawn(here)} --> {_drawn(there)} : {'<br/>'.join(triggers).replace(':', ',')}\n"
        for (here, there), triggers in ways.items()
    )
    return "```mermaid\nstateDiagram-v2\n" + "".join(arrows) + "```\n"


def _drawn(state: State) -> str:
    return "[*]" if state is State.NONE else state.value


def handling() -> str:
    """How a ward handles alarms, unless it wants something else."""
    policy = WardPolicy()
    columns = [_handled(policy.of(priority)) for priority in Priority]
    rows = ((f"`{name}`", *(column[name] for column in columns)) for name in columns[0])
    pauses = (
        (f"`{name}`", *[_length(seconds)] * len(Priority))
        for name, seconds in (
            ("longest_audio_pause_s", policy.longest_audio_pause_s),
            ("longest_alarm_pause_s", policy.longest_alarm_pause_s),
        )
    )
    return _table(("", *(f"{priority.name.lower()} priority" for priority in Priority)), [*rows, *pauses])


def _handled(handling: Handling) -> dict[str, str]:
    steps = [f"{_length(each.after_s)}: {each.target}" for each in handling.escalations]
    held, again_s = handling.acknowledged_s, handling.repeat_s
    return {
        "signal_delay_s": "none" if handling.signal_delay_s == 0 else _length(handling.signal_delay_s),
        "acknowledged_s": "as long as the condition" if held is None else _length(held),
        "repeat_s": "never" if again_s is None else _length(again_s),
        "escalations": ", ".join(steps) or "none",
        "latches": "yes" if handling.latches else "no",
    }


def causes() -> str:
    """What may bring an alarm's event about."""
    return f"{', '.join(f'`{cause}`' for cause in Cause)}.\n"


def rights() -> str:
    """Who may do what."""
    rows = (
        (f"`{action}`", *("yes" if action in MAY[role] else "" for role in ConsoleRole), _RIGHTS[action])
        for action in Action
    )
    return _table(("", *(f"`{role}`" for role in ConsoleRole), "which is"), rows)


def model_card() -> str:
    """The shipped model's, as reports have it."""
    told = card.model_card(shipped_model())
    lines = [_wrapped(paragraph) for paragraph in told.text]
    for part in told.parts:
        lines += [f"\n## {part.title}\n", *(_wrapped(item, "- ") for item in part.items)]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, bullet: str = "") -> str:
    indent = " " * len(bullet)
    return textwrap.fill(text, 116, initial_indent=bullet, subsequent_indent=indent, break_on_hyphens=False)


PARTS: dict[str, Callable[[], str]] = {
    part.__name__: part for part in (conditions, leaps, states, diagram, handling, causes, rights, model_card)
}


def regenerated(document: str) -> str:
    """The document with its parts as the tables have them now; raises KeyError for a part nobody makes."""
    return _PART.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n{found[3]}", document)


def named_parts(document: str) -> list[str]:
    """Which parts it holds."""
    return [found[1] for found in _PART.findall(document)]


def main() -> None:
    """Write all documents anew."""
    for path in sorted(FOLDER.rglob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = regenerated(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
    asyncapi.main()


if __name__ == "__main__":
    main()
