"""What the monitor makes of simulated wards, by seed: calm when all are well, illnesses and faults found."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.support.simulated import ONCE_A_MINUTE, START_MS, Watched
from wardwatch_simulators import Deterioration, DeviceFault, Failures, Illnesses, Plan, Simulation, Wearers
from wardwatch_simulators.faults import FAULT_KINDS, REALISTIC
from wardwatch_simulators.living import COURSES, DEVICE_KINDS

SEED = 7
HOUR_S = 3600
# A vital is judged by what is usual for the patient once a day of it has been learned.
LEARNED_S = 26 * HOUR_S

# Minutes from the onset to the first physiological alarm, of wearers with this seed whose vitals come once a
# minute. None: not caught within eleven hours. Nothing watches for falls, and the fever of this influenza
# stays below 39 Cel and rises so slowly that what is usual rises with it.
DELAYS_MIN: dict[str, float | None] = {
    "sepsis": 227,
    "opioid_respiratory_depression": 17,
    "copd_exacerbation": 591,
    "atrial_fibrillation": 3.6,
    "heart_block": 5.2,
    "haemorrhage": 44,
    "hypoglycaemia": 49,
    "pulmonary_embolism": 5.7,
    "influenza": None,
    "fall": None,
}

FAILS_AT_S = 300
# A drift is slow; all others show within 25 minutes.
DRIFTS_S = 2 * HOUR_S
# Seconds from the onset of a fault of full severity to its technical alarm, with this seed.
FAULT_DELAYS_S: dict[str, float] = {
    "drift": 5460,
    "flat_line": 581,
    "spikes": 226,
    "motion_artefact": 120,
    "off_body": 60,
    "wrong_unit": 120,
    "battery_decay": 1036,
    "clock_ahead": 10,
    "clock_behind": 300,
    "clock_skew": 610,
    "restart": 329,
    "broken_payload": 329,
    "packet_loss": 329,
    "store_and_forward": 329,
    "duplicates": 121,
    "reordering": 131,
}


@pytest.fixture(autouse=True)
def _once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEVICE_KINDS, ONCE_A_MINUTE.name, ONCE_A_MINUTE)


def test_a_quiet_day_has_at_most_a_tenth_of_a_physiological_alarm_a_patient() -> None:
    """Though devices fail as they do."""
    wearers = 20
    plan = Plan(
        wearers=[Wearers(count=wearers, devices=[ONCE_A_MINUTE.name])],
        mixture=REALISTIC,
        lasts_s=24 * HOUR_S,
    )
    watched = Watched(Simulation(plan, seed=SEED, start_ms=START_MS))
    assert len(watched.starts("physiological")) <= 0.1 * wearers
    assert watched.starts("technical")


def test_wearers_of_several_devices_are_watched_as_calmly() -> None:
    plan = Plan(
        wearers=[Wearers(count=6, devices=["wristband", "oximeter", "cuff"])],
        starts_s=9 * HOUR_S,
        lasts_s=2 * HOUR_S,
    )
    watched = Watched(Simulation(plan, seed=SEED, start_ms=START_MS))
    assert watched.events == []


def faulty(kinds: Iterable[str], seed: int, lasts_s: int, device: str = "ward_set") -> Simulation:
    """A wearer for each kind of fault, whose device fails so after five minutes."""
    failures = [
        Failures(kind=kind, count=1, at_s=(FAILS_AT_S, FAILS_AT_S), lasts_s=(lasts_s, lasts_s))
        for kind in kinds
    ]
    plan = Plan(
        wearers=[Wearers(count=len(failures), devices=[device])],
        failures=failures,
        starts_s=9 * HOUR_S,
        lasts_s=FAILS_AT_S + lasts_s + 60,
    )
    return Simulation(plan, seed=seed, start_ms=START_MS)


@pytest.mark.parametrize("seed", [SEED, 8, 9])
def test_each_fault_raises_the_technical_alarm_that_belongs_to_it_and_no_physiological_one(seed: int) -> None:
    delays_s: dict[str, float] = {}
    quick = FAULT_KINDS.keys() - {"drift"}
    for simulation in (
        faulty(sorted(quick), seed, 1500),
        faulty(["drift"], seed, DRIFTS_S, ONCE_A_MINUTE.name),
    ):
        watched = Watched(simulation)
        assert watched.starts("physiological") == []
        alarms = watched.starts("technical")
        for fault in simulation.truth():
            if isinstance(fault, DeviceFault):
                belongs = FAULT_KINDS[fault.fault].alarm
                found = [
                    each for each in alarms if (each.patient, each.condition) == (fault.patient, belongs)
                ]
                assert found, f"{fault.fault} raises no {belongs}"
                delays_s[fault.fault] = (found[0].at_ms - fault.from_ms) / 1000
    assert delays_s.keys() == FAULT_KINDS.keys()
    if seed == SEED:
        assert delays_s == pytest.approx(FAULT_DELAYS_S, rel=0.1, abs=10)


def test_each_course_is_caught_as_late_as_is_known() -> None:
    plan = Plan(
        wearers=[Wearers(count=20, devices=[ONCE_A_MINUTE.name])],
        illnesses=[Illnesses(course=course, count=1, at_s=(LEARNED_S, LEARNED_S)) for course in COURSES],
        starts_s=9 * HOUR_S,
        lasts_s=LEARNED_S + 11 * HOUR_S,
    )
    simulation = Simulation(plan, seed=SEED, start_ms=START_MS)
    alarms = Watched(simulation).starts("physiological")
    delays_min: dict[str, float | None] = {}
    for ill in simulation.truth():
        if isinstance(ill, Deterioration):
            after = [event.observed_at_ms - ill.onset_ms for event in alarms if event.patient == ill.patient]
            delays_min[ill.course] = min((late / 60_000 for late in after if late >= 0), default=None)
    assert delays_min.keys() == COURSES.keys() == DELAYS_MIN.keys()
    for course, known_min in DELAYS_MIN.items():
        # So far may a refined physiology move them.
        expected = None if known_min is None else pytest.approx(known_min, rel=0.25, abs=3)
        assert delays_min[course] == expected, course
