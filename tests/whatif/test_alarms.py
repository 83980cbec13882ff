from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.quiet_wearers import alarm_event
from tests.support.told_alarms import alarm
from wardwatch.core.events import Phase, Priority
from wardwatch.whatif.alarms import Alarms


def test_steps_make_an_alarm_with_the_highest_priority_it_rose_to() -> None:
    told = Alarms()
    told.take([alarm_event(Phase.START, 1000, alarm="a")])
    told.take([alarm_event(Phase.UPDATE, 2000, alarm="a", priority=Priority.HIGH)])
    told.take([alarm_event(Phase.UPDATE, 3000, alarm="a", priority=Priority.LOW)])
    (found,) = told.all
    assert (found.start_ms, found.end_ms, found.priority) == (1000, None, Priority.HIGH)
    told.take([alarm_event(Phase.END, 4000, alarm="a", priority=Priority.LOW)])
    assert found.end_ms == 4000


def test_alarms_of_two_patients_may_have_one_name() -> None:
    told = Alarms()
    told.take(alarm_event(Phase.START, 1000, alarm="a", patient=patient) for patient in "xy")
    told.take([alarm_event(Phase.END, 2000, alarm="a", patient="y")])
    assert [(each.patient, each.end_ms) for each in told.all] == [("x", None), ("y", 2000)]


def test_steps_without_a_start_make_nothing() -> None:
    told = Alarms()
    told.take([alarm_event(Phase.UPDATE, 1000, alarm="a"), alarm_event(Phase.END, 2000, alarm="a")])
    assert told.all == []


def test_an_alarm_begins_when_it_happened_on_our_clock() -> None:
    told = Alarms()
    told.take([replace(alarm_event(Phase.START, 1000), at_ms=1500)])
    assert told.all[0].start_ms == 1500


@pytest.mark.parametrize(
    ("other", "overlap"), [((5, 6), True), ((10, 12), True), ((11, 12), False), ((11, None), False)]
)
def test_alarms_overlap_if_they_were_open_at_once(other: tuple[float, float | None], overlap: bool) -> None:  # noqa: FBT001
    assert alarm(0, 10).overlaps(alarm(*other)) is overlap
    assert alarm(*other).overlaps(alarm(0, 10)) is overlap
