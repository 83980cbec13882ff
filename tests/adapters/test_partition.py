"""One partition without a broker: what it publishes, refuses, keeps, and survives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.support.fake_monitor import (
    POISONOUS,
    POISONOUS_HEART_RATE,
    REFUSED_HEART_RATE,
    SILENT_AFTER_MS,
    FakeMonitor,
)
from tests.support.fake_records import FakeRecord, command_record, placement_record, reading_record
from wardwatch.adapters.checkpoint import Message, Records
from wardwatch.adapters.isolation import MAXIMUM_ISOLATED_RECORDS, MonitorFailedError
from wardwatch.adapters.partition import SOURCES, Partition
from wardwatch.core.alarming.commands import Receipt, Verdict
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.receipts import decode_receipt
from wardwatch.wire.rejections import Rejection, decode_rejection
from wardwatch.wire.topics import ALERTS, COMMANDS, READINGS, RECEIPTS, REJECTED, ROSTER


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
        for offset in range(MAXIMUM_ISOLATED_RECORDS + 1)
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


def test_every_source_topic_is_taken() -> None:
    assert set(SOURCES) == {READINGS, ROSTER, COMMANDS}


def receipts(partition: Partition) -> list[Receipt]:
    messages = [message for _, message in partition.outbox if message.topic == RECEIPTS]
    assert all(message.key == decode_receipt(message.value).patient.encode() for message in messages)
    return [decode_receipt(message.value) for message in messages]


def test_what_comes_of_a_command_waits_in_the_outbox() -> None:
    partition = new_partition()
    assert partition.take(COMMANDS, [command_record(0, at_ms=7_000), command_record(1, "p-2")]) == []
    assert sequences([message for _, message in partition.outbox]) == [1, 1]
    assert [(each.command, each.patient, each.at_ms) for each in receipts(partition)] == [
        ("c-0", "p-1", 7_000),
        ("c-1", "p-2", 0),
    ]
    assert partition.positions[COMMANDS] == 2


def test_a_placement_comes_with_the_instant_at_which_it_arrived() -> None:
    partition = new_partition()
    partition.take(ROSTER, [placement_record(0, at_ms=7_000)])
    assert [decode_alarm(message.value).observed_at_ms for _, message in partition.outbox] == [7_000]


def test_a_command_that_can_not_be_read_is_rejected_and_answered() -> None:
    bad = command_record(1, alarm="no such name")
    nameless = FakeRecord(COMMANDS, 2, b"p-1", b'{"v": 1, "verb": "acknowledge"}')
    partition = new_partition()
    messages = partition.take(COMMANDS, [command_record(0), bad, nameless, command_record(3)])
    assert [(found.reason, found.topic, found.offset) for found in rejections(messages)] == [
        ("wrong_value", COMMANDS, 1),
        ("missing_field", COMMANDS, 2),
    ]
    answers = {receipt.command: receipt for receipt in receipts(partition)}
    assert set(answers) == {"c-0", "c-1", "c-3"}
    assert (answers["c-1"].verdict, answers["c-3"].verdict) == (Verdict.REFUSED, Verdict.DONE)
    assert "alarm" in answers["c-1"].sentence


def test_a_command_about_a_patient_of_another_key_is_rejected_and_answered() -> None:
    wrong = FakeRecord(COMMANDS, 0, b"p-2", command_record(0).value)
    partition = new_partition()
    (rejection,) = rejections(partition.take(COMMANDS, [wrong]))
    assert rejection.reason == "wrong_key"
    assert [receipt.verdict for receipt in receipts(partition)] == [Verdict.REFUSED]
    assert sequences([message for _, message in partition.outbox]) == []


def test_a_command_or_placement_on_which_the_monitor_fails_changes_nothing_else() -> None:
    undisturbed, poisoned = new_partition(), new_partition()
    for partition in (undisturbed, poisoned):
        partition.take(READINGS, [reading_record(offset) for offset in range(4)])
        partition.take(COMMANDS, [command_record(0)])
    undisturbed.take(COMMANDS, [command_record(1), command_record(3)])
    undisturbed.take(ROSTER, [placement_record(1)])
    messages = poisoned.take(
        COMMANDS, [command_record(1), command_record(2, alarm=POISONOUS), command_record(3)]
    )
    messages += poisoned.take(ROSTER, [placement_record(0, ward=POISONOUS), placement_record(1)])
    assert [(found.reason, found.topic, found.offset) for found in rejections(messages)] == [
        ("internal_error", COMMANDS, 2),
        ("internal_error", ROSTER, 0),
    ]
    assert state(poisoned) == state(undisturbed)
    verdicts = {receipt.command: receipt.verdict for receipt in receipts(poisoned)}
    assert verdicts["c-2"] is Verdict.REFUSED
    assert list(verdicts.values()).count(Verdict.DONE) == 3


def test_a_reading_on_which_the_monitor_fails_does_not_undo_a_command() -> None:
    partition = new_partition()
    partition.take(COMMANDS, [command_record(0)])
    partition.take(READINGS, [reading_record(0, heart_rate=POISONOUS_HEART_RATE)])
    monitor = partition._monitor.current
    assert isinstance(monitor, FakeMonitor)
    assert monitor.state()["p-1"]["commands"] == ["c-0"]


def test_a_checkpoint_from_before_there_were_commands_is_read_and_they_begin_at_the_start() -> None:
    changelog: dict[bytes, bytes] = {}
    partition = new_partition()
    partition.take(READINGS, [reading_record(0)])
    del partition.positions[COMMANDS]
    apply(changelog, partition.checkpoint())
    restored = new_partition(changelog)
    assert restored.positions == {READINGS: 1, ROSTER: 0, COMMANDS: 0}
    restored.take(COMMANDS, [command_record(0)])
    assert [receipt.command for receipt in receipts(restored)] == ["c-0"]


def test_time_goes_by_readings_and_by_others_only_until_there_are_some() -> None:
    """A recording is of another year than the command about it."""
    partition = new_partition()
    partition.take(COMMANDS, [command_record(0, at_ms=900_000)])
    partition.take(ROSTER, [placement_record(0, at_ms=500_000)])
    now_ms = partition.clock.now_ms()
    assert now_ms is not None
    assert 900_000 <= now_ms < 910_000
    partition.take(READINGS, [reading_record(0, at_ms=1_000)])
    partition.take(COMMANDS, [command_record(1, at_ms=900_000)])
    now_ms = partition.clock.now_ms()
    assert now_ms is not None
    assert 1_000 <= now_ms < 11_000
    arrived_ms = [receipt.at_ms for receipt in receipts(partition)]
    assert arrived_ms[0] == 900_000
    assert 1_000 <= arrived_ms[1] <= now_ms


def test_what_is_due_is_told_by_the_logs_clock() -> None:
    partition = new_partition()
    assert partition.due_in_s() is None
    partition.take(READINGS, [reading_record(0, at_ms=1_000)])
    due_in_s = partition.due_in_s()
    assert due_in_s is not None
    assert 0 < due_in_s <= (SILENT_AFTER_MS + 1) / 1000
    let_time_pass(partition, 2 * SILENT_AFTER_MS)
    assert partition.due_in_s() == 0
    partition.tick()
    assert partition.due_in_s() is None
