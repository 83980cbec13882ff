"""Whatever dies, and whenever: no event is lost, none is told twice, no state is lost."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.fake_monitor import (
    POISONOUS_HEART_RATE,
    REFUSED_HEART_RATE,
    SILENT_AFTER_MS,
    FakeMonitor,
)
from tests.support.fake_records import FakeRecord, placement_record, reading_record
from wardwatch.adapters.checkpoint import Message, Records
from wardwatch.adapters.partition import Partition
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.topics import ALERTS, READINGS, ROSTER

PATIENTS = [f"p-{number}" for number in range(7)]
HEART_RATES = [70, 71, 72, REFUSED_HEART_RATE, POISONOUS_HEART_RATE]


class Console:
    """A console with the feed's rule: an event whose sequence is not above the patient's last is a repeat."""

    def __init__(self) -> None:
        self.sequences: dict[str, list[int]] = defaultdict(list)

    def hear(self, message: Message) -> None:
        event = decode_alarm(message.value)
        heard = self.sequences[event.patient]
        if not heard or event.sequence > heard[-1]:
            heard.append(event.sequence)


class CrashingWorkers(RuleBasedStateMachine):
    """One partition and its owners, one after another, as the runner drives them; each may die anywhere."""

    @initialize(
        readings=st.lists(
            st.tuples(st.sampled_from(PATIENTS), st.sampled_from(HEART_RATES)), min_size=1, max_size=60
        ),
        placements=st.lists(st.sampled_from(PATIENTS), max_size=6),
    )
    def begin(self, readings: list[tuple[str, int]], placements: list[str]) -> None:
        self.log: dict[str, list[FakeRecord]] = {
            READINGS: [
                reading_record(offset, patient, heart_rate=heart_rate, at_ms=1 + offset)
                for offset, (patient, heart_rate) in enumerate(readings)
            ],
            ROSTER: [placement_record(offset, patient) for offset, patient in enumerate(placements)],
        }
        self.changelog: dict[bytes, bytes] = {}
        self.committed = {READINGS: 0, ROSTER: 0}
        self.generation = 0
        self.console = Console()
        self.late_records: Records = []
        self.assign()

    def assign(self) -> None:
        self.generation += 1
        self.owner = Partition(
            0, generation=self.generation, changelog=self.changelog, restore=FakeMonitor.restore
        )
        self.fetched = dict(self.committed)
        self.unacknowledged: list[Message] = []
        self.checkpoint_if_outbox()

    @rule(topic=st.sampled_from([READINGS, ROSTER]), count=st.integers(1, 9))
    def take(self, topic: str, count: int) -> None:
        start = self.fetched[topic]
        records = self.log[topic][start : start + count]
        if records:
            self.fetched[topic] += len(records)
            self.unacknowledged += self.owner.take(topic, records)
            self.checkpoint_if_outbox()

    @rule()
    def let_time_pass(self) -> None:
        heard_ms, heard_at_wall_ms = self.owner.clock.saved()
        caught_up = all(self.owner.positions[topic] == len(self.log[topic]) for topic in self.log)
        if caught_up and heard_at_wall_ms is not None:
            self.owner.clock.resume(heard_ms, heard_at_wall_ms - 2 * SILENT_AFTER_MS)
            self.owner.tick()
            self.checkpoint_if_outbox()

    @rule(counts=st.lists(st.integers(1, 5), min_size=2, max_size=4))
    def work_in_peace(self, counts: list[int]) -> None:
        for count in counts:
            self.take(READINGS, count)
            self.checkpoint()

    @rule(topic=st.sampled_from([READINGS, ROSTER]), count=st.integers(1, 9), share=st.floats(0.1, 0.9))
    def take_and_die_while_checkpointing(self, topic: str, count: int, share: float) -> None:
        """As above, with something to checkpoint for sure, also what only the outbox tells."""
        start = self.fetched[topic]
        records = self.log[topic][start : start + count]
        if records:
            self.unacknowledged += self.owner.take(topic, records)
            self.die_while_checkpointing(share, fall_asleep=False)

    @rule()
    def checkpoint(self) -> None:
        self.acknowledge(len(self.unacknowledged))
        self.write(self.owner.checkpoint())
        self.committed = dict(self.owner.saved_positions)
        self.unacknowledged = self.owner.take_outbox()

    @rule(acknowledged=st.integers(0, 20))
    def die(self, acknowledged: int) -> None:
        """Of what was published last, the broker has got only a part."""
        self.acknowledge(acknowledged)
        self.assign()

    @rule(share=st.floats(0, 1), fall_asleep=st.booleans())
    def die_while_checkpointing(self, share: float, fall_asleep: bool) -> None:  # noqa: FBT001
        """The changelog has got a part of the checkpoint; what was asleep writes the rest later."""
        self.acknowledge(len(self.unacknowledged))
        records = self.owner.checkpoint()
        written = round(share * len(records))
        self.write(records[:written])
        if fall_asleep:
            self.late_records = records[written:]
        self.assign()

    @precondition(lambda self: bool(self.late_records))
    @rule()
    def wake_up_and_write_the_rest(self) -> None:
        self.write(self.late_records)
        self.late_records = []

    @rule()
    def die_before_the_outbox_is_published(self) -> None:
        self.acknowledge(len(self.unacknowledged))
        self.write(self.owner.checkpoint())
        self.committed = dict(self.owner.saved_positions)
        self.assign()

    def checkpoint_if_outbox(self) -> None:
        if self.owner.outbox:
            self.checkpoint()

    def acknowledge(self, count: int) -> None:
        for message in self.unacknowledged[:count]:
            if message.topic == ALERTS:
                self.console.hear(message)
        self.unacknowledged = []

    def write(self, records: Records) -> None:
        for key, value in records:
            if value is None:
                self.changelog.pop(key, None)
            else:
                self.changelog[key] = value

    @invariant()
    def every_event_arrives_once_and_in_order(self) -> None:
        for heard in self.console.sequences.values():
            assert heard == list(range(1, len(heard) + 1))

    def teardown(self) -> None:
        if not hasattr(self, "log"):
            return
        for topic in self.log:
            self.take(topic, len(self.log[topic]))
        self.checkpoint()
        self.acknowledge(len(self.unacknowledged))
        self.every_event_arrives_once_and_in_order()
        monitor = self.owner._monitor.current
        assert isinstance(monitor, FakeMonitor)
        told = {name: len(heard) for name, heard in self.console.sequences.items() if heard}
        state = monitor.state()
        assert told == {name: kept["sequence"] for name, kept in state.items() if kept["sequence"]}
        assert {name: (kept["count"], kept["sum"]) for name, kept in state.items()} == self.undisturbed()

    def undisturbed(self) -> dict[str, tuple[int, int]]:
        partition = Partition(0, generation=1, changelog={}, restore=FakeMonitor.restore)
        for topic, records in self.log.items():
            if records:
                partition.take(topic, records)
        monitor = partition._monitor.current
        assert isinstance(monitor, FakeMonitor)
        return {name: (kept["count"], kept["sum"]) for name, kept in monitor.state().items()}


TestCrashingWorkers = CrashingWorkers.TestCase
TestCrashingWorkers.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
