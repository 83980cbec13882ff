"""How patients are: the latest of each, to those who have asked for vitals in their ward."""

from __future__ import annotations

from tests.support.alerts import alarm_event
from tests.support.hubs import Log, hub_and_log, messages, open_hub, position_in, sink_of, subscriber_of
from wardwatch.adapters.feed.audience import Subscriber
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.core.events import News2Status, PatientStatus
from wardwatch.wire.feed.told import Event, Left, Snapshot, Status, Subscribed
from wardwatch.wire.status import decode_status, encode_status


def status(patient: str = "p-1", ward: str = "4B", heart_rate: float = 70) -> PatientStatus:
    return PatientStatus(
        patient=patient,
        ward=ward,
        bed="12",
        observed_at_ms=1,
        vitals={"heart_rate": (heart_rate, 1)},
        news2=News2Status(lowest=0, highest=0, missing=()),
        open_alarms=(),
        learning={},
    )


def show(hub: FeedHub, *statuses: PatientStatus) -> None:
    for each in statuses:
        hub.show(each, encode_status(each))
    hub.flush()


def told(console: Subscriber) -> list[tuple[str, str | float]]:
    """Of whom, and the heart rate or that the patient has left."""
    found: list[tuple[str, str | float]] = []
    for message in messages(console):
        if isinstance(message, Status):
            known = message.patient_status()
            found.append((known.patient, known.vitals["heart_rate"][0]))
        elif isinstance(message, Left):
            found.append((message.patient, "left"))
    return found


def test_who_has_asked_for_vitals_gets_all_in_the_snapshot_and_each_change_after_it() -> None:
    hub = open_hub()
    show(hub, status("p-1"), status("p-2", ward="5A"))
    console, other = subscriber_of(hub, "4B", vitals=True), subscriber_of(hub, "4B")
    _, snapshot = messages(console)
    assert isinstance(snapshot, Snapshot)
    assert [decode_status(bytes(record)) for record in snapshot.patients] == [status("p-1")]
    _, without = messages(other)
    assert isinstance(without, Snapshot)
    assert without.patients == []
    show(hub, status("p-1", heart_rate=80), status("p-2", ward="5A", heart_rate=80))
    assert told(console) == [("p-1", 80.0)]
    assert told(other) == []


def test_of_a_batch_only_the_latest_of_each_patient_is_told_in_one_write() -> None:
    hub = open_hub()
    console = subscriber_of(hub, "*", vitals=True)
    messages(console)
    show(hub, *(status(f"p-{number % 2}", heart_rate=number) for number in range(60, 66)))
    assert len(sink_of(console).writes) == 1
    assert told(console) == [("p-0", 64.0), ("p-1", 65.0)]


def test_who_moves_or_goes_has_left_for_those_who_saw_the_patient_and_for_nobody_else() -> None:
    hub = open_hub()
    show(hub, status("p-1"), status("p-2"))
    old, new, every, chosen = (
        subscriber_of(hub, "4B", vitals=True),
        subscriber_of(hub, "5A", vitals=True),
        subscriber_of(hub, "*", vitals=True),
        subscriber_of(hub, "4B", vitals=True, patients=["p-2"]),
    )
    consoles = (old, new, every, chosen)
    for console in consoles:
        messages(console)
    show(hub, status("p-1", ward="5A"))
    assert [told(console) for console in consoles] == [
        [("p-1", "left")],
        [("p-1", 70.0)],
        [("p-1", 70.0)],
        [],
    ]
    hub.remove("p-2")
    hub.remove("p-9")
    hub.flush()
    assert [told(console) for console in consoles] == [
        [("p-2", "left")],
        [],
        [("p-2", "left")],
        [("p-2", "left")],
    ]


def test_events_come_before_statuses() -> None:
    hub, _ = hub_and_log()
    console = subscriber_of(hub, "4B", vitals=True)
    messages(console)
    hub.show(status(), encode_status(status()))
    Log(hub).say(alarm_event())
    assert [type(message) for message in messages(console)] == [Event, Status]


def test_who_comes_back_gets_patients_whole_for_statuses_stand_in_no_history() -> None:
    hub, log = hub_and_log()
    show(hub, status("p-1"), status("p-2"))
    position = position_in(messages(subscriber_of(hub, "4B", vitals=True)))
    log.say(alarm_event())
    hub.remove("p-2")
    answer, *_ = messages(subscriber_of(hub, "4B", vitals=True, position=position))
    assert isinstance(answer, Subscribed)
    assert answer.recovered
    assert [decode_status(bytes(record)).patient for record in answer.patients] == ["p-1"]
    answer, *_ = messages(subscriber_of(hub, "4B", position=position))
    assert isinstance(answer, Subscribed)
    assert (answer.recovered, answer.patients) == (True, [])


def test_a_slow_console_gets_each_patients_latest_once_it_reads_again() -> None:
    hub, log = hub_and_log()
    console = subscriber_of(hub, "*", vitals=True)
    messages(console)
    sink_of(console).paused = True
    for heart_rate in range(70, 75):
        show(hub, status("p-1", heart_rate=heart_rate), status("p-2", heart_rate=heart_rate))
    hub.remove("p-2")
    hub.flush()
    log.say(alarm_event())
    sink_of(console).resume()
    first, *rest = messages(console)
    assert isinstance(first, Event)
    assert [type(message) for message in rest] == [Status, Left]
