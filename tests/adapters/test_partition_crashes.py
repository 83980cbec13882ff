"""Whatever dies, and whenever: no event is lost, none is told twice or in two ways, no state is lost.

A command is done once, and answered once.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.fake_monitor import (
    POISONOUS,
    POISONOUS_HEART_RATE,
    REFUSED,
    REFUSED_HEART_RATE,
    SILENT_AFTER_MS,
    FakeMonitor,
)
from tests.support.fake_records import FakeRecord, command_record, placement_record, reading_record
from wardwatch.adapters.checkpoint import Message, Records
from wardwatch.adapters.partition import Partition
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.receipts import decode_receipt
from wardwatch.wire.topics import ALERTS, COMMANDS, READINGS, RECEIPTS, ROSTER

PATIENTS = [f"p-{number}" for number in range(7)]
HEART_RATES = [70, 71, 72, REFUSED_HEART_RATE, POISONOUS_HEART_RATE]
WARDS = ["4B", "5A", POISONOUS]
# Of the last one only command and patient can be read.
ALARMS = ["a", "b", REFUSED, POISONOUS, "unreadable alarm"]
TOPICS = st.sampled_from([READINGS, ROSTER, COMMANDS])


class Console:
    """A console with the feed's rule: an event whose sequence is not above the patient's last is a repeat."""

    def __init__(self) -> None:
        self.sequences: dict[str, list[int]] = defaultdict(list)
        self.events: dict[tuple[str, int], bytes | None] = {}
        self.receipts: dict[str, list[bytes | None]] = defaultdict(list)

    def hear(self, message: Message) -> None:
        if message.topic == RECEIPTS:
            self.receipts[decode_receipt(message.value).command].append(message.value)
        if message.topic != ALERTS:
            return
        event = decode_alarm(message.value)
        heard = self.sequences[event.patient]
        if not heard or event.sequence > heard[-1]:
            heard.append(event.sequence)
        repeated = self.events.setdefault((event.patient, event.sequence), message.value)
        assert repeated == message.value, "a repeat says something else, and nobody hears it"


class CrashingWorkers(RuleBasedStateMachine):
    """One partition and its owners, one after another, as the runner drives them; each may die anywhere."""

    @initialize(
        readings=st.lists(
            st.tuples(st.sampled_from(PATIENTS), st.sampled_from(HEART_RATES)), min_size=1, max_size=60
        ),
        placements=st.lists(st.tuples(st.sampled_from(PATIENTS), st.sampled_from(WARDS)), max_size=6),
        commands=st.lists(st.tuples(st.sampled_from(PATIENTS), st.sampled_from(ALARMS)), max_size=9),
    )
    def begin(
        self,
        readings: list[tuple[str, int]],
        placements: list[tuple[str, str]],
        commands: list[tuple[str, str]],
    ) -> None:
        self.log: dict[str, list[FakeRecord]] = {
            READINGS: [
                reading_record(offset, patient, heart_rate=heart_rate, at_ms=1 + offset)
                for offset, (patient, heart_rate) in enumerate(readings)
            ],
            ROSTER: [placement_record(offset, *placement) for offset, placement in enumerate(placements)],
            COMMANDS: [
                command_record(offset, patient, alarm=alarm, at_ms=1 + offset)
                for offset, (patient, alarm) in enumerate(commands)
            ],
        }
        self.changelog: dict[bytes, bytes] = {}
        self.committed = dict.fromkeys(self.log, 0)
        self.generation = 0
        # How many readings there have been so far: the log grows as it is fetched.
        self.readings_end = 0
        self.console = Console()
        self.late_records: Records = []
        self.assign()

    def assign(self) -> None:
        self.generation += 1
        self.owner = Partition(
            0,
            generation=self.generation,
            changelog=self.changelog,
            restore=FakeMonitor.restore,
            readings_end=self.readings_end,
        )
        self.fetched = dict(self.committed)
        self.unacknowledged: list[Message] = []
        self.checkpoint_if_outbox()

    @rule(topic=TOPICS, count=st.integers(1, 9))
    def take(self, topic: str, count: int) -> None:
        start = self.fetched[topic]
        records = self.log[topic][start : start + count]
        if records and self.owner.is_ready_for(topic):
            self.take_in_order(topic, records)
            if topic != READINGS:
                self.checkpoint()

    def take_in_order(self, topic: str, records: list[FakeRecord]) -> None:
        """What is taken in of other topics than the readings stands between two checkpoints."""
        if topic != READINGS or self.owner.is_unmarked:
            self.checkpoint()
        self.fetched[topic] += len(records)
        self.readings_end = max(self.readings_end, self.fetched[READINGS])
        self.unacknowledged += self.owner.take(topic, records)

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

    @rule(topic=TOPICS, count=st.integers(1, 9), share=st.floats(0.1, 0.9), fall_asleep=st.booleans())
    def take_and_die_while_checkpointing(
        self,
        topic: str,
        count: int,
        share: float,
        fall_asleep: bool,  # noqa: FBT001
    ) -> None:
        """As above, with something to checkpoint for sure, also what only the outbox tells."""
        start = self.fetched[topic]
        records = self.log[topic][start : start + count]
        if records and self.owner.is_ready_for(topic):
            self.take_in_order(topic, records)
            self.die_while_checkpointing(share, fall_asleep)

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

    @invariant()
    def every_command_is_answered_in_one_way(self) -> None:
        """The outbox is published again if its owner dies before it is known that the broker has it."""
        assert all(len(set(answers)) == 1 for answers in self.console.receipts.values())

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
        assert self.of_the_log(state) == self.of_the_log(self.undisturbed())
        # What changes nothing, about somebody not watched yet, may go unanswered after a crash.
        must = {command for kept in state.values() for command in kept["commands"]}
        assert must <= set(self.console.receipts) <= {f"c-{offset}" for offset in range(9)}

    @staticmethod
    def of_the_log(state: dict[str, dict[str, Any]]) -> dict[str, list[Any]]:
        """What depends on the records alone, and not on the order of topics and on time."""
        names = ("count", "sum", "ward", "placed", "commands")
        return {patient: [kept[name] for name in names] for patient, kept in state.items()}

    def undisturbed(self) -> dict[str, dict[str, Any]]:
        partition = Partition(0, generation=1, changelog={}, restore=FakeMonitor.restore)
        for topic, records in self.log.items():
            if records:
                partition.take(topic, records)
        monitor = partition._monitor.current
        assert isinstance(monitor, FakeMonitor)
        return monitor.state()


TestCrashingWorkers = CrashingWorkers.TestCase
TestCrashingWorkers.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
