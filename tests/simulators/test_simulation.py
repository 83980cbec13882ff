"""The simulation: in order of arrival, the same bytes in any pieces, and the truth apart from them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardwatch.core.reading import Reading
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.readings import ReadingDecoder, encode_reading
from wardwatch_simulators import (
    Arrival,
    DeviceFault,
    Failures,
    Illnesses,
    Plan,
    PlanError,
    Simulation,
    Wearers,
    encode_truth,
)
from wardwatch_simulators.faults import FAULT_KINDS

START_MS = 1_767_225_600_000
NINE_S = 9 * 3600
# Three kinds of devices, one fault of each kind, and chance.
TROUBLED = Plan(
    wearers=[
        Wearers(count=10),
        Wearers(count=8, devices=["chest_patch"]),
        Wearers(count=4, devices=["tracker"]),
    ],
    illnesses=[Illnesses(course="fall", count=1, at_s=(60, 120))],
    failures=[
        Failures(kind=kind, count=1, at_s=(10, 60), lasts_s=(60, 120), severity=(0.5, 1.0))
        for kind in FAULT_KINDS
    ],
    mixture={"off_body": 200.0, "restart": 400.0, "flat_line": 200.0, "duplicates": 200.0},
    starts_s=NINE_S,
    lasts_s=240,
)
QUIET = Plan(wearers=[Wearers(count=4)], starts_s=NINE_S, lasts_s=400)


def simulated(plan: Plan = TROUBLED, seed: int = 7, **arguments: int) -> Simulation:
    return Simulation(plan, seed=seed, start_ms=START_MS, **arguments)


def digest(packets: Iterable[Arrival]) -> str:
    whole = hashlib.sha256()
    for due_ms, patient, payload in packets:
        whole.update(b"%d %s %s\n" % (due_ms, patient.encode(), payload))
    return whole.hexdigest()


WHOLE = digest(simulated().packets())
# Known on one machine; on another one the same. Whoever changes a body, a device or a fault changes it too.
GOLDEN = "21bedbd4f84e11e13a794dd3bd727494aa1319c7e729e6349fdf130e9c3c4023"
# The same without what bodies do: when which device of whom sends, and what fails.
GOLDEN_TRUTH = "a77aac2d39fbd6ea0f9a65cbb8e480011dc5d4167629fb1ec9713beb445940f8"


@settings(max_examples=8, deadline=None)
@given(wearers=st.integers(1, 25), seconds=st.integers(1, 250))
def test_the_same_bytes_whatever_is_worked_on_together(wearers: int, seconds: int) -> None:
    if wearers * seconds < 40:
        seconds = 40  # slow, and nothing new
    assert digest(simulated(wearers_at_once=wearers, seconds_at_once=seconds).packets()) == WHOLE


def test_the_same_bytes_on_any_machine() -> None:
    assert WHOLE == GOLDEN


def test_the_same_truth_on_any_machine() -> None:
    simulation = simulated()
    whole = hashlib.sha256()
    for arrival in simulation.packets():
        whole.update(b"%d %s\n" % (arrival.due_ms, arrival.patient.encode()))
    for record in simulation.truth():
        whole.update(encode_truth(record))
    assert whole.hexdigest() == GOLDEN_TRUTH


def test_another_seed_gives_other_bytes() -> None:
    assert digest(simulated(seed=8).packets()) != WHOLE


def test_everything_comes_in_order_of_arrival_and_within_its_second() -> None:
    simulation = simulated()
    for second, arrived in enumerate(simulation.seconds()):
        instants = [arrival.due_ms for arrival in arrived]
        assert instants == sorted(instants)
        assert START_MS + 1000 * second <= instants[0]
        assert instants[-1] < START_MS + 1000 * (second + 1) == simulation.now_ms


def test_healthy_devices_send_readings_as_the_wire_writes_them() -> None:
    arrivals = list(simulated(QUIET).packets())
    assert len(arrivals) == 4 * 400
    seqs: Counter[str] = Counter()
    for due_ms, patient, payload in arrivals:
        decoded = ReadingDecoder().decode(payload)
        reading = Reading(**{name: getattr(decoded, name) for name in Reading.__slots__})
        # Whether a whole number has a point, and the order of the fields, is no matter.
        assert json.loads(encode_reading(reading)) == json.loads(payload)
        seqs[patient] += 1
        assert (reading.patient, reading.observed_at_ms, reading.seq) == (patient, due_ms, seqs[patient])
    cuffs = sum(b"systolic_pressure" in arrival.payload for arrival in arrivals)
    assert 4 <= cuffs <= 8


def test_a_fault_of_one_wearer_changes_nothing_of_the_others() -> None:
    failing = Plan(
        wearers=QUIET.wearers,
        failures=[Failures(kind="packet_loss", count=1, at_s=(0, 0), lasts_s=(400, 400))],
        starts_s=NINE_S,
        lasts_s=400,
    )
    simulation = simulated(failing)
    arrivals = list(simulation.packets())
    (fault,) = simulation.truth()
    assert arrivals == [each for each in simulated(QUIET).packets() if each.patient != fault.patient]


def test_a_restart_counts_from_one_again() -> None:
    plan = Plan(
        wearers=[Wearers(count=1)],
        failures=[Failures(kind="restart", count=1, at_s=(50, 50), lasts_s=(20, 20))],
        lasts_s=100,
    )
    seqs = [json.loads(arrival.payload)["seq"] for arrival in simulated(plan).packets()]
    assert seqs[:50] == list(range(1, 51))
    assert seqs[50:] == list(range(1, 31)) or seqs[50:] == list(range(2, 32))


@pytest.mark.parametrize("asked_every_s", [1, 7, 60, 1000])
def test_what_has_begun_is_told_once_however_often_it_is_asked_for(asked_every_s: int) -> None:
    simulation = simulated()
    told = []
    for second, _ in enumerate(simulation.seconds(), 1):
        if second % asked_every_s == 0:
            told += simulation.begun()
    told += simulation.begun()
    assert told == simulation.truth()
    assert simulation.begun() == []


def of_device(arrivals: Iterable[Arrival], device: str) -> list[bytes]:
    return [each.payload for each in arrivals if json.loads(each.payload)["device"] == device]


def test_each_device_of_a_wearer_has_a_clock_and_a_count_of_its_own() -> None:
    plan = Plan(
        wearers=[Wearers(count=2, devices=["wristband", "oximeter", "cuff"])], starts_s=NINE_S, lasts_s=1000
    )
    arrivals = list(simulated(plan).packets())
    assert {json.loads(each.payload)["device"] for each in arrivals} == {
        "simdev-0001", "simdev-0001-2", "simdev-0001-3", "simdev-0002", "simdev-0002-2", "simdev-0002-3",
    }  # fmt: skip
    moments = set()
    measured = {"": "skin_temperature", "-2": "oxygen_saturation", "-3": "systolic_pressure"}
    for number, vital in measured.items():
        said = [json.loads(payload) for payload in of_device(arrivals, f"simdev-0001{number}")]
        assert {each["patient"] for each in said} == {"sim-0001"}
        assert [each["seq"] for each in said] == list(range(1, len(said) + 1))
        assert all(vital in each for each in said)
        moments.add(said[0]["observed_at_ms"] % 1000)
    assert len(moments) == 3


def test_another_device_changes_nothing_of_the_first_one() -> None:
    alone = list(simulated(QUIET).packets())
    plan = replace(QUIET, wearers=[Wearers(count=4, devices=["ward_set", "cuff"])])
    both = list(simulated(plan).packets())
    assert [each for each in both if not json.loads(each.payload)["device"].endswith("-2")] == alone


def test_a_fault_hits_one_device_of_its_wearer_and_the_truth_says_which() -> None:
    plan = Plan(
        wearers=[Wearers(count=40, devices=["wristband", "oximeter"])],
        failures=[Failures(kind="packet_loss", count=20, at_s=(0, 0), lasts_s=(60, 60))],
        lasts_s=60,
    )
    simulation = simulated(plan)
    arrivals = list(simulation.packets())
    failing = {record.device for record in simulation.truth() if isinstance(record, DeviceFault)}
    assert len(failing) == 20
    assert {device.endswith("-2") for device in failing} == {True, False}
    sent = Counter(json.loads(each.payload)["device"] for each in arrivals)
    assert {device for device, count in sent.items() if count < 60} == failing & sent.keys()
    assert len(sent.keys() | failing) == 80


def test_devices_of_a_wearer_fail_by_chance_apart_from_each_other() -> None:
    plan = Plan(
        wearers=[Wearers(count=20, devices=["wristband", "wristband"])],
        mixture={"restart": 200.0},
        lasts_s=600,
    )
    simulation = simulated(plan)
    for _ in simulation.seconds():
        pass
    faults = [record for record in simulation.truth() if isinstance(record, DeviceFault)]
    when: dict[bool, set[tuple[str, int]]] = {False: set(), True: set()}
    for fault in faults:
        when[fault.device.endswith("-2")].add((fault.patient, fault.from_ms))
    assert when[False]
    assert when[True]
    assert not when[False] & when[True]


def test_the_truth_tells_all_that_has_begun_and_stands_in_no_reading() -> None:
    simulation = simulated()
    payloads = [arrival.payload for arrival in simulation.packets()]
    told = [json.loads(encode_truth(record)) for record in simulation.truth()]
    assert {record["v"] for record in told} == {1}
    assert {record["fault"] for record in told if record["event"] == "fault"} == set(FAULT_KINDS)
    (ill,) = (record for record in told if record["event"] == "deterioration")
    assert ill["course"] == "fall"
    assert START_MS + 60_000 <= ill["onset_ms"] <= START_MS + 120_000
    phases = [record["phase"] for record in told if record["event"] == "illness"]
    assert phases[0] == "onset"
    for word in (b"fall", b"fault", b"severity", b"course"):
        assert not any(word in payload for payload in payloads)
    begun = simulated()
    assert next(begun.seconds())
    assert begun.truth() == []


def test_only_what_a_fault_broke_can_not_be_read() -> None:
    simulation = simulated()
    broken = set()
    for arrival in simulation.packets():
        try:
            ReadingDecoder().decode(arrival.payload)
        except Unreadable:
            broken.add(arrival.patient)
    failing = {getattr(each, "fault", ""): each.patient for each in simulation.truth()}
    assert broken == {failing["broken_payload"]}


def test_more_illnesses_and_faults_than_wearers_are_refused_with_a_way_out() -> None:
    ill = Plan(wearers=[Wearers(count=1)], illnesses=[Illnesses(course="fall", count=2, at_s=(0, 9))])
    with pytest.raises(PlanError, match="2 are to fall ill, and there are 1 wearers"):
        simulated(ill)
    unknown = Plan(wearers=[Wearers(count=1)], illnesses=[Illnesses(course="flu", count=1, at_s=(0, 9))])
    with pytest.raises(PlanError, match="there is no course 'flu'; there are sepsis"):
        simulated(unknown)
