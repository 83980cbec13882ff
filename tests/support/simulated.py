"""Simulated wards, watched by a real monitor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch, Reading
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.readings import ReadingDecoder
from wardwatch_simulators import Arrival, Simulation
from wardwatch_simulators.living import Population
from wardwatch_simulators.living.devices import DeviceKind

START_MS = 1_767_225_600_000
_TICK_S, _HOUR_S = 60, 3600
# What a ward set measures, once a minute: a day of it costs a sixtieth of a day at 1 Hz.
ONCE_A_MINUTE = DeviceKind(
    name="once_a_minute",
    every_s={
        "heart_rate": 60, "oxygen_saturation": 60, "respiratory_rate": 60, "body_temperature": 60,
        "systolic_pressure": 300, "diastolic_pressure": 300, "skin_temperature": 60, "steps": 60,
    },
)  # fmt: skip


class Watched:
    """What a monitor tells of a simulation; it looks once a simulated minute."""

    def __init__(self, simulation: Simulation) -> None:
        self.events: list[AlarmEvent] = []
        self.unreadable = 0
        self._simulation = simulation
        self._monitor = Monitor()
        self._monitor.admit(simulation.placements)
        self._decode = ReadingDecoder().decode
        self._position = 0
        self._run()

    def starts(self, kind: str) -> list[AlarmEvent]:
        """The events with which alarms of a kind (physiological, technical) began."""
        return [event for event in self.events if event.kind == kind and event.phase is Phase.START]

    def _run(self) -> None:
        arrived: list[Arrival] = []
        for number, second in enumerate(self._simulation.seconds(), 1):
            arrived += second
            if number % _TICK_S == 0:
                self._receive(arrived)
                arrived = []
        self._receive(arrived)

    def _receive(self, arrived: Iterable[Arrival]) -> None:
        readings, arrived_at_ms = [], []
        for arrival in arrived:
            try:
                readings.append(self._decode(arrival.payload))
            except Unreadable:
                self.unreadable += 1
            else:
                arrived_at_ms.append(arrival.due_ms)
        if readings:
            positions = range(self._position, self._position + len(readings))
            self._position += len(readings)
            self._monitor.receive(Batch.of(readings, arrived_at_ms=arrived_at_ms, positions=positions))
        self._monitor.tick(self._simulation.now_ms)
        self.events += self._monitor.drain().events


def alarms_of_bodies(
    population: Population, kind: DeviceKind, first_s: int, lasts_s: int
) -> list[tuple[int, AlarmEvent]]:
    """The physiological alarms, by wearer, of readings that come without fault: quick for many days."""
    monitor = Monitor()
    found: list[tuple[int, AlarmEvent]] = []
    for hour_s in range(first_s, first_s + lasts_s, _HOUR_S):
        monitor.receive(Batch.of(list(_readings(population, kind, hour_s))))
        monitor.tick(START_MS + 1000 * (hour_s + _HOUR_S))
        found += [
            (int(event.patient), event)
            for event in monitor.drain().events
            if event.kind == "physiological" and event.phase is Phase.START
        ]
    return found


def _readings(population: Population, kind: DeviceKind, hour_s: int) -> Iterator[Reading]:
    measured = kind.measured(population, hour_s, _HOUR_S)
    for at_s, row in np.argwhere(np.isfinite(measured["heart_rate"]).T).tolist():
        values = {name: float(of[row, at_s]) for name, of in measured.items() if np.isfinite(of[row, at_s])}
        yield Reading(
            patient=str(population.wearers[row]),
            device="d",
            observed_at_ms=START_MS + 1000 * (hour_s + at_s),
            **values,  # type: ignore[arg-type]
        )
