"""What is kept of the log: how far back it reaches, and which positions belong to it."""

from __future__ import annotations

import pytest

from tests.support.alerts import alarm_event
from wardwatch.adapters.feed.history import History, Reach
from wardwatch.adapters.feed.positions import Position, parsed
from wardwatch.adapters.feed.subscription import Step, standing_of
from wardwatch.wire.alarms import encode_alarm


def step(sequence: int, patient: str = "p-1") -> Step:
    event = alarm_event(patient=patient, sequence=sequence, phase="update")
    return Step(event.alarm, event.phase, standing_of(event), None, encode_alarm(event))


def append(history: History, partition: int, offset: int, patient: str = "p-1") -> None:
    said = step(offset, patient)
    history.append(partition, offset, said.record, said)


def position_of(history: History) -> Position:
    position = parsed(history.position())
    assert position is not None
    return position


def filled(limit: int, count: int) -> tuple[History, list[Position]]:
    """A history of two partitions in turns, and its positions on the way, from the beginning."""
    history = History(limit)
    history.begin({0: 5, 1: 0})
    positions = [position_of(history)]
    for number in range(count):
        append(history, number % 2, number // 2 + (5 if number % 2 == 0 else 0), f"p-{number % 2}")
        positions.append(position_of(history))
    return history, positions


def test_positions_tell_the_next_offset_of_each_partition_in_order() -> None:
    history = History(10)
    history.begin({10: 7, 2: 0})
    assert position_of(history).offsets == (0, 7)
    append(history, 10, 7)
    assert position_of(history).offsets == (0, 8)


def test_it_reaches_back_as_far_as_it_is_kept_and_tells_what_came_since() -> None:
    history, positions = filled(4, 10)
    reaches = [history.reach(position) for position in positions]
    assert reaches == [Reach.LOST] * 6 + [Reach.KNOWN] * 5
    for place, position in enumerate(positions[6:]):
        happened = list(history.since(position))
        assert len(happened) == 4 - place
        if happened:
            assert (happened[-1].check, happened[-1].offsets) == (
                position_of(history).check,
                ".".join(map(str, position_of(history).offsets)),
            )


def test_records_that_tell_nobody_anything_have_a_place_too() -> None:
    history = History(10)
    history.begin({0: 0})
    positions = [position_of(history)]
    for offset in range(4):
        history.append(0, offset, b"garbage", None if offset % 2 else step(offset))
        positions.append(position_of(history))
    assert [history.reach(position) for position in positions] == [Reach.KNOWN] * 5
    assert [len(list(history.since(position))) for position in positions] == [2, 1, 1, 0, 0]


def test_offsets_may_have_gaps_and_nobody_stands_within_one() -> None:
    history = History(10)
    history.begin({0: 0})
    append(history, 0, 0)
    before = position_of(history)
    append(history, 0, 7)
    assert history.reach(before) is Reach.KNOWN
    assert len(list(history.since(before))) == 1
    assert history.reach(before._replace(offsets=(4,))) is Reach.LOST
    assert history.reach(before._replace(offsets=(9,))) is Reach.AHEAD


@pytest.mark.parametrize("change", [-1, 1])
def test_a_position_with_another_check_is_of_another_log(change: int) -> None:
    history, positions = filled(10, 4)
    wrong = positions[2]._replace(check=positions[2].check + change)
    assert history.reach(wrong) is Reach.LOST


def test_behind_in_one_partition_and_ahead_in_another_is_ahead_and_too_old_is_lost() -> None:
    history, positions = filled(4, 10)
    late, *_ = positions[6:]
    assert history.reach(late._replace(offsets=(late.offsets[0], 99))) is Reach.AHEAD
    assert history.reach(late._replace(offsets=(5, 99))) is Reach.LOST


def test_partitions_that_are_added_make_older_positions_useless() -> None:
    history, positions = filled(10, 4)
    history.begin({0: 5, 1: 0, 2: 0})
    assert history.reach(positions[-1]) is Reach.LOST
    assert history.reach(position_of(history)) is Reach.KNOWN


def test_another_log_begins_anew_and_numbers_go_on() -> None:
    history, positions = filled(10, 4)
    history.forget()
    assert history.number == 4
    history.begin({0: 5, 1: 0})
    assert history.reach(positions[0]) is Reach.KNOWN, "where nothing had been read, nothing had been told"
    assert history.reach(positions[3]) is Reach.AHEAD
    append(history, 0, 5, "p-9")
    assert history.number == 5
    assert [len(history.of_patient(patient)) for patient in ("p-0", "p-1", "p-9")] == [0, 0, 1]


def test_of_each_patient_as_much_is_kept_as_of_the_log() -> None:
    history, _ = filled(4, 10)
    assert [each.now.patient for each in history.of_patient("p-1")] == ["p-1", "p-1"]
    for offset in range(5, 9):
        append(history, 1, offset, "p-0")
    assert history.of_patient("p-1") == []
    assert len(history.of_patient("p-0")) == 4
