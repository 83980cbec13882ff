"""How hard a body is moved, second by second: the mean distance of its acceleration from 1 g, and falls.

A device tells it as ``activity``. At rest it is small; hands move now and then, in bouts of some seconds;
each step of a walk shows; a fall is a moment without weight and an impact, and then lying still.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from wardwatch_simulators.living.episodes import Episode
from wardwatch_simulators.living.randomness import (
    Float32s,
    Ints,
    Keys,
    purpose_keys,
    uniforms,
    wandering,
)

# Of the seconds of stress_predict_e4 half are above 0.012 g, a tenth above 0.041, a hundredth above 0.18, one
# in a thousand above 0.32; their logarithms are correlated by 0.76 from one to the next, by 0.44 over five.
# Without walks these sizes give 0.013, 0.05, 0.18, 0.32, 0.76 and 0.7. 12 seconds of those 24 hours are above
# 0.5 g, in the midst of other movement; here hands knock against nothing.
_AT_REST = np.float32(0.007), np.float32(0.004)
_GESTURE_S, _SPELL_S = 7, 61
_GESTURE, _LEAST_GESTURE, _MOST_GESTURE = np.float32(0.025), np.float32(0.5), np.float32(0.45)
# Own choices: sleepers stir less; a walk of 1.8 steps a second has about 0.15 g, a run of 2.7 0.5.
_ASLEEP = np.float32(0.15)
_A_CUBED_STEP, _UNEVEN = np.float32(0.025), np.float32(0.2)

# A fall: so many seconds, of so many g, one after the other; how hard one lands the course says. Who falls a
# metre weighs nothing for the 0.4 s that it takes; the rest is own choice.
_WEIGHTLESS, _LANDING_S, _SETTLING = (0.4, 0.7), 0.25, (1.5, 0.3)
# Who lies there moves so much of the usual; own choice.
_LYING = np.float32(0.15)
_MINUTE_S = 60


def of_seconds(
    quickness: Float32s, lively: Float32s, keys: Keys, times_s: Ints, chances: tuple[Float32s, Float32s]
) -> Float32s:
    """(wearers, seconds), in g.

    ``quickness`` is in steps a second, ``lively`` 1 awake and well, and ``chances`` are two standard normals.
    """
    tremor, size = chances
    bouts = wandering(purpose_keys(keys, "gestures"), times_s, _GESTURE_S)[:, :, 0]
    spells = wandering(purpose_keys(keys, "spells of gestures"), times_s, _SPELL_S)[:, :, 0]
    gestures = _GESTURE * lively * (bouts * bouts - _LEAST_GESTURE).clip(0, None)
    gestures *= np.float32(0.5) + np.float32(0.5) * size * size
    gestures *= np.float32(0.25) + np.float32(0.75) * spells * spells
    gestures = gestures * _MOST_GESTURE / (gestures + _MOST_GESTURE)
    walking = _A_CUBED_STEP * quickness * quickness * quickness
    walking *= (np.float32(1) + _UNEVEN * size).clip(0, None)
    still, shaking = _AT_REST
    # Who walks swings the arms, and does nothing else with them.
    result: Float32s = still + shaking * tremor * tremor + np.maximum(gestures, walking)
    return result


def lively(asleep: Float32s, activity_lost: Float32s | np.float32) -> Float32s:
    """How much of the usual somebody moves the hands, at the marks of minutes."""
    awake: Float32s = np.float32(1) - (np.float32(1) - _ASLEEP) * asleep
    result: Float32s = awake * (np.float32(1) - (np.float32(1) - _LYING) * activity_lost)
    return result


class Falls:
    """What the falls of some wearers do to some of their seconds; nothing where nobody falls."""

    def __init__(self, keys: Keys, wearers: Ints, times_s: Ints, episodes: Sequence[Episode]) -> None:
        rows = {int(wearer): row for row, wearer in enumerate(wearers)}
        self._times_s, self._keys = times_s, keys
        self._falls = [
            (rows[episode.wearer], episode)
            for episode in episodes
            if episode.table.impact and episode.wearer in rows and episode.onset_s <= times_s[-1]
        ]

    def lay(self, steps: Float32s, quickness: Float32s, lively: Float32s) -> None:
        """Let those who have fallen take no steps, and hardly move."""
        for row, episode in self._falls:
            since_s = self._times_s - episode.onset_s
            # After a minute the illness itself has taken all activity.
            soon = (since_s >= 0) & (since_s < 2 * _MINUTE_S)
            steps[row, soon] = quickness[row, soon] = 0
            lies = (since_s >= 0) & (self._times_s < (episode.better_s or self._times_s[-1] + 1))
            lively[row, lies] = np.minimum(lively[row, lies], _LYING)

    def shake(self, acceleration: Float32s) -> None:
        """Add the falls themselves."""
        for row, episode in self._falls:
            first = episode.onset_s - int(self._times_s[0])
            for second, mean in enumerate(self._seconds_of(row, episode), first):
                if 0 <= second < len(self._times_s):
                    acceleration[row, second] += np.float32(mean)

    def _seconds_of(self, row: int, episode: Episode) -> Iterator[float]:
        """The mean of each second from the onset on; at which moment of the first one it begins is chance."""
        minute = np.array([episode.onset_s // _MINUTE_S], dtype=np.int64)
        from_s = float(uniforms(purpose_keys(self._keys[row : row + 1], "fall"), minute)[0, 0, 0])
        parts = []
        for lasts_s, size in (_WEIGHTLESS, (_LANDING_S, episode.table.impact * episode.severity), _SETTLING):
            parts.append((from_s, from_s + lasts_s, size))
            from_s += lasts_s
        for second in range(int(from_s) + 1):
            yield sum(max(0.0, min(to, second + 1) - max(begin, second)) * size for begin, to, size in parts)
