"""Logs of readings for tests: random ones with every kind of trouble, and short hand-made ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from wardwatch.core.events import AlarmEvent, Refusal
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading

START_MS = 1_795_288_000_000

# Around every limit, well inside, and implausible: so that short logs open, close and refuse.
_VALUES = {
    "heart_rate": [72.0, 118.0, 121.0, 131.0, 152.0, 190.0, 40.0, 28.0, 0.0, None],
    "oxygen_saturation": [97.0, 92.0, 91.0, 84.0, 0.96, None],
    "respiratory_rate": [16.0, 24.0, 25.0, 30.0, 8.0, 0.0, None],
    "body_temperature": [36.8, 39.0, 39.1, 40.4, 35.0, 99.0, None],
    "systolic_pressure": [120.0, 90.0, 70.0, None],
    "diastolic_pressure": [78.0, 95.0, None],
}


_STEPS_S = (1, 1, 1, 10, 30, 60, 61, 299, 301, 3600, 0, -5)
# One byte chooses the step, the patient and whether the reading comes twice, the others the values.
_BYTES_A_READING = 4 + len(_VALUES)


@st.composite
def logs(draw: st.DrawFn, *, patients: int = 4, longest: int = 120) -> list[Reading]:
    """A log with irregular times, gaps, repeats, disorder, several vitals and implausible values.

    Hypothesis draws bytes and each reading takes some of them: far quicker than drawing every value.
    """
    tape = draw(st.binary(min_size=20 * _BYTES_A_READING, max_size=longest * _BYTES_A_READING))
    clock_ms = dict.fromkeys(range(patients), START_MS)
    log: list[Reading] = []
    for first in range(0, len(tape) - _BYTES_A_READING + 1, _BYTES_A_READING):
        which, step, context, twice, *choices = tape[first : first + _BYTES_A_READING]
        patient = which % patients
        at_ms = clock_ms[patient] + _STEPS_S[step % len(_STEPS_S)] * 1000
        clock_ms[patient] = max(clock_ms[patient], at_ms)
        measured: dict[str, Any] = {
            name: values[choice % len(values)]
            for (name, values), choice in zip(_VALUES.items(), choices, strict=True)
        }
        reading = Reading(
            patient=f"p-{patient}",
            device="e4",
            observed_at_ms=at_ms,
            steps=(None, 0.0, 30.0)[context % 3],
            consciousness=(None, None, "A", "V")[context % 4],
            **measured,
        )
        log += [reading, reading] if twice % 10 == 1 else [reading]
    return log


def at_1_hz(values: Iterable[float | None], vital: str = "heart_rate", patient: str = "p-1") -> list[Reading]:
    """One reading a second of one vital."""
    return every(1, values, vital, patient)


def every(
    seconds: float, values: Iterable[float | None], vital: str = "heart_rate", patient: str = "p-1"
) -> list[Reading]:
    """One reading of one vital every so many seconds."""
    measured: list[dict[str, Any]] = [{vital: value} for value in values]
    return [
        Reading(patient=patient, device="e4", observed_at_ms=START_MS + round(i * seconds * 1000), **fields)
        for i, fields in enumerate(measured)
    ]


def unattended() -> Monitor:
    """A new monitor whose alarms begin and end with their conditions."""
    return Monitor(Rules().unattended())


def run(log: Sequence[Reading], monitor: Monitor | None = None) -> list[AlarmEvent]:
    """What a monitor, a new and unattended one if none is given, tells of a log."""
    monitor = monitor or unattended()
    monitor.receive(Batch.of(log))
    return monitor.drain().events


def refusals(log: Sequence[Reading], monitor: Monitor | None = None) -> list[Refusal]:
    """What a monitor refuses of a log."""
    monitor = monitor or Monitor()
    monitor.receive(Batch.of(log))
    return monitor.drain().refusals


def seconds(event: AlarmEvent) -> float:
    """How long after the start of a hand-made log an event happened."""
    return (event.observed_at_ms - START_MS) / 1000
