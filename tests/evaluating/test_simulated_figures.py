import numpy as np
import pytest

from tests.support.quiet_wearers import alarm_event
from tests.support.rhythmic_wearers import START_MS, track
from wardwatch.core.conditions import SIGNAL_COUNT
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.evaluating.labelled import Event, Stay
from wardwatch.evaluating.simulated_figures import BELONGS, by_course, by_fault, of_healthy
from wardwatch.evaluating.tapping import Tapped
from wardwatch.evaluating.tracks import MINUTE_MS
from wardwatch.wire.simulated_truth import SimulatedFault
from wardwatch_simulators.faults import FAULT_KINDS

AT_MS = START_MS + MINUTE_MS * np.arange(120, dtype=np.int64)
ILL = Event(
    onset_ms=START_MS + 30 * MINUTE_MS,
    from_ms=START_MS + 30 * MINUTE_MS,
    until_ms=START_MS + 60 * MINUTE_MS,
    kind="sepsis",
)


def stay(patient: str, *events: Event) -> Stay:
    positive = np.zeros(len(AT_MS), dtype=np.bool_)
    for one in events:
        positive |= (one.from_ms <= AT_MS) & (one.until_ms >= AT_MS)
    return Stay(patient=patient, at_ms=AT_MS, positive=positive, events=events, watched_days=119 / 1440)


def tapped(patient: str, *events: AlarmEvent) -> Tapped:
    return Tapped(
        track=track(patient, {}, AT_MS), signals=np.full((120, SIGNAL_COUNT), np.nan), events=events
    )


def start(minute: float, condition: str = "heart_rate.high", kind: str = "physiological") -> AlarmEvent:
    return alarm_event(Phase.START, START_MS + round(minute * MINUTE_MS), condition=condition, kind=kind)


def fault(patient: str, kind: str, minute: int) -> SimulatedFault:
    from_ms = START_MS + minute * MINUTE_MS
    return SimulatedFault(
        v=1, patient=patient, device="d", fault=kind, from_ms=from_ms, until_ms=from_ms + 10 * MINUTE_MS
    )


def test_faults_belong_to_the_technical_alarms_that_the_simulators_say() -> None:
    assert {name: kind.alarm for name, kind in FAULT_KINDS.items() if kind.alarm is not None} == BELONGS


def test_an_illness_is_noticed_by_what_starts_or_rises_while_it_lasts() -> None:
    stays = [stay("a", ILL), stay("b", ILL), stay("c", ILL)]
    by_patient = {
        "a": tapped("a", start(10), start(42.5), start(50)),
        "b": tapped("b", start(29), start(61), start(40, kind="technical")),
        "c": tapped("c", start(34)),
    }
    [course] = by_course(stays, by_patient)
    assert (course["events"], course["caught"]) == (3, 2)
    assert course["delay_minutes"]["median"] == pytest.approx(8.25)


def test_alarms_of_those_who_are_well_are_counted_by_their_time() -> None:
    stays = [stay("a", ILL), stay("b")]
    figures = of_healthy(stays, {"a": tapped("a", start(10), start(40)), "b": tapped("b", start(70))}, seed=1)
    assert figures["alarms"] == 2
    # Of the ill one 31 of 120 minutes don't count.
    assert figures["patient_days"] == pytest.approx(119 / 1440 * (1 + 89 / 120))
    assert figures["conditions"] == {"heart_rate.high": 2}


def test_a_fault_alarms_about_its_device_and_not_about_the_patient() -> None:
    stays = [stay("a", ILL), stay("b")]
    by_patient = {
        "a": tapped("a", start(45), start(41, "device.off_body", "technical")),
        "b": tapped("b", start(20), start(5, "device.no_data", "technical")),
    }
    faults = [
        fault("a", "off_body", 40),
        fault("b", "off_body", 0),
        fault("b", "off_body", 90),
        fault("c", "drift", 1),
    ]
    [of_kind] = by_fault(stays, by_patient, faults)
    assert of_kind["fault"] == "off_body"
    # Whoever is ill may alarm; what starts within a quarter of an hour after is still the fault's.
    assert (of_kind["faults"], of_kind["of_healthy"], of_kind["physiological"]) == (3, 2, 1)
    assert (of_kind["technical"], of_kind["told"], of_kind["delay_minutes"]) == ("device.off_body", 1, 1.0)
