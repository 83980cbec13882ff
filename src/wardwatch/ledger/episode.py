"""One alarm from its start to its end, as the log tells it: its signal, its answer, its label.

All instants but the onset are on our clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wardwatch.core.alarming.commands import Label, Receipt
from wardwatch.core.events import Actor, AlarmEvent, Cause, Phase, Priority

# In these states it calls for somebody; otherwise it is paused, turned off or over (IHE ACM).
_CALLING = frozenset({"active", "latched"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """That somebody has seen it; ``by`` is ``None`` where the log doesn't tell."""

    at_ms: int
    by: Actor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What somebody said that it was worth."""

    at_ms: int
    by: Actor | None
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote about it."""

    at_ms: int
    by: Actor | None
    text: str


@dataclass(slots=True, kw_only=True)
class Episode:
    """One alarm, as far as it has gone.

    ``ward`` and ``bed`` are where it began, ``moves`` where the patient was taken after that. ``text`` is
    what it said when it was most urgent. ``is_whole`` is false where the log no longer holds its start:
    ``start_ms`` is then the first that is known of it. ``signalled_ms`` is ``None`` as long as it has been
    paused or turned off. ``steps`` are kept where they are asked for, and ``receipts`` are by command.
    """

    alarm: str
    patient: str
    ward: str
    bed: str
    condition: str
    kind: str
    source: str
    text: str
    onset_ms: int
    start_ms: int
    is_whole: bool
    priority: Priority
    signalled_ms: int | None = None
    acknowledged: Acknowledgement | None = None
    end_ms: int | None = None
    ended_by: Cause | None = None
    has_latched: bool = False
    escalations: int = 0
    target: str = ""
    repeats: int = 0
    moves: list[tuple[str, str]] = field(default_factory=list)
    steps: list[AlarmEvent] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    @classmethod
    def begun_by(cls, event: AlarmEvent) -> Episode:
        """An alarm of which this is the first that is known."""
        return cls(
            alarm=event.alarm,
            patient=event.patient,
            ward=event.ward,
            bed=event.bed,
            condition=event.condition,
            kind=event.kind,
            source=event.source,
            text=event.text,
            onset_ms=event.onset_ms,
            start_ms=instant_of(event),
            is_whole=event.phase is Phase.START,
            priority=event.priority,
        )

    def go_on(self, event: AlarmEvent) -> None:
        """Take in its next event, or its first."""
        at_ms = instant_of(event)
        if event.priority > self.priority:
            self.priority, self.text = event.priority, event.text
        if event.state in _CALLING and self.signalled_ms is None:
            self.signalled_ms = at_ms
        if event.cause is Cause.ACKNOWLEDGED and self.acknowledged is None:
            self.acknowledged = Acknowledgement(at_ms=at_ms, by=event.by)
        if event.escalation > self.escalations:
            self.escalations, self.target = event.escalation, event.target
        self.repeats += event.cause is Cause.REPEAT
        self.has_latched |= event.state == "latched"
        if (event.ward, event.bed) != self.last_place:
            self.moves.append((event.ward, event.bed))
        if event.phase is Phase.END:
            self.end_ms, self.ended_by = at_ms, event.cause

    @property
    def last_place(self) -> tuple[str, str]:
        """Ward and bed of the patient when it was last told of."""
        return self.moves[-1] if self.moves else (self.ward, self.bed)

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.end_ms is None

    @property
    def ended_unacknowledged(self) -> bool:
        """Whether it is over and nobody has ever acknowledged it."""
        return not self.is_open and self.acknowledged is None

    @property
    def acknowledged_after_ms(self) -> int | None:
        """From its first signal to its first acknowledgement."""
        if self.acknowledged is None or self.signalled_ms is None:
            return None
        return self.acknowledged.at_ms - self.signalled_ms

    @property
    def labels(self) -> list[Labelled]:
        """What it was said to be worth, the latest word last."""
        return [
            Labelled(at_ms=receipt.at_ms, by=receipt.by, label=receipt.label)
            for receipt in self._in_time()
            if receipt.label is not None
        ]

    @property
    def label(self) -> Label | None:
        """The latest word on what it was worth."""
        labels = self.labels
        return labels[-1].label if labels else None

    @property
    def notes(self) -> list[Note]:
        """What was written about it, in the order of time."""
        return [
            Note(at_ms=receipt.at_ms, by=receipt.by, text=receipt.text)
            for receipt in self._in_time()
            if receipt.text
        ]

    def was_in(self, ward: str) -> bool:
        """Whether the patient was in this ward while it lasted."""
        return ward == self.ward or any(ward == moved_to for moved_to, _ in self.moves)

    def _in_time(self) -> Iterator[Receipt]:
        return iter(sorted(self.receipts.values(), key=lambda receipt: (receipt.at_ms, receipt.command)))


def instant_of(event: AlarmEvent) -> int:
    """When it happened on our clock; early records, which did not tell, have the device's only."""
    return event.at_ms or event.observed_at_ms
