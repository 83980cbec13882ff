"""What comes of a story as text, a line an event, for people to read and for tests to compare.

`make stories` writes all of it anew; the difference is what has changed for patients.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.scenarios.running import Arriving, Told, resolved, told_of
from tests.scenarios.story import FOLDER, Story, names, read
from tests.scenarios.times import clock
from wardwatch.core.alarming.commands import Receipt
from wardwatch.core.events import AlarmEvent, Refusal
from wardwatch.core.roster import RosterEntry

_HEADING = ("time", "place", "condition", "phase", "prio", "state", "inactivation", "cause", "who", "text")
_WIDTHS = (8, 6, 25, 6, 6, 8, 33, 20, 20)


def path_of(name: str) -> Path:
    """Where what comes of a story is written."""
    return FOLDER / f"{name}.events.txt"


def written(story: Story, log: Iterable[Arriving], told: Told) -> str:
    """What comes of a story now."""
    return "\n".join([story.title, "", *lines(log, told)]) + "\n"


def lines(log: Iterable[Arriving], told: Told) -> Iterator[str]:
    """Events, and between them, marked by a *, what people did and what the roster said, by time."""
    yield _in_columns(_HEADING)
    found = [(each.at_ms or 0, 0, _roster(each)) for each in log if isinstance(each, RosterEntry)]
    # What somebody does comes before what it brings about.
    found += [(each.at_ms, 1, _receipt(each)) for each in told.receipts]
    found += [(each.at_ms, 2, _event(each)) for each in told.events]
    yield from (line for _, _, line in sorted(found, key=lambda each: each[:2]))
    yield from _refusals(told.refusals)


def _event(event: AlarmEvent) -> str:
    until = "" if event.until_ms is None else f" until {clock(event.until_ms)}"
    by = "" if event.by is None else event.by.name
    return _in_columns(
        (
            clock(event.at_ms),
            f"{event.ward}/{event.bed}",
            f"{event.condition} {event.source}",
            event.phase,
            event.priority.name.lower(),
            event.state,
            event.inactivation + until,
            event.cause,
            f"{event.target} {by}",
            event.text,
        )
    )


def _in_columns(words: Sequence[str]) -> str:
    cells = [word.strip().ljust(width) for word, width in zip(words, _WIDTHS, strict=False)]
    return "  ".join([*cells, words[-1]]).rstrip()


def _receipt(receipt: Receipt) -> str:
    assert receipt.by is not None
    assert receipt.verb is not None
    said = f"{receipt.by.name} ({receipt.by.role.value}): {receipt.verb.value}"
    return f"{clock(receipt.at_ms)}  * {said} -- {receipt.verdict}: {receipt.sentence}"


def _roster(entry: RosterEntry) -> str:
    said = ["discharged" if entry.discharged else f"{entry.ward}/{entry.bed}"]
    said += ["NEWS2 on scale 2"] * entry.news2_scale_2
    said += [] if entry.on_oxygen is None else ["on oxygen" if entry.on_oxygen else "on air"]
    said += [
        f"{vital} {bound} {limit:g}"
        for vital, bounds in entry.limits.items()
        for bound, limit in bounds.items()
    ]
    return f"{clock(entry.at_ms or 0)}  * roster: {', '.join(said)}"


def _refusals(refusals: Iterable[Refusal]) -> Iterator[str]:
    counted = Counter((each.vital or "whole reading", each.reason.value) for each in refusals)
    yield from (f"refused: {count} x {what}, {why}" for (what, why), count in sorted(counted.items()))


def main() -> None:
    """Write what comes of every story, or of those that are named."""
    for name in sys.argv[1:] or names():
        story = read(name)
        log = resolved(story)
        path_of(name).write_text(written(story, log, told_of(story, log, size=1)), encoding="utf-8")


if __name__ == "__main__":
    main()
