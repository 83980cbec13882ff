import json
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch import replaying
from wardwatch.core.events import AlarmEvent, Phase, Placement, Priority, Reason, Refusal
from wardwatch.core.monitor import Monitor, Outcome
from wardwatch.core.reading import Batch, Reading
from wardwatch.replaying import Tally, in_time, play, replay, side_by_side
from wardwatch.wire.errors import Fault
from wardwatch.wire.readings import ReadingDecoder, encode_reading
from wardwatch.wire.recordings.recording import Row, Stream, UnreadableRow
from wardwatch.wire.topics import READINGS, ROSTER

HOUR_MS = 3_600_000
BAD = UnreadableRow(Fault.NOT_JSON, "x.jsonl", 3)


def reading(patient: str, at_ms: int, heart_rate: float = 70.0) -> Reading:
    return Reading(patient=patient, device="d", observed_at_ms=at_ms, heart_rate=heart_rate)


def streams(*rows: list[Row], held_bytes: int = 0) -> Iterator[Stream]:
    return iter([Stream(iter(part), held_bytes) for part in rows])


def event(patient: str, phase: Phase) -> AlarmEvent:
    return AlarmEvent(
        event="e",
        alarm="a",
        sequence=1,
        patient=patient,
        ward="w",
        bed="b",
        condition="heart_rate.high",
        kind="physiological",
        priority=Priority.HIGH,
        phase=phase,
        state="active",
        inactivation="enabled",
        onset_ms=0,
        observed_at_ms=0,
        text="HR",
        why={},
    )


class NoteTaker:
    """A monitor that keeps what it is told, raises an alarm a batch and refuses each batch's first value."""

    def __init__(self) -> None:
        self.told: list[Batch | Placement] = []
        self._outcome = Outcome()

    def receive(self, batch: Batch) -> None:
        self.told.append(batch)
        first = batch.patients[0]
        refusal = Refusal(position=0, patient=first, vital=None, reason=Reason.TOO_OLD, detail="late")
        self._outcome = Outcome(
            events=[event(first, Phase.START), event(first, Phase.END)],
            refusals=[refusal],
            readings=len(batch),
            readings_refused=1,
        )

    def admit(self, placements: Iterable[Placement]) -> None:
        self.told += placements

    def drain(self) -> Outcome:
        outcome, self._outcome = self._outcome, Outcome()
        return outcome


def test_open_streams_are_read_in_turn() -> None:
    rows: list[list[Row]] = [
        [reading(name, at) for at in range(count)] for name, count in (("a", 1), ("b", 3), ("c", 2))
    ]
    turns = [row.patient for row in side_by_side(streams(*rows)) if isinstance(row, Reading)]
    assert "".join(turns) == "abcbcb"


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 5))
def test_every_row_comes_once_and_in_its_streams_order_however_many_may_be_open(
    sizes: list[int], at_once: int
) -> None:
    rows: list[list[Row]] = [
        [reading(f"p{number}", at) for at in range(size)] for number, size in enumerate(sizes)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replaying, "OPEN_STREAMS", at_once)
        read = [row for row in side_by_side(streams(*rows)) if isinstance(row, Reading)]
    for number, part in enumerate(rows):
        assert [row for row in read if row.patient == f"p{number}"] == part


def test_streams_that_hold_much_memory_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "HELD_BYTES", 100)
    opened: list[str] = []

    def opening() -> Iterator[Stream]:
        for name in "abc":
            opened.append(name)
            yield Stream(iter([reading(name, 0)]), held_bytes=60)

    rows = side_by_side(opening())
    next(rows)
    assert opened == ["a", "b"]
    assert len([*rows]) == 2


def test_a_batch_is_full_at_4096_readings_and_the_rest_is_the_last() -> None:
    monitor = NoteTaker()
    rows: list[Row] = [reading("a", at) for at in range(5000)]
    assert len([*replay(streams(rows), monitor, Tally())]) == 2
    assert [len(batch) for batch in monitor.told if isinstance(batch, Batch)] == [4096, 904]


def test_a_move_is_told_after_the_readings_before_it_and_before_those_after_it() -> None:
    monitor = NoteTaker()
    move = Placement(patient="a", ward="w", bed="b")
    for _ in replay(streams([reading("a", 1), move, reading("a", 2)]), monitor, Tally()):
        pass
    first, told, second = monitor.told
    assert isinstance(first, Batch)
    assert isinstance(second, Batch)
    assert (first.observed_at_ms.tolist(), told, second.observed_at_ms.tolist()) == ([1], move, [2])


def test_the_summary_counts_rows_refusals_and_alarms() -> None:
    tally = Tally()
    for _ in range(2):
        for _ in replay(streams([reading("a", 0), BAD, reading("a", 6 * 60_000)]), NoteTaker(), tally):
            pass
    assert tally.summary() == {
        "patients": 2,
        "readings": 6,
        "rejected": 4,
        "rejected_by_reason": {"not_json": 2, "too_old": 2},
        "patient_days": round(2 * 0.1 / 24, 4),
        "alarms": 2,
        "alarms_per_patient_day": 240.0,
    }
    assert tally.unreadable == [BAD, BAD]


def test_time_between_readings_counts_as_watched_up_to_an_hour_and_never_backwards() -> None:
    tally = Tally()
    instants = [0, HOUR_MS // 2, 10 * HOUR_MS, 9 * HOUR_MS, 10 * HOUR_MS + 1000]
    for _ in replay(streams([reading("a", at) for at in instants]), NoteTaker(), tally):
        pass
    assert tally.watched_ms == HOUR_MS // 2 + HOUR_MS + 1000


def test_nothing_read_is_a_summary_without_a_rate() -> None:
    tally = Tally()
    assert [*replay(streams(), NoteTaker(), tally)] == [[]]
    assert json.loads(json.dumps(tally.summary()))["alarms_per_patient_day"] is None


def test_the_real_monitor_raises_the_same_alarms_side_by_side_as_alone() -> None:
    fast: list[list[Row]] = [
        [reading(name, at * 1000, 70.0 if at < 30 else 170.0) for at in range(200)] for name in "ab"
    ]
    together = [e for events in replay(streams(*fast), Monitor(), Tally()) for e in events]
    alone = [e for part in fast for events in replay(streams(part), Monitor(), Tally()) for e in events]
    assert alone
    assert sorted(together, key=str) == sorted(alone, key=str)


def test_all_patients_start_at_the_same_instant_and_come_in_order_of_time() -> None:
    old: list[Row] = [reading("a", at) for at in (5_000, 7_000)]
    new: list[Row] = [reading("b", at) for at in (9_000_000, 9_001_000, 9_003_000)]
    timed = [*in_time(streams(old, new), start_ms=100_000)]
    assert [(due_ms, row.patient) for due_ms, row in timed if isinstance(row, Reading)] == [
        (100_000, "a"),
        (100_000, "b"),
        (101_000, "b"),
        (102_000, "a"),
        (103_000, "b"),
    ]
    assert all(row.observed_at_ms == due_ms for due_ms, row in timed if isinstance(row, Reading))


def test_a_reading_out_of_order_keeps_its_own_time_and_is_due_at_once() -> None:
    rows: list[Row] = [reading("a", 5_000), reading("a", 9_000), reading("a", 6_000)]
    timed = [*in_time(streams(rows), start_ms=100_000)]
    assert [due_ms for due_ms, _ in timed] == [100_000, 104_000, 104_000]
    assert [row.observed_at_ms for _, row in timed if isinstance(row, Reading)] == [100_000, 104_000, 101_000]


def test_a_waiting_patient_takes_the_bed_of_one_that_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "OPEN_STREAMS", 1)
    rows: list[list[Row]] = [[reading("a", 0), reading("a", 500)], [BAD], [], [reading("b", 0)]]
    timed = [*in_time(streams(*rows), start_ms=1000)]
    assert [due_ms for due_ms, _ in timed] == [1000, 1500, 1500, 1500]


class Sent:
    """Takes the place of Kafka and of the clock, and notes what they are asked."""

    def __init__(self) -> None:
        self.records: list[tuple[str, str, int]] = []
        self.payloads: list[bytes] = []
        self.waited_for_ms: list[int] = []

    async def send(self, patient: str, payload: bytes, timestamp_ms: int, topic: str = READINGS) -> None:
        self.records.append((topic, patient, timestamp_ms))
        self.payloads.append(payload)

    async def until(self, at_ms: int) -> None:
        self.waited_for_ms.append(at_ms)


async def test_readings_and_moves_are_sent_when_they_are_due_with_their_own_time() -> None:
    sent, tally = Sent(), Tally()
    move = Placement(patient="a", ward="w", bed="b")
    rows: list[Row] = [reading("a", 0), BAD, move, reading("a", 1000)]
    assert await play(in_time(streams(rows), start_ms=5000), sent, sent, tally) == 6000
    assert sent.records == [(READINGS, "a", 5000), (ROSTER, "a", 5000), (READINGS, "a", 6000)]
    assert sent.waited_for_ms == [5000, 5000, 6000]
    assert sent.payloads[-1] == encode_reading(reading("a", 6000))
    assert tally.rows_summary() == {
        "patients": 1,
        "readings": 3,
        "rejected": 1,
        "rejected_by_reason": {"not_json": 1},
    }


async def test_decoded_records_can_be_played_too() -> None:
    sent = Sent()
    decoded = ReadingDecoder().decode(encode_reading(reading("a", 77)))
    await play(in_time(streams([decoded]), start_ms=5000), sent, sent, Tally())
    assert sent.payloads == [encode_reading(reading("a", 5000))]
