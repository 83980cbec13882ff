"""What a partition tells of its patients from time to time."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.fake_records import FakeRecord, command_record, placement_record, reading_record
from wardwatch.adapters.checkpoint import Message
from wardwatch.adapters.partition import Partition
from wardwatch.core.events import PatientStatus
from wardwatch.core.monitor import Monitor
from wardwatch.core.roster import RosterEntry
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.status import decode_status
from wardwatch.wire.topics import COMMANDS, READINGS, ROSTER, STATUS, TRENDS


def real_partition() -> Partition:
    return Partition(0, generation=1, changelog={}, restore=Monitor.restore)


def of_topic(topic: str, messages: Sequence[Message]) -> list[PatientStatus]:
    return [decode_status(message.value) for message in messages if message.topic == topic]


def discharge(offset: int, patient: str = "p-1", *, at_ms: int = 0) -> FakeRecord:
    entry = RosterEntry(patient=patient, ward="4B", bed="1", discharged=True)
    return FakeRecord(ROSTER, offset, patient.encode(), encode_placement(entry), at_ms)


def test_statuses_are_those_of_the_patients_heard_since_the_last() -> None:
    partition = real_partition()
    partition.take(READINGS, [reading_record(0, "p-1", at_ms=1), reading_record(1, "p-2", at_ms=2)])
    told = of_topic(STATUS, partition.statuses())
    assert [status.patient for status in told] == ["p-1", "p-2"]
    assert partition.statuses() == []
    partition.take(ROSTER, [placement_record(0, "p-2")])
    assert [status.ward for status in of_topic(STATUS, partition.statuses())] == ["4B"]


def test_a_trend_is_told_once_a_minute_of_the_patients_time_and_is_the_status() -> None:
    partition = real_partition()
    trends = []
    for offset, at_s in enumerate((60, 65, 119, 120, 121, 300)):
        partition.take(READINGS, [reading_record(offset, at_ms=at_s * 1000)])
        messages = partition.statuses()
        found = of_topic(TRENDS, messages)
        assert found in ([], of_topic(STATUS, messages))
        assert all(message.key == b"p-1" for message in messages)
        trends += [status.observed_at_ms // 1000 for status in found]
    assert trends == [60, 120, 300]


def test_news_without_a_reading_is_no_trend() -> None:
    partition = real_partition()
    partition.take(ROSTER, [placement_record(0)])
    assert of_topic(TRENDS, partition.statuses()) == []
    partition.take(READINGS, [reading_record(0, at_ms=60_000)])
    assert len(of_topic(TRENDS, partition.statuses())) == 1
    partition.take(COMMANDS, [command_record(0)])
    messages = partition.statuses()
    assert (len(of_topic(STATUS, messages)), len(of_topic(TRENDS, messages))) == (1, 0)


def test_the_status_of_who_was_discharged_is_taken_back() -> None:
    partition = real_partition()
    partition.take(READINGS, [reading_record(0, at_ms=60_000)])
    partition.take(ROSTER, [placement_record(0)])
    assert len(of_topic(STATUS, partition.statuses())) == 1
    partition.take(ROSTER, [discharge(1, at_ms=70_000)])
    assert partition.statuses() == [Message(STATUS, b"p-1", None)]
    partition.take(ROSTER, [placement_record(2, at_ms=80_000)])
    partition.take(READINGS, [reading_record(1, at_ms=90_000)])
    messages = partition.statuses()
    assert [status.ward for status in of_topic(STATUS, messages)] == ["4B"]
    assert len(of_topic(TRENDS, messages)) == 1


def test_the_status_of_who_has_not_been_heard_of_for_long_is_taken_back() -> None:
    partition = real_partition()
    partition.take(READINGS, [reading_record(0, at_ms=60_000)])
    assert partition.statuses()
    heard_ms, heard_at_wall_ms = partition.clock.saved()
    assert heard_at_wall_ms is not None
    partition.clock.resume(heard_ms, heard_at_wall_ms - 8 * 86_400_000)
    partition.tick()
    assert partition.statuses() == [Message(STATUS, b"p-1", None)]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50)), min_size=1, max_size=40), st.data())
def test_however_the_log_is_cut_no_minute_has_two_trends_and_the_last_status_is_the_same(
    steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    at_s, log = 60, []
    for offset, (patient, step_s) in enumerate(steps):
        at_s += step_s
        log.append(reading_record(offset, f"p-{patient}", at_ms=at_s * 1000))
    partition, last, minutes = real_partition(), dict[str, PatientStatus](), list[tuple[str, int]]()
    first = 0
    while first < len(log):
        size = data.draw(st.integers(1, len(log)))
        partition.take(READINGS, log[first : first + size])
        first += size
        messages = partition.statuses()
        last |= {status.patient: status for status in of_topic(STATUS, messages)}
        minutes += [
            (status.patient, status.observed_at_ms // 60_000) for status in of_topic(TRENDS, messages)
        ]
    assert len(set(minutes)) == len(minutes)
    whole = real_partition()
    whole.take(READINGS, log)
    assert last == {status.patient: status for status in of_topic(STATUS, whole.statuses())}
