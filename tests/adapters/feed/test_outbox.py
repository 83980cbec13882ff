"""A console's queue: in order, bounded, and only what counts no more is ever left out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.hubs import FakeSink
from wardwatch.adapters.feed.counters import FeedCounters
from wardwatch.adapters.feed.outbox import Outbox, Parcel


def made(*, limit: int = 10, paused: bool = True) -> tuple[Outbox, FakeSink]:
    sink = FakeSink()
    outbox = Outbox(sink, FeedCounters(), limit=limit)
    sink.paused = paused
    return outbox, sink


def event(frames: bytes, number: int = 0) -> Parcel:
    return Parcel(frames, events=1, number=number)


def test_what_the_connection_takes_is_written_at_once() -> None:
    outbox, sink = made(paused=False)
    assert outbox.put(event(b"1", number=7))
    outbox.put_heartbeat(Parcel(b"beat"))
    outbox.put_statuses({"p-1": b"status"}, b"status")
    assert sink.writes == [b"1", b"beat", b"status"]
    assert outbox.written == 7


def test_what_it_does_not_take_waits_and_is_written_in_order_when_it_does() -> None:
    outbox, sink = made()
    assert all(outbox.put(event(frames, number)) for number, frames in enumerate((b"1", b"2", b"3"), 1))
    assert (sink.writes, outbox.written) == ([], 0)
    sink.resume()
    assert (sink.writes, outbox.written) == ([b"1", b"2", b"3"], 3)
    outbox.put(event(b"4"))
    assert sink.writes[-1] == b"4"


def test_a_connection_that_has_enough_midway_gets_the_rest_later() -> None:
    outbox, sink = made()
    for number, frames in enumerate((b"1", b"2", b"3"), 1):
        outbox.put(event(frames, number))
    whole_write = sink.write

    def write_one(frames: bytes) -> None:
        whole_write(frames)
        sink.paused = True

    sink.write = write_one  # type: ignore[method-assign]
    sink.resume()
    assert (sink.writes, outbox.written) == ([b"1"], 1)
    outbox.put(event(b"4", 4))
    assert sink.writes == [b"1"], "nothing overtakes what waits"
    for _ in range(3):
        sink.resume()
    assert (sink.writes, outbox.written) == ([b"1", b"2", b"3", b"4"], 4)


def test_more_events_than_the_limit_are_refused_and_answers_do_not_count() -> None:
    outbox, _ = made(limit=2)
    assert outbox.put(Parcel(b"missed", events=50, is_answer=True))
    assert outbox.put(event(b"1"))
    outbox.put_heartbeat(Parcel(b"beat"))
    outbox.put_statuses({"p-1": b"status"}, b"status")
    assert outbox.put(event(b"2"))
    assert not outbox.put(event(b"3"))


def test_only_the_latest_heartbeat_waits_and_in_its_place() -> None:
    outbox, sink = made()
    outbox.put(event(b"1"))
    outbox.put_heartbeat(Parcel(b"old"))
    outbox.put(event(b"2"))
    outbox.put_heartbeat(Parcel(b"newer"))
    outbox.put_heartbeat(Parcel(b"new"))
    outbox.put(event(b"3"))
    sink.resume()
    assert sink.writes == [b"1", b"2", b"new", b"3"]
    sink.paused = True
    outbox.put_heartbeat(Parcel(b"next"))
    outbox.put_heartbeat(Parcel(b"last"))
    sink.resume()
    assert sink.writes[4:] == [b"last"]


def test_only_the_latest_status_of_each_patient_waits_and_after_all_events() -> None:
    outbox, sink = made()
    outbox.put_statuses({"p-1": b"old ", "p-2": b"2 "}, b"")
    outbox.put(event(b"event "))
    outbox.put_statuses({"p-1": b"new "}, b"")
    sink.resume()
    assert sink.taken() == b"event new 2 "


def test_many_statuses_are_not_written_to_a_connection_that_has_had_enough() -> None:
    outbox, sink = made()
    statuses = {f"p-{number}": b"%d " % number for number in range(200)}
    outbox.put_statuses(statuses, b"")
    whole_write = sink.write

    def write_one(frames: bytes) -> None:
        whole_write(frames)
        sink.paused = True

    sink.write = write_one  # type: ignore[method-assign]
    sink.resume()
    assert len(sink.writes) == 1
    outbox.put_statuses({"p-199": b"later "}, b"later ")
    outbox.put(event(b"event "))
    for _ in range(9):
        sink.resume()
    written = b"".join(sink.writes).split()
    assert len(written) == 201
    assert written.index(b"event") < written.index(b"later"), "events first"
    assert b"199" not in written


steps = st.lists(
    st.one_of(
        st.tuples(st.just("event"), st.integers(1, 3)),
        st.tuples(st.just("beat")),
        st.tuples(st.just("status"), st.sampled_from("abc")),
        st.tuples(st.just("pause")),
        st.tuples(st.just("resume")),
    ),
    max_size=60,
)


class Sent:
    """What was put into an outbox, and what has to come out of it."""

    def __init__(self) -> None:
        self.outbox, self.sink = made(paused=False, limit=1000)
        self.number = 0
        self.events: list[bytes] = []
        self.statuses: dict[bytes, bytes] = {}
        self.beat = b""

    def do(self, place: int, action: tuple[Any, ...]) -> None:
        match action:
            case "event", int(count):
                self.number += count
                self.events.append(b"e%d" % self.number)
                self.outbox.put(Parcel(self.events[-1] + b" ", events=count, number=self.number))
            case ("beat",):
                self.beat = b"b%d:%d" % (place, self.number)
                self.outbox.put_heartbeat(Parcel(self.beat + b" "))
            case "status", str(patient):
                status = b"s%s%d" % (patient.encode(), place)
                self.statuses[status[:2]] = status
                self.outbox.put_statuses({patient: status + b" "}, status + b" ")
            case ("pause",):
                self.sink.paused = True
            case ("resume",) if self.sink.paused:
                self.sink.resume()


@given(steps)
def test_however_the_connection_comes_and_goes_all_events_come_in_order(
    actions: list[tuple[Any, ...]],
) -> None:
    sent = Sent()
    for place, action in enumerate(actions):
        sent.do(place, action)
    sent.sink.resume()
    got = sent.sink.taken().split()
    assert [each for each in got if each[:1] == b"e"] == sent.events
    assert (sent.outbox.written, sent.outbox.events_waiting) == (sent.number, 0)
    told = b"0"
    for each in got:
        if each[:1] == b"e":
            told = each[1:]
        elif each[:1] == b"b":
            assert each.partition(b":")[2] == told, "a heartbeat keeps its place"
    latest = {each[:1] if each[:1] == b"b" else each[:2]: each for each in got if each[:1] != b"e"}
    assert latest == sent.statuses | ({b"b": sent.beat} if sent.beat else {})
