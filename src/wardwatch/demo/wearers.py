"""Whose readings the demo plays: wearers that don't exist, or those of a recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from wardwatch.core.events import Placement
from wardwatch.core.reading import Reading
from wardwatch.replaying import in_time
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.recordings.opening import Recording
from wardwatch.wire.recordings.recording import UnreadableRow
from wardwatch_simulators import (
    Arrival,
    Deterioration,
    DeviceFault,
    Failures,
    Illnesses,
    IllnessPhase,
    Plan,
    Simulation,
    lay_out,
)
from wardwatch_simulators import Wearers as WearersOfKind

# The simulated wearers' clock runs so many times as fast as ours, so that what takes minutes is seen in
# seconds. Illnesses begin 2 to 4 of our seconds after the demo; of the courses, those that show at once. Half
# a minute after it, one device is taken off for long enough to be told of.
SIMULATED_SPEED = 30.0
_ONSET_BETWEEN_S = (60, 120)
_COURSES = ("heart_block", "pulmonary_embolism", "atrial_fibrillation")
_OFF_AT_S, _OFF_FOR_S = (900, 900), (900, 900)
_MORNING_S = 9 * 3600


class Wearers(Protocol):
    """Readings to play, ``speed`` times as fast as they were measured.

    ``label`` says whose they are, and ``notice`` says it on every console.
    """

    label: str
    notice: str
    speed: float
    placements: list[Placement]

    def readings(self) -> Iterator[Arrival]:
        """All readings, in order of the instants at which they are due."""
        ...

    def truth(self) -> list[Deterioration | DeviceFault]:
        """Who is known to have fallen ill so far, and whose device to have failed."""
        ...


class SimulatedWearers:
    """Wearers that don't exist, without an end; a quarter of them fall ill soon."""

    speed = SIMULATED_SPEED
    notice = "All patients are SIMULATED"

    def __init__(self, count: int, *, start_ms: int, seed: int = 1) -> None:
        ill = -(-count // 4)
        counts = [len(range(turn, ill, len(_COURSES))) for turn in range(len(_COURSES))]
        plan = Plan(
            wearers=[WearersOfKind(count=count)],
            illnesses=[
                Illnesses(course=course, count=some, at_s=_ONSET_BETWEEN_S)
                for course, some in zip(_COURSES, counts, strict=True)
            ],
            failures=[Failures(kind="off_body", count=1, at_s=_OFF_AT_S, lasts_s=_OFF_FOR_S)],
            starts_s=_MORNING_S,
        )
        self._simulation = Simulation(plan, seed=seed, start_ms=start_ms)
        self.placements = self._simulation.placements
        self.label = f"{count} SIMULATED wearers, none of them real"

    def readings(self) -> Iterator[Arrival]:
        """One reading a wearer a second, for ever."""
        return self._simulation.packets()

    def truth(self) -> list[Deterioration | DeviceFault]:
        """What has begun, as far as the readings have come."""
        return [record for record in self._simulation.truth() if not isinstance(record, IllnessPhase)]


class RecordedWearers:
    """The wearers of a recording, as if all had come at ``start_ms``, so fast that it fits into ``seconds``.

    Without ``seconds`` they are played in real time.
    The recording is read twice: how fast it must be played is known only at its end.
    """

    notice = "RECORDED patients, not live"

    def __init__(
        self, recording: Recording, *, start_ms: int, seconds: float | None, limit: int | None
    ) -> None:
        self._recording = recording
        self._start_ms = start_ms
        self.count = 0
        unreadable_rows = 0
        patients: dict[str, Placement | None] = {}
        last_ms = start_ms
        for due_ms, row in in_time(recording.streams(), start_ms):
            if isinstance(row, UnreadableRow):
                unreadable_rows += 1
            elif row.patient in patients or limit is None or len(patients) < limit:
                placed = row if isinstance(row, Placement) else None
                patients[row.patient] = patients.get(row.patient) or placed
                self.count += placed is None
                last_ms = due_ms
        self.placements = [patients[line.patient] or line for line in lay_out(patients)]
        self.speed = max(1.0, (last_ms - start_ms) / 1000 / seconds) if seconds else 1.0
        self.label = f"{len(patients)} RECORDED wearers of {recording.path.name}"
        if unreadable_rows:
            self.label += f" ({unreadable_rows:,} of its rows can't be read)"

    def readings(self) -> Iterator[Arrival]:
        """All that was measured, shifted to the demo's start."""
        patients = {placement.patient for placement in self.placements}
        for due_ms, row in in_time(self._recording.streams(), self._start_ms):
            if isinstance(row, Reading) and row.patient in patients:
                yield Arrival(due_ms, row.patient, encode_reading(row))

    def truth(self) -> list[Deterioration | DeviceFault]:
        """Nothing: a recording does not tell."""
        return []
