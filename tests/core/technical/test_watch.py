"""Whose devices are watched, and until when: each for itself, at most four, whatever becomes of the table."""

from __future__ import annotations

import numpy as np

from tests.support.devices import Watched, every, merged, sent, told, watched_changes
from tests.support.logs import START_MS
from wardwatch.core.events import Priority


def test_each_device_of_a_patient_is_watched_for_itself() -> None:
    log = merged(every(1, 2000), every(1, 60, since_s=0.5, device="patch"))
    assert [(change.source, change.patient) for change in watched_changes(log)] == [("patch", "p-1")]


def test_a_fifth_device_takes_the_slot_of_the_one_that_is_silent_for_longest() -> None:
    log = merged(
        every(1, 30, device="first"),
        *(
            every(1, 1000, since_s=0.1 * (turn + 1), device=name)
            for turn, name in enumerate(("second", "third", "fourth"))
        ),
        every(1, 1000, since_s=900.4, device="fifth"),
    )
    changes = watched_changes(log, until_s=1400)
    assert [(change.source, change.phase.value) for change in changes if change.at_ms < START_MS + 10**6] == [
        ("first", "start"),
        ("first", "end"),
    ]
    assert changes[1].text == "first is no longer watched"
    ended = {change.source for change in changes if change.at_ms > START_MS + 10**6}
    assert ended == {"second", "third", "fourth", "fifth"}


def test_a_fifth_device_among_four_that_send_is_not_watched() -> None:
    log = [
        each
        for turn, name in enumerate("abcde")
        for each in every(1, 100 if name == "e" else 1000, since_s=turn / 10, device=name)
    ]
    assert watched_changes(merged(log)) == []


def test_a_device_that_is_taken_away_ends_its_alarms() -> None:
    watched = Watched()
    watched.receive(every(1, 60, worn=False, battery=3.0))
    watched.tick(START_MS + 1_000_000)
    ended = watched.watch.release(0, "e4-03", START_MS + 2_000_000)
    assert told(ended) == [
        (2000, "device.no_data", "end", "medium"),
        (2000, "device.off_body", "end", "medium"),
        (2000, "device.battery_low", "end", "medium"),
    ]
    assert watched.tick(START_MS + 10**9) == []
    assert watched.watch.release(0, "e4-03", START_MS) == []


def test_whoever_is_forgotten_begins_anew() -> None:
    watched, fresh = Watched(), Watched()
    watched.receive(every(1, 60, worn=False))
    watched.table.forget(np.array([0]))
    assert watched.tick(START_MS + 10**9) == []
    later = every(1, 900, since_s=700, battery=3.0)
    assert watched.receive(later) == fresh.receive(later)
    assert watched.state_of("p-1") == fresh.state_of("p-1")


def test_who_takes_the_row_of_a_dropped_patient_has_none_of_its_devices() -> None:
    watched = Watched()
    watched.receive(every(1, 60, worn=False))
    watched.table.drop(np.array([0]))
    changes = watched.receive(every(1, 100, since_s=70, patient="p-2"))
    assert (changes, watched.table.row("p-2")) == ([], 0)
    [change] = watched.tick(START_MS + 10**9)
    assert (change.patient, change.condition) == ("p-2", "device.no_data")


def test_a_table_that_grows_keeps_everybody_watched() -> None:
    log = merged(*(every(10, 50, patient=f"p-{number}") for number in range(300)))
    watched = Watched()
    assert watched.receive(log, size=700) == []
    silent = watched.tick(START_MS + 1_000_000)
    assert len(silent) == 300
    assert {change.priority for change in silent} == {Priority.MEDIUM}


def test_arrivals_that_go_back_in_time_do_not_bring_changes_before_those_that_were_told() -> None:
    log = [*every(1, 300, worn=False), *every(1, 100, since_s=10, late_s=-300, worn=True)]
    start, end = (
        change for change in watched_changes(log, until_s=400) if change.condition == "device.off_body"
    )
    assert end.at_ms >= start.at_ms


def test_nothing_is_due_where_nobody_is_watched() -> None:
    watched = Watched()
    assert watched.watch.next_due_ms() is None
    watched.receive([sent(0, battery=80.0)])
    assert watched.watch.next_due_ms() is None
    watched.receive([sent(1, heart_rate=70.0)])
    assert watched.watch.next_due_ms() == START_MS + 331_000
