"""One partition without a broker: what it publishes, refuses, keeps, and survives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.support.fake_monitor import POISONOUS_HEART_RATE, REFUSED_HEART_RATE, SILENT_AFTER_MS, FakeMonitor
from tests.support.fake_records import FakeRecord, placement_record, reading_record
from wardwatch.adapters.checkpoint import Message, Records
from wardwatch.adapters.isolation import MAXIMUM_ISOLATED_READINGS, MonitorFailedError
from wardwatch.adapters.partition import SOURCES, Partition
from wardwatch.core.monitor import Monitor
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.rejections import Rejection, decode_rejection
from wardwatch.wire.status import decode_status
from wardwatch.wire.topics import ALERTS, READINGS, REJECTED, ROSTER


def new_partition(changelog: Mapping[bytes, bytes] | None = None, *, generation: int = 1) -> Partition:
    return Partition(0, generation=generation, changelog=changelog or {}, restore=FakeMonitor.restore)


def apply(changelog: dict[bytes, bytes], records: Records) -> None:
    for key, value in records:
        if value is None:
            changelog.pop(key, None)
        else:
            changelog[key] = value


def rejections(messages: Sequence[Message]) -> list[Rejection]:
    return [decode_rejection(message.value) for message in messages if message.topic == REJECTED]


def sequences(messages: Sequence[Message]) -> list[int]:
    return [decode_alarm(message.value).sequence for message in messages if message.topic == ALERTS]


def let_time_pass(partition: Partition, ms: int) -> None:
    heard_ms, heard_at_wall_ms = partition.clock.saved()
    assert heard_at_wall_ms is not None
    partition.clock.resume(heard_ms, heard_at_wall_ms - ms)


def state(partition: Partition) -> object:
    monitor = partition._monitor.current
    assert isinstance(monitor, FakeMonitor)
    return monitor.state()


def test_events_of_readings_are_published_at_once_under_the_patients_key() -> None:
    messages = new_partition().take(READINGS, [reading_record(offset) for offset in range(6)])
    assert sequences(messages) == [1, 2]
    assert {message.key for message in messages} == {b"p-1"}


def test_a_refusal_names_reason_vital_and_offset() -> None:
    messages = new_partition().take(READINGS, [reading_record(41, heart_rate=REFUSED_HEART_RATE)])
    assert rejections(messages) == [
        Rejection(
            reason="out_of_range",
            detail="no",
            topic=READINGS,
            partition=0,
            offset=41,
            patient="p-1",
            vital="heart_rate",
        )
    ]


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (b"p-1", b"{", "not_json"),
        (b"p-1", None, "no_payload"),
        (b"p-2", reading_record(0).value, "wrong_key"),
        (None, reading_record(0).value, "wrong_key"),
    ],
)
def test_an_unreadable_record_is_rejected_and_the_others_are_taken(
    key: bytes | None, value: bytes | None, reason: str
) -> None:
    bad = FakeRecord(READINGS, 2, key, value)
    records = [reading_record(0), reading_record(1), bad, reading_record(3)]
    messages = new_partition().take(READINGS, records)
    assert [(found.reason, found.offset) for found in rejections(messages)] == [(reason, 2)]
    assert sequences(messages) == [1]


def test_a_batch_of_which_nothing_can_be_read_moves_the_position() -> None:
    partition = new_partition()
    partition.take(READINGS, [FakeRecord(READINGS, 7, b"x", b"x")])
    assert partition.positions[READINGS] == 8
    assert partition.has_changed


def test_a_reading_on_which_the_monitor_fails_changes_nothing_else() -> None:
    good = [reading_record(offset, f"p-{offset % 5}") for offset in range(40)]
    poison = reading_record(20, "p-0", heart_rate=POISONOUS_HEART_RATE)
    undisturbed, poisoned = new_partition(), new_partition()
    for partition in (undisturbed, poisoned):
        partition.take(READINGS, good[:7])
        partition.take(ROSTER, [placement_record(0)])
        partition.checkpoint()
        partition.take(READINGS, good[7:12])
    expected = undisturbed.take(READINGS, [*good[12:20], *good[21:]])
    messages = poisoned.take(READINGS, [*good[12:20], poison, *good[21:]])
    assert sequences(messages) == sequences(expected)
    assert state(poisoned) == state(undisturbed)
    assert [(found.reason, found.offset) for found in rejections(messages)] == [("internal_error", 20)]


def test_a_monitor_that_fails_on_everything_stops_the_partition() -> None:
    poison = [
        reading_record(offset, heart_rate=POISONOUS_HEART_RATE)
        for offset in range(MAXIMUM_ISOLATED_READINGS + 1)
    ]
    with pytest.raises(MonitorFailedError, match="PoisonError at fake_monitor"):
        new_partition().take(READINGS, poison)


def test_records_below_the_checkpoint_are_skipped() -> None:
    changelog: dict[bytes, bytes] = {}
    partition = new_partition()
    partition.take(READINGS, [reading_record(offset) for offset in range(5)])
    apply(changelog, partition.checkpoint())
    restored = new_partition(changelog)
    restored.take(READINGS, [reading_record(offset) for offset in range(3, 6)])
    partition.take(READINGS, [reading_record(5)])
    assert state(restored) == state(partition)


def test_what_time_tells_waits_in_the_outbox_and_outlives_a_crash_after_the_checkpoint() -> None:
    changelog: dict[bytes, bytes] = {}
    partition = new_partition()
    partition.take(READINGS, [reading_record(1)])
    let_time_pass(partition, SILENT_AFTER_MS + 1)
    partition.tick()
    assert sequences([message for _, message in partition.outbox]) == [1]
    apply(changelog, partition.checkpoint())
    assert sequences(new_partition(changelog).take_outbox()) == [1]
    assert sequences(partition.take_outbox()) == [1]
    assert not partition.has_changed


def test_the_outbox_of_a_cut_off_checkpoint_is_published_only_if_its_state_was_written() -> None:
    """Otherwise the event has not happened: time will tell it again."""
    changelog: dict[bytes, bytes] = {}
    partition = new_partition()
    partition.take(READINGS, [reading_record(offset) for offset in range(2)])
    apply(changelog, partition.checkpoint())
    partition.take(ROSTER, [placement_record(0)])
    outbox, block, head = ((key, value or b"") for key, value in partition.checkpoint())
    assert sequences(new_partition(changelog | dict([outbox])).take_outbox()) == []
    assert sequences(new_partition(changelog | dict([outbox, block])).take_outbox()) == [1]
    assert sequences(new_partition(changelog | dict([outbox, block, head])).take_outbox()) == [1]


def test_the_clock_goes_on_after_a_restart_without_a_new_record() -> None:
    """Or else a patient who fell silent while no worker was there would never be noticed."""
    changelog: dict[bytes, bytes] = {}
    partition = new_partition()
    partition.take(READINGS, [reading_record(0, at_ms=1_000)])
    let_time_pass(partition, 60_000)
    apply(changelog, partition.checkpoint())
    now_ms = new_partition(changelog).clock.now_ms()
    assert now_ms is not None
    assert 61_000 <= now_ms < 70_000


def test_statuses_are_those_of_the_patients_heard_since_the_last() -> None:
    partition = Partition(0, generation=1, changelog={}, restore=Monitor.restore)
    partition.take(READINGS, [reading_record(0, "p-1"), reading_record(1, "p-2")])
    assert [decode_status(message.value).patient for message in partition.statuses()] == ["p-1", "p-2"]
    partition.take(ROSTER, [placement_record(0, "p-2")])
    assert [decode_status(message.value).ward for message in partition.statuses()] == ["4B"]


def test_every_source_topic_is_taken() -> None:
    assert set(SOURCES) == {READINGS, ROSTER}
