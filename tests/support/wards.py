"""A ward whose patients are known to the monitor, and random logs that bring out all that it can do.

Nobody is judged by the own baseline before a day was seen, nor their nights before twelve were, so random
logs begin after four days of readings of every patient, and 13 of the one with a fever. Those are taken in
once, and each test's monitor is restored from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.support.logs import START_MS
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading

DAY_MS, MINUTE_MS = 86_400_000, 60_000
# Half past six of a morning: the night is soon over.
NOW_MS = START_MS - START_MS % DAY_MS + DAY_MS + 390 * MINUTE_MS
_KNOWN_DAYS, _KNOWN_DAYS_OF_FEVERISH = 4, 13
# As long as a value stands: all of the time is covered with the fewest readings.
_TRAINING_STEP_MS = 5 * MINUTE_MS

# The new one is not known at first.
KNOWN = ("wearable", "heart", "observed", "feverish")
PATIENTS = (*KNOWN, "new")


@dataclass(frozen=True, slots=True)
class Sent:
    """A reading, and when it arrived."""

    reading: Reading
    arrived_at_ms: int


def usual(patient: str, at_ms: int) -> Reading:
    """What a patient's devices measure while nothing happens."""
    turn = at_ms // 7000 % 5 - 2
    measured: dict[str, Any] = {"heart_rate": 64.0 + turn}
    if patient != "heart":
        measured["steps"] = 0.0
    if patient == "wearable":
        measured |= {"oxygen_saturation": 97.0 + turn % 2, "respiratory_rate": 15.0 + turn / 2}
        measured |= {"signal_quality": 0.9, "worn": True}
    if patient == "observed" and at_ms % (30 * MINUTE_MS) == 0:
        measured |= {"body_temperature": 36.8 + turn / 20, "systolic_pressure": 124.0 + turn}
        measured |= {"diastolic_pressure": 78.0 + turn}
    if patient == "feverish" and at_ms >= NOW_MS - 32 * 60 * MINUTE_MS:
        measured["heart_rate"] += 5.0
    return Reading(patient=patient, device="e4", observed_at_ms=at_ms, **measured)


def training(patient: str) -> list[Sent]:
    """The days before :data:`NOW_MS`, in which nothing alarms."""
    days = _KNOWN_DAYS_OF_FEVERISH if patient == "feverish" else _KNOWN_DAYS
    instants = range(NOW_MS - days * DAY_MS, NOW_MS, _TRAINING_STEP_MS)
    return [Sent(usual(patient, at_ms), at_ms) for at_ms in instants]


@cache
def known_block(patient: str) -> bytes:
    """A monitor's block of one patient alone, taken after the training."""
    monitor = Monitor()
    receive(monitor, training(patient))
    assert monitor.drain().events == [], "the training makes no alarms"
    [block] = [block for _, block in monitor.snapshot(only_changed=False)]
    return block


def known_ward(patients: Sequence[str] = KNOWN, rules: Rules | None = None) -> Monitor:
    """A monitor that knows these patients."""
    return Monitor.restore({number: known_block(patient) for number, patient in enumerate(patients)}, rules)


def unattended_ward(patients: Sequence[str] = KNOWN) -> Monitor:
    """The same, whose alarms begin and end with their conditions."""
    return known_ward(patients, Rules().unattended())


def receive(monitor: Monitor, log: Sequence[Sent]) -> None:
    """Take a log in as one batch."""
    arrived_at_ms = [sent.arrived_at_ms for sent in log]
    monitor.receive(Batch.of([sent.reading for sent in log], arrived_at_ms=arrived_at_ms))


def told(monitor: Monitor, log: Sequence[Sent], size: int = 4096) -> list[AlarmEvent]:
    """The events of a log that comes in batches of a size."""
    for first in range(0, len(log), size):
        receive(monitor, log[first : first + size])
    return monitor.drain().events


def by_patient(events: Iterable[AlarmEvent]) -> Mapping[str, list[AlarmEvent]]:
    """Each patient's events, in their order."""
    found: dict[str, list[AlarmEvent]] = {patient: [] for patient in PATIENTS}
    for event in events:
        found[event.patient].append(event)
    return found


def states(monitor: Monitor, patients: Iterable[str]) -> dict[str, bytes | None]:
    """All that is kept of each of these patients, or ``None``."""
    return {
        patient: None if monitor.block_of(patient) is None else monitor.state_of(patient)
        for patient in patients
    }


def _shifted(reading: Reading, by: float, **changes: Any) -> Reading:
    assert reading.heart_rate is not None
    return replace(reading, heart_rate=reading.heart_rate + by, **changes)


def _strange(kind: int, reading: Reading, turn: int) -> Reading:
    """A reading as it is while something happens; ``kind`` says what, ``turn`` counts its readings."""
    happenings = (
        reading,
        _shifted(reading, 22.0),
        _shifted(reading, -16.0),
        _shifted(reading, 2.0 * turn, body_temperature=38.0 + turn / 10),
        _shifted(reading, 100.0, oxygen_saturation=84.0),
        _shifted(reading, 110.0 if turn % 6 == 3 else 0.0),
        _shifted(reading, 35.0 * (turn % 2)),
        _shifted(reading, 45.0, steps=70.0),
        _shifted(reading, 30.0, signal_quality=0.2),
        _shifted(reading, 30.0, worn=False),
        _shifted(reading, 12.0, respiratory_rate=23.0 + turn % 4, systolic_pressure=96.0 - turn),
        replace(reading, heart_rate=0.0, oxygen_saturation=None),
        replace(reading, heart_rate=None, respiratory_rate=26.0, consciousness="V"),
    )
    return happenings[kind % len(happenings)]


_STEPS_S = (60, 60, 60, 240, 10, 1, 301)
_GAPS_MS = (0, 0, 0, 0, 0, 0, 1_800_000, 0, 0, 40_000_000)
_BYTES_A_STRETCH = 5


def log_from(tape: bytes, *, in_order: bool = False) -> list[Sent]:
    """A log of stretches of up to 25 readings of a patient, five bytes each.

    They say whose readings they are, what happens, how far apart readings are, how many there are, and what
    goes wrong on the way: readings may come twice, late and so out of order, or stay away for a while. With
    ``in_order`` nothing is late. Patients' stretches go on at the same time.
    """
    clock_ms = dict.fromkeys(PATIENTS, NOW_MS)
    log: list[Sent] = []
    for first in range(0, len(tape) - _BYTES_A_STRETCH + 1, _BYTES_A_STRETCH):
        who, kind, step, count, trouble = tape[first : first + _BYTES_A_STRETCH]
        patient = PATIENTS[who % len(PATIENTS)]
        # What is unusual is over only after an hour in which all was usual.
        calm = kind % 16 in (0, 13, 14, 15)
        step_s = 240 if calm else _STEPS_S[step % len(_STEPS_S)]
        for turn in range(1 + count % 20 + 5 * calm):
            at_ms = clock_ms[patient] = clock_ms[patient] + step_s * 1000
            reading = _strange(0 if calm else kind % 16, usual(patient, at_ms), turn)
            late_ms = 0 if in_order else (turn % 3) * 90_000 * (trouble % 5 == 1)
            log.append(Sent(reading, at_ms + late_ms))
            if trouble % 5 == 2 and turn % 4 == 0:
                log.append(Sent(reading, at_ms + late_ms + (turn % 3) * 60_000 * (not in_order)))
        clock_ms[patient] += _GAPS_MS[trouble % len(_GAPS_MS)]
    return sorted(log, key=lambda sent: sent.arrived_at_ms)


def ward_logs(*, stretches: int = 14, in_order: bool = False) -> st.SearchStrategy[list[Sent]]:
    """Random logs for :func:`known_ward`, with all that `log_from` can make."""
    tapes = st.binary(min_size=4 * _BYTES_A_STRETCH, max_size=stretches * _BYTES_A_STRETCH)
    return tapes.map(lambda tape: log_from(tape, in_order=in_order))
