import numpy as np
import pytest

from tests.support.hourly_stays import HOUR_MS, hourly_stay
from tests.support.quiet_wearers import alarm_event
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.reading import Reading
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.own_alarms import own_alarms
from wardwatch.evaluating.tapping import Tapped
from wardwatch.evaluating.tracks import tracks_of
from wardwatch.wire.recordings.recording import Stream

DRAWS = Draws.of(3, 100, seed=1)
STAYS = [
    hourly_stay(24, patient="a", event=(8, 12, 14)),
    hourly_stay(24, patient="b", event=(8, 12, 14)),
    hourly_stay(48, patient="c"),
]


def alarm(condition: str, from_hour: int, until_hour: int | None) -> list[AlarmEvent]:
    name = f"{condition}-{from_hour}"
    start = alarm_event(Phase.START, from_hour * HOUR_MS, condition=condition, alarm=name)
    if until_hour is None:
        return [start]
    return [start, alarm_event(Phase.END, until_hour * HOUR_MS, condition=condition, alarm=name)]


def tapped(*events: AlarmEvent) -> Tapped:
    [track] = tracks_of([Stream(iter([Reading(patient="p", device="d", observed_at_ms=0)]))], lambda: None)
    return Tapped(track=track, signals=np.zeros((1, 1)), events=events)


def test_an_alarm_that_is_open_within_the_window_is_true_and_any_other_false() -> None:
    told = own_alarms(
        STAYS,
        {
            "a": tapped(*alarm("news2.high", 2, 8), *alarm("heart_rate.high", 15, 16)),
            "b": tapped(*alarm("heart_rate.high", 2, 7)),
            "c": tapped(*alarm("news2.high", 5, None)),
        },
        DRAWS,
    )
    by_condition = {one["condition"]: one for one in told}
    assert [*by_condition] == ["all", "heart_rate.high", "news2.high"]
    everything = by_condition["all"]
    assert (everything["alarms"], everything["true"], everything["caught"]) == (4, 1, 1)
    assert everything["per_patient_day"] == 1.0
    assert everything["false_per_patient_day"] == 0.75
    assert (everything["sensitivity"], everything["ppv"]) == (0.5, 0.25)
    low, high = everything["intervals"]["false_per_patient_day"]
    assert low < 0.75 < high
    news2 = by_condition["news2.high"]
    assert (news2["alarms"], news2["true"], news2["ppv"]) == (2, 1, 0.5)
    assert by_condition["heart_rate.high"]["sensitivity"] == 0.0


def test_one_that_has_not_ended_is_still_open() -> None:
    [everything, _] = own_alarms(STAYS, {"a": tapped(*alarm("news2.high", 2, None))}, DRAWS)
    assert everything["true"] == 1


def test_who_never_alarms_catches_nothing() -> None:
    [everything] = own_alarms(STAYS, {}, DRAWS)
    assert (everything["alarms"], everything["per_patient_day"]) == (0, 0.0)
    assert (everything["sensitivity"], everything["ppv"]) == (0.0, None)


def test_without_stays_nothing_is_defined() -> None:
    [everything] = own_alarms([], {}, Draws.of(0, 5, seed=1))
    assert everything["per_patient_day"] is None
    assert everything["intervals"]["ppv"] is None


def test_an_event_is_caught_once_however_many_alarms_there_are() -> None:
    events = [event for hour in (8, 10, 12) for event in alarm("news2.high", hour, hour + 1)]
    [everything, _] = own_alarms(STAYS, {"a": tapped(*events)}, DRAWS)
    assert (everything["true"], everything["caught"]) == (3, 1)
    assert everything["ppv"] == pytest.approx(1.0)
