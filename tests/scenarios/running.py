"""Runs a story through a monitor, in many ways that must all come to the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.scenarios.courses import SentReading
from tests.scenarios.story import PATIENT, Act, Input, Story
from wardwatch.core.alarming.commands import Command, Receipt
from wardwatch.core.events import Actor, AlarmEvent, Phase, Refusal
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch
from wardwatch.core.roster import RosterEntry

Arriving = SentReading | RosterEntry | Command


@dataclass(slots=True)
class Told:
    """All that comes of a story."""

    events: list[AlarmEvent] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def take(self, monitor: Monitor) -> None:
        """What there is to tell by now."""
        outcome = monitor.drain()
        self.events += outcome.events
        self.receipts += outcome.receipts
        self.refusals += outcome.refusals


def arrived_at_ms(what: Arriving) -> int:
    """When it arrived, on our clock."""
    if isinstance(what, SentReading):
        return what.arrived_at_ms
    assert what.at_ms is not None
    return what.at_ms


def resolved(story: Story) -> list[Arriving]:
    """All that arrives, with the names of the alarms that people mean.

    Those only come about as the story is run.
    """
    monitor, told, log = Monitor(), Told(), list[Arriving]()
    for number, each in enumerate(story.inputs()):
        if isinstance(each.what, Act):
            monitor.tick(each.arrived_at_ms)
            told.take(monitor)
            what: Arriving = _command(each, each.what, f"c-{number}", told.events)
        elif isinstance(each.what, SentReading):
            what = each.what._replace(position=number)
        else:
            what = each.what
        log.append(what)
        put(monitor, [what])
    return log


def _command(given: Input, act: Act, name: str, events: Iterable[AlarmEvent]) -> Command:
    meant = None
    if act.alarm is not None:
        begun = [e.alarm for e in events if e.condition == act.alarm and e.phase is Phase.START]
        assert begun, f"at {act.at} there has been no alarm of {act.alarm}"
        meant = begun[-1]
    return Command(
        command=name,
        patient=PATIENT,
        verb=act.does,
        by=Actor(name=act.who, role=act.role),
        at_ms=given.arrived_at_ms,
        alarm=meant,
        condition=act.condition,
        duration_s=act.duration_s,
        text=act.text,
        label=act.label,
    )


def put(monitor: Monitor, log: Sequence[Arriving], *, size: int = 1) -> None:
    """Give a monitor what arrives, in its order: readings in batches of up to ``size``."""
    batch: list[SentReading] = []
    for what in log:
        if batch and (len(batch) == size or not isinstance(what, SentReading)):
            _receive(monitor, batch)
            batch = []
        if isinstance(what, SentReading):
            batch.append(what)
        elif isinstance(what, RosterEntry):
            monitor.admit([what])
        else:
            monitor.command([what])
    _receive(monitor, batch)


def _receive(monitor: Monitor, batch: Sequence[SentReading]) -> None:
    arrived, positions = [sent.arrived_at_ms for sent in batch], [sent.position for sent in batch]
    readings = [sent.reading for sent in batch]
    monitor.receive(Batch.of(readings, arrived_at_ms=arrived, positions=positions))


def told_of(story: Story, log: Sequence[Arriving], *, size: int) -> Told:
    """All that comes of a story; time passes only with what arrives, and at its end."""
    monitor, told = Monitor(), Told()
    put(monitor, log, size=size)
    monitor.tick(story.until_ms)
    told.take(monitor)
    return told


def told_in_time(story: Story, log: Sequence[Arriving], *, every_ms: int) -> Told:
    """The same with a worker's timer: somebody looks whenever anything falls due, and every so often."""
    monitor, told = Monitor(), Told()
    for what in log:
        _wait(monitor, arrived_at_ms(what), every_ms)
        put(monitor, [what])
    _wait(monitor, story.until_ms, every_ms)
    told.take(monitor)
    return told


def _wait(monitor: Monitor, until_ms: int, every_ms: int) -> None:
    while (due_ms := monitor.next_due_ms()) is not None and due_ms < until_ms:
        monitor.tick(due_ms)
        assert monitor.next_due_ms() != due_ms, "what was due has been done"
    for now_ms in range(until_ms - until_ms % every_ms, until_ms + 1, every_ms):
        monitor.tick(now_ms)
    monitor.tick(until_ms)


def told_by_many_workers(story: Story, log: Sequence[Arriving]) -> Told:
    """What is told where each worker takes one thing in, writes down where it stands, and dies.

    Each one after it is as if nothing had happened: so it comes to the same wherever only one of them dies.
    """
    undisturbed, restored, told = Monitor(), Monitor(), Told()
    for what in log:
        put(undisturbed, [what])
        put(restored, [what])
        told.take(restored)
        restored = Monitor.restore(dict(restored.snapshot(only_changed=False)))
        assert restored.state_of(PATIENT) == undisturbed.state_of(PATIENT)
    restored.tick(story.until_ms)
    told.take(restored)
    return told


def told_after_crash(story: Story, log: Sequence[Arriving], cut: int, *, lost: int = 0) -> tuple[Told, Told]:
    """What is told until a worker dies before ``log[cut]``, and then by the one that takes over.

    The latter begins with a checkpoint of ``lost`` inputs before. It comes late, finds all that has arrived
    meanwhile, and nobody has looked at the clock.
    """
    monitor, before = Monitor(), Told()
    put(monitor, log[: cut - lost])
    blocks = dict(monitor.snapshot(only_changed=False))
    put(monitor, log[cut - lost : cut])
    before.take(monitor)
    restored, after = Monitor.restore(blocks), Told()
    put(restored, log[cut - lost :], size=len(log))
    restored.tick(story.until_ms)
    after.take(restored)
    return before, after
