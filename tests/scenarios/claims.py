"""What a clinician says must come of a story, whatever the golden lines are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import msgspec

from tests.scenarios.times import at_ms
from wardwatch.core.events import AlarmEvent, Phase

Words = str | list[str]


class Claim(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}, kw_only=True):
    """A sentence, which events it is about, and how many of these there are.

    The fields of an event are one word or several, with `*` for any letters. ``from`` and ``by`` bound the
    time. Without a number there is at least one such event; ``times`` is how many exactly. ``most_open`` is
    instead how many such alarms are open at once, at most, and ``open_at_end`` how many when it ends.
    """

    says: str
    condition: Words = "*"
    kind: Words = "*"
    priority: Words = "*"
    phase: Words = "*"
    state: Words = "*"
    inactivation: Words = "*"
    cause: Words = "*"
    target: Words = "*"
    source: Words = "*"
    ward: Words = "*"
    text: Words = "*"
    from_: str | None = None
    by: str | None = None
    times: int | None = None
    at_most: int | None = None
    most_open: int | None = None
    open_at_end: int | None = None

    def holds(self, events: Sequence[AlarmEvent]) -> bool:
        """Whether it is so; ``events`` are all of the story."""
        found = [event for event in events if self._is_about(event)]
        if self.most_open is not None:
            return max(_open_counts(found), default=0) <= self.most_open
        if self.open_at_end is not None:
            return [0, *_open_counts(found)][-1] == self.open_at_end
        if self.at_most is not None:
            return len(found) <= self.at_most
        return bool(found) if self.times is None else len(found) == self.times

    def _is_about(self, event: AlarmEvent) -> bool:
        if self.from_ is not None and event.at_ms < at_ms(self.from_):
            return False
        if self.by is not None and event.at_ms > at_ms(self.by):
            return False
        return all(_fits(_word(getattr(event, name)), getattr(self, name)) for name in _FIELDS)


# `by` is a time here, and a person there.
_FIELDS = [name for name in Claim.__struct_fields__ if hasattr(AlarmEvent, name) and name != "by"]


def _word(value: object) -> str:
    """A priority by its name, all else as it is."""
    return getattr(value, "name", "").lower() if isinstance(value, int) else str(value)


def _fits(word: str, wanted: Words) -> bool:
    return any(fnmatchcase(word, each) for each in ([wanted] if isinstance(wanted, str) else wanted))


def _open_counts(events: Iterable[AlarmEvent]) -> Iterable[int]:
    """How many alarms are open after each event."""
    opened: set[str] = set()
    for event in events:
        if event.phase is Phase.END:
            opened.discard(event.alarm)
        else:
            opened.add(event.alarm)
        yield len(opened)
