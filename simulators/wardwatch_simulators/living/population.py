"""Many wearers, second by second: each value is a function of seed, wearer and time alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from wardwatch_simulators.living import acceleration, activity
from wardwatch_simulators.living.episodes import Episode, TrueEvent, truth
from wardwatch_simulators.living.people import AT_HOME, People, Setting
from wardwatch_simulators.living.randomness import (
    TURN,
    Float32s,
    Ints,
    Keys,
    normals,
    purpose_keys,
    sine,
    uniforms,
    wandering,
    wearer_keys,
)
from wardwatch_simulators.living.slow import Slow

VITALS = (
    "heart_rate",
    "oxygen_saturation",
    "respiratory_rate",
    "body_temperature",
    "systolic_pressure",
    "diastolic_pressure",
    "mean_pressure",
    "skin_temperature",
    "steps",
    "activity",
)

# So many wearers and seconds are worked on together that their arrays stay in a processor's cache.
_WEARERS_AT_ONCE = 256
_VALUES_AT_ONCE = 256 * 300

# Quick noise: scales in seconds, standard deviations of heart rate (/min), respiration (/min), saturation (%)
# and pressures (mmHg). Heart rate: seconds differ (root mean square over sqrt 2) by 0.8 at five seconds, 1.5
# at ten and 3.9 at thirty in stress_predict_e4, whose wearers were put under stress; here it is less, so that
# minutes differ as in wearable_minutes. The slow waves of pressure (about 10 s) are Mayer's [K].
_QUICK = ((7, 0.6, 0.3, 0.15, 1.5), (31, 2.25, 0.7, 0.25, 1.2))
# Shape of the heart rate's noise at this scale: fits of it, as in sleepers who stir (jumps of 7 /min and more
# for a minute, 0.3 to 1.8 times an hour in the sleepers of wearable_minutes).
_FITS_S, _FITS = 31, (np.float32(0.45), np.float32(0.17), np.float32(0.2))
# Own choice: no fit takes the heart rate further down or up than this.
_FURTHEST = np.float32(-25), np.float32(45)
_IRREGULAR_FOR_S = 2
_TEMPERATURE_JITTER, _SKIN_JITTER = np.float32(0.01), np.float32(0.015)  # 0.014 at 1 s: stress_predict_e4
_MEAN_SHARE = np.float32(1 / 3)  # mean = diastolic + a third of the pulse pressure [K]


class Population:
    """Wearers 0 to ``wearers`` - 1; seconds count from a local midnight.

    The same seed gives the same bytes on any machine, whichever wearers and seconds are asked for together.
    """

    def __init__(
        self,
        *,
        seed: int,
        wearers: int,
        setting: Setting = AT_HOME,
        episodes: Sequence[Episode] = (),
        first_wearer: int = 0,
    ) -> None:
        strangers = [e for e in episodes if not first_wearer <= e.wearer < first_wearer + wearers]
        if strangers:
            raise ValueError(f"There is no wearer number {strangers[0].wearer}.")
        self.wearers: Ints = np.arange(first_wearer, first_wearer + wearers, dtype=np.int64)
        self.people = People.drawn(seed, self.wearers, setting)
        self.episodes = tuple(episodes)
        self.keys = wearer_keys(seed, self.wearers)

    def __len__(self) -> int:
        return len(self.wearers)

    def make_twin(self, row: int, known: dict[str, float]) -> None:
        """Give one wearer the parameters that were fitted to a recording (`twins.fitted`)."""
        self.people = self.people.with_person(row, known)

    def truth(self, until_s: int) -> list[TrueEvent]:
        """What really befell them before ``until_s``."""
        return truth(self.episodes, until_s)

    def seconds(self, first_s: int, count: int) -> dict[str, Float32s]:
        """Each of :data:`VITALS` as (wearers, seconds), as it is in the body: nothing missing or rounded."""
        result = {name: np.empty((len(self), count), dtype=np.float32) for name in VITALS}
        for rows in _slices(len(self), _WEARERS_AT_ONCE):
            for columns in _slices(count, _VALUES_AT_ONCE // (rows.stop - rows.start)):
                times_s = np.arange(first_s + columns.start, first_s + columns.stop, dtype=np.int64)
                for name, values in self._part(rows, times_s).items():
                    result[name][rows, columns] = values
        return result

    def minutes(self, first_minute: int, count: int) -> dict[str, Float32s]:
        """The same by minutes, (wearers, minutes): means of the vitals, sums of the steps."""
        seconds = self.seconds(first_minute * 60, count * 60)
        result = {}
        for name, values in seconds.items():
            # Added up one after the other: a reduction's order of adding is not the same on all processors.
            total = values[:, ::60].copy()
            for second in range(1, 60):
                total += values[:, second::60]
            result[name] = total if name == "steps" else total / np.float32(60)
        return result

    def stream(self, first_s: int, until_s: int, at_once_s: int = 60) -> Iterator[dict[str, Float32s]]:
        """:meth:`seconds` in pieces; a piece of one second costs as much as one of twenty."""
        for start in range(first_s, until_s, at_once_s):
            yield self.seconds(start, min(at_once_s, until_s - start))

    def _part(self, rows: slice, times_s: Ints) -> dict[str, Float32s]:
        minutes = np.arange(times_s[0] // 60, times_s[-1] // 60 + 2, dtype=np.int64)
        keys = self.keys[rows]
        slow = Slow(self.people.some(rows), keys, self.wearers[rows], minutes, self.episodes)
        falls = acceleration.Falls(keys, self.wearers[rows], times_s, self.episodes)
        return _Quick(slow, keys, minutes, times_s).vitals(falls)


class _Quick:
    """What is added to the levels of the minutes within them."""

    def __init__(self, slow: Slow, keys: Keys, minutes: Ints, times_s: Ints) -> None:
        self._slow, self._keys, self._minutes, self._times_s = slow, keys, minutes, times_s
        self._of = times_s // 60 - minutes[0]
        self._rest = (times_s % 60).astype(np.float32) / np.float32(60)

    def vitals(self, falls: acceleration.Falls) -> dict[str, Float32s]:
        """All of :data:`VITALS`."""
        quick = self._noise()
        slow = self._slow
        heart = self._at(slow.heart_rate) + (self._at(slow.restlessness) * quick[0]).clip(*_FURTHEST)
        heart += self._at(slow.vagal) * self._breath()
        if slow.irregularity.any():
            heart += self._at(slow.irregularity) * self._irregular()
        # One hash of a second serves both thermometers, and the acceleration.
        jitter = normals(purpose_keys(self._keys, "jitter"), self._times_s)
        systolic = self._at(slow.systolic_pressure) + quick[3]
        diastolic = self._at(slow.diastolic_pressure) + np.float32(0.6) * quick[3]
        steps, quickness = activity.within_minutes(slow.steps, self._keys, self._minutes, self._times_s)
        lively = self._at(slow.lively)
        falls.lay(steps, quickness, lively)
        moved = acceleration.of_seconds(
            quickness, lively, self._keys, self._times_s, (jitter[:, :, 2], jitter[:, :, 3])
        )
        falls.shake(moved)
        return {
            "heart_rate": heart.clip(20, 250),
            "oxygen_saturation": (self._at(slow.oxygen_saturation) + quick[2]).clip(40, 100),
            "respiratory_rate": (self._at(slow.respiratory_rate) + quick[1]).clip(0, 70),
            "body_temperature": self._at(slow.body_temperature) + _TEMPERATURE_JITTER * jitter[:, :, 0],
            "systolic_pressure": systolic,
            "diastolic_pressure": diastolic,
            "mean_pressure": diastolic + _MEAN_SHARE * (systolic - diastolic),
            "skin_temperature": self._at(slow.skin_temperature) + _SKIN_JITTER * jitter[:, :, 1],
            "steps": steps,
            "activity": moved,
        }

    def _at(self, marks: Float32s) -> Float32s:
        """On the line between the marks of two minutes."""
        before = marks[:, self._of]
        result: Float32s = before + self._rest * (marks[:, self._of + 1] - before)
        return result

    def _noise(self) -> list[Float32s]:
        total = [np.zeros((len(self._keys), len(self._times_s)), dtype=np.float32) for _ in range(4)]
        for scale, *sizes in _QUICK:
            noise = wandering(purpose_keys(self._keys, f"quick {scale}"), self._times_s, scale)
            for lane, size in enumerate(sizes):
                if lane == 0 and scale == _FITS_S:
                    total[lane] += np.float32(size) * _fits(noise[:, :, lane])
                else:
                    total[lane] += np.float32(size) * noise[:, :, lane]
        return total

    def _irregular(self) -> Float32s:
        """White from one beat or two to the next: the pulse of atrial fibrillation."""
        beat = self._times_s // _IRREGULAR_FOR_S
        numbers = np.arange(beat[0], beat[-1] + 1, dtype=np.int64)
        draws = normals(purpose_keys(self._keys, "irregular"), numbers)
        return draws[:, beat - numbers[0], 0]

    def _breath(self) -> Float32s:
        """-1 to 1 with each breath.

        A phase is drawn for each mark of a minute, and the breaths between two of them are whole ones plus
        what joins the phases: breathing goes on smoothly, and yet nothing before it need be known.
        """
        phase = uniforms(purpose_keys(self._keys, "breath"), self._minutes)[:, :, 0]
        joins = phase[:, 1:] - phase[:, :-1]
        breaths = np.rint(self._slow.respiratory_rate[:, :-1] - joins) + joins
        turns = phase[:, self._of] + breaths[:, self._of] * self._rest
        index = (turns * np.float32(TURN)).astype(np.int64) % TURN
        result: Float32s = sine()[index]
        return result


def _fits(noise: Float32s) -> Float32s:
    """Mostly calmer than the normal noise given, now and then far from it, and then rather up than down."""
    square = noise * noise
    result: Float32s = noise * (_FITS[0] + _FITS[1] * square) + _FITS[2] * (square - np.float32(1))
    return result


def _slices(count: int, size: int) -> Iterator[slice]:
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
