"""A ward of wearers: what their devices measure, second by second, and the truth about them."""

from __future__ import annotations

import numpy as np

from wardwatch.core.reading import Reading
from wardwatch_simulators.beds import lay_out
from wardwatch_simulators.courses import COURSES, Course, severity
from wardwatch_simulators.physiology import CHANNELS, SATURATION, SYSTOLIC, Bodies, FloatArray
from wardwatch_simulators.truth import Deterioration

# wardwatch's own choices, as in physiology.py.
_CUFF_INTERVAL_S = 5 * 60
_DIASTOLIC_SHARE = 0.62
_BATTERY_LIFE_S = 48 * 3600
_QUALITY_AT_REST, _QUALITY_LOST_BY_WALKING, _QUALITY_JITTER = 0.96, 0.3, 0.02
# How many digits a device writes after the decimal point, in the order of CHANNELS.
_DECIMALS = (0, 0, 0, 1, 0, 1)


class Ward:
    """Wearers at 1 Hz. The same arguments give the same readings, however many are taken at a time.

    ``deteriorating`` of the wearers fall ill, each at a moment within ``onset_between_s`` (seconds after the
    start, first and last); the courses are dealt out in turn. The others stay well.
    """

    def __init__(
        self,
        *,
        wearers: int,
        seed: int,
        start_ms: int,
        deteriorating: int = 0,
        onset_between_s: tuple[int, int] = (10 * 60, 30 * 60),
    ) -> None:
        if not 0 <= deteriorating <= wearers:
            raise ValueError("deteriorating must be between 0 and the number of wearers")
        # A stream of random numbers for each purpose: who falls ill changes nothing else.
        bodies, devices, illness = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(3))
        self.patients = tuple(f"sim-{number:04d}" for number in range(1, wearers + 1))
        self.placements = lay_out(self.patients)
        self._start_ms = start_ms
        self._second = 0
        self._bodies = Bodies(wearers, bodies)
        self._attach_devices(wearers, devices)
        self._fall_ill(wearers, deteriorating, onset_between_s, illness)

    def _attach_devices(self, wearers: int, rng: np.random.Generator) -> None:
        self._device_noise = rng
        self._devices = [f"simdev-{number:04d}" for number in range(1, wearers + 1)]
        # Devices are not in step: each measures at a moment of its own within the second.
        moments_ms = rng.integers(0, 1000, wearers)
        self._order = np.argsort(moments_ms, kind="stable").tolist()
        self._moments_ms: list[int] = moments_ms.tolist()
        self._cuff_second = rng.integers(0, _CUFF_INTERVAL_S, wearers)
        self._full_battery = rng.uniform(60.0, 100.0, wearers)

    def _fall_ill(
        self, wearers: int, count: int, onset_between_s: tuple[int, int], rng: np.random.Generator
    ) -> None:
        self._onset_s: FloatArray = np.full(wearers, np.inf)
        self._rise_s: FloatArray = np.ones(wearers)
        self._effects: FloatArray = np.zeros((len(CHANNELS), wearers))
        self._courses: dict[int, Course] = {}
        first_s, last_s = onset_between_s
        chosen: list[int] = rng.choice(wearers, count, replace=False).tolist()
        for turn, wearer in enumerate(chosen):
            course = self._courses[wearer] = COURSES[turn % len(COURSES)]
            self._onset_s[wearer] = rng.integers(first_s, last_s, endpoint=True)
            self._rise_s[wearer] = course.rise_s
            self._effects[:, wearer] = course.effects()

    @property
    def now_ms(self) -> int:
        """The start of the second that comes next, on the wearers' clock."""
        return self._start_ms + self._second * 1000

    def next_second(self) -> list[Reading]:
        """What all devices measure within the next second, in the order in which they measure it."""
        share = severity(self._second - self._onset_s, self._rise_s)
        values, steps = self._bodies.step(self._effects * share, share)
        values = _within_scale(values)
        vitals = [_written(row, decimals) for row, decimals in zip(values, _DECIMALS, strict=True)]
        diastolic = _written(values[SYSTOLIC] * _DIASTOLIC_SHARE)
        cuff = ((self._second - self._cuff_second) % _CUFF_INTERVAL_S == 0).tolist()
        quality = _written(self._signal_quality(), 2)
        battery = _written(self._battery())
        steps_taken = _written(steps)
        now_ms = self.now_ms
        self._second += 1
        return [
            Reading(
                patient=self.patients[i],
                device=self._devices[i],
                seq=self._second,
                observed_at_ms=now_ms + self._moments_ms[i],
                heart_rate=vitals[0][i],
                oxygen_saturation=vitals[1][i],
                respiratory_rate=vitals[2][i],
                body_temperature=vitals[3][i],
                systolic_pressure=vitals[4][i] if cuff[i] else None,
                diastolic_pressure=diastolic[i] if cuff[i] else None,
                skin_temperature=vitals[5][i],
                steps=steps_taken[i],
                signal_quality=quality[i],
                worn=True,
                battery=battery[i],
            )
            for i in self._order
        ]

    def _signal_quality(self) -> FloatArray:
        noise = _QUALITY_JITTER * self._device_noise.standard_normal(len(self.patients))
        quality = _QUALITY_AT_REST - _QUALITY_LOST_BY_WALKING * self._bodies.walking + noise
        return quality.clip(0.0, 1.0)

    def _battery(self) -> FloatArray:
        """In %; a device that runs empty is taken to be charged at once."""
        left = self._full_battery - 100.0 * self._second / _BATTERY_LIFE_S
        return np.ceil(left % 100.0)

    def truth(self) -> list[Deterioration]:
        """The illnesses that have begun so far, in the order of their onset."""
        records = [
            Deterioration(
                patient=self.patients[wearer],
                course=course.name,
                onset_ms=self._start_ms + int(self._onset_s[wearer]) * 1000,
                full_ms=self._start_ms + (int(self._onset_s[wearer]) + course.rise_s) * 1000,
                description=course.description,
            )
            for wearer, course in self._courses.items()
            if self._onset_s[wearer] < self._second
        ]
        return sorted(records, key=lambda record: (record.onset_ms, record.patient))


def _within_scale(values: FloatArray) -> FloatArray:
    """A saturation is at most 100 %, and no vital sign is negative."""
    values[SATURATION] = values[SATURATION].clip(None, 100.0)
    return values.clip(0.0, None)


def _written(values: FloatArray, decimals: int = 0) -> list[float]:
    """As a device writes them: so many decimals, and without a point where there are none."""
    rounded = np.round(values, decimals)
    written: list[float] = rounded.tolist() if decimals else rounded.astype(np.int64).tolist()
    return written
