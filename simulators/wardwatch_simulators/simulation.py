"""A plan, simulated: what arrives, in the order of its arrival, and the truth about it.

>>> from wardwatch_simulators import Plan, Simulation, Wearers
>>> simulation = Simulation(Plan(wearers=[Wearers(count=2)], lasts_s=2), seed=7, start_ms=1_767_225_600_000)
>>> [(arrival.due_ms, arrival.patient) for arrival in simulation.packets()]  # doctest: +NORMALIZE_WHITESPACE
[(1767225600032, 'sim-0002'), (1767225600378, 'sim-0001'),
 (1767225601032, 'sim-0002'), (1767225601378, 'sim-0001')]
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import chain, count, takewhile
from typing import NamedTuple, TypeAlias

from wardwatch_simulators.beds import lay_out
from wardwatch_simulators.faults.kinds import FAULT_KINDS
from wardwatch_simulators.faults.schedule import Schedule
from wardwatch_simulators.living.devices import DEVICE_KINDS, DeviceKind
from wardwatch_simulators.living.episodes import truth
from wardwatch_simulators.living.population import Population
from wardwatch_simulators.plans import SETTINGS, Group, Plan, cast
from wardwatch_simulators.sending import Devices, Due, device_keys, device_name, patient_name
from wardwatch_simulators.truth import Deterioration, DeviceFault, IllnessPhase, TruthRecord

# So many wearers' devices are worked on together: their pieces come due at seconds of their own, so that
# no second has much more work than another.
_WEARERS_AT_ONCE, _SECONDS_AT_ONCE = 512, 60
_APART_S = 7


# A record of the truth, and its place among the others.
_Told: TypeAlias = tuple[tuple[int, str, int], TruthRecord]


class Arrival(NamedTuple):
    """A payload that arrives at ``due_ms`` in the name of ``patient``; it need not be a reading."""

    due_ms: int
    patient: str
    payload: bytes


class Simulation:
    """The same plan, seed and start give the same bytes on any machine, whatever is worked on together.

    The wearers' clock stands at second ``plan.starts_s`` of a day when that of the readings is ``start_ms``.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        seed: int,
        start_ms: int,
        wearers_at_once: int = _WEARERS_AT_ONCE,
        seconds_at_once: int = _SECONDS_AT_ONCE,
    ) -> None:
        self._plan, self._seed = plan, seed
        self._cast = cast(plan, seed)
        self._midnight_ms = start_ms - 1000 * plan.starts_s
        self._next_s = self._told_until_s = plan.starts_s
        self._seconds_at_once = seconds_at_once
        self._under_way: list[Due] = []
        self.patients = tuple(map(patient_name, range(plan.count)))
        self.placements = lay_out(self.patients)
        self._devices = [
            devices for group in self._cast.groups for devices in self._of(group, wearers_at_once)
        ]

    @property
    def now_ms(self) -> int:
        """The start of the second that comes next, on the clock of the readings."""
        return self._midnight_ms + 1000 * self._next_s

    def seconds(self) -> Iterator[list[Arrival]]:
        """What arrives within each second, until the end; what is still on its way then never does."""
        end_s = None if self._plan.lasts_s is None else self._plan.starts_s + self._plan.lasts_s
        for second in takewhile(lambda second: end_s is None or second < end_s, count(self._next_s)):
            due = self._due(second)
            self._next_s = second + 1
            yield [Arrival(due_ms, self.patients[wearer], payload) for due_ms, wearer, _, payload in due]

    def packets(self) -> Iterator[Arrival]:
        """All of :meth:`seconds`, one after the other."""
        return chain.from_iterable(self.seconds())

    def truth(self) -> list[TruthRecord]:
        """What has begun so far, in order of time."""
        return self._truth(self._plan.starts_s)

    def begun(self) -> list[TruthRecord]:
        """What of the :meth:`truth` has begun since this was last asked."""
        since_s, self._told_until_s = self._told_until_s, self._next_s
        return self._truth(since_s)

    def _truth(self, since_s: int) -> list[TruthRecord]:
        told: list[_Told] = [*self._illnesses(since_s), *self._phases(since_s), *self._faults(since_s)]
        told.sort(key=lambda each: each[0])
        return [record for _, record in told]

    def _of(self, group: Group, at_once: int) -> Iterator[Devices]:
        end = group.first + group.wearers.count
        for place, first in enumerate(range(group.first, end, at_once)):
            wearers = range(first, min(first + at_once, end))
            population = Population(
                seed=self._seed,
                wearers=len(wearers),
                first_wearer=first,
                setting=SETTINGS[group.wearers.setting],
                episodes=[episode for episode in self._cast.episodes if episode.wearer in wearers],
            )
            for number, kind in enumerate(group.wearers.devices):
                yield self._devices_of(population, number, DEVICE_KINDS[kind], place)

    def _devices_of(self, population: Population, number: int, kind: DeviceKind, place: int) -> Devices:
        """Device ``number`` of these wearers; ``place`` tells them from others who have the same."""
        told = [
            fault
            for fault in self._cast.faults
            if fault.wearer in population.wearers and fault.device == number
        ]
        return Devices(
            population,
            kind,
            Schedule(
                wearers=population.wearers,
                keys=device_keys(population.keys, number),
                mixture=self._plan.mixture,
                told=told,
                device=number,
            ),
            midnight_ms=self._midnight_ms,
            first_s=self._plan.starts_s,
            at_once_s=self._seconds_at_once,
            first_piece_s=self._seconds_at_once - _APART_S * (place + number) % self._seconds_at_once,
        )

    def _due(self, second: int) -> list[Due]:
        """What arrives within a second, in order."""
        end_ms = self._midnight_ms + 1000 * (second + 1)
        due = [sent for devices in self._devices for sent in devices.second(second)]
        late = [sent for sent in due if sent[0] >= end_ms]
        if late:
            due = [sent for sent in due if sent[0] < end_ms]
            for sent in late:
                heapq.heappush(self._under_way, sent)
        while self._under_way and self._under_way[0][0] < end_ms:
            due.append(heapq.heappop(self._under_way))
        due.sort()
        return due

    def _at_ms(self, second: int) -> int:
        return self._midnight_ms + 1000 * second

    def _illnesses(self, since_s: int) -> Iterator[_Told]:
        for episode in self._cast.episodes:
            if since_s <= episode.onset_s < self._next_s:
                patient = self.patients[episode.wearer]
                yield (
                    (episode.onset_s, patient, 0),
                    Deterioration(
                        patient=patient,
                        course=episode.course,
                        onset_ms=self._at_ms(episode.onset_s),
                        full_ms=self._at_ms(episode.full_s),
                        description=episode.table.description,
                    ),
                )

    def _phases(self, since_s: int) -> Iterator[_Told]:
        for event in truth(self._cast.episodes, self._next_s):
            if event.at_s < since_s:
                continue
            patient = self.patients[event.wearer]
            yield (
                (event.at_s, patient, 1),
                IllnessPhase(
                    patient=patient,
                    course=event.course,
                    phase=event.phase,
                    at_ms=self._at_ms(event.at_s),
                    severity=event.severity,
                    description=event.description,
                ),
            )

    def _faults(self, since_s: int) -> Iterator[_Told]:
        for fault in (fault for devices in self._devices for fault in devices.faults()):
            if since_s <= fault.from_s < self._next_s:
                patient = self.patients[fault.wearer]
                kind = FAULT_KINDS[fault.kind]
                yield (
                    (fault.from_s, patient, 2 + list(FAULT_KINDS).index(fault.kind)),
                    DeviceFault(
                        patient=patient,
                        device=device_name(fault.wearer, fault.device),
                        fault=fault.kind,
                        from_ms=self._at_ms(fault.from_s),
                        until_ms=self._at_ms(fault.until_s),
                        severity=fault.severity,
                        description=kind.description,
                    ),
                )
