"""Day and night: who sleeps when, and what the clock alone does."""

from __future__ import annotations

import numpy as np

from wardwatch_simulators.living.people import People
from wardwatch_simulators.living.randomness import TURN, Float32s, Ints, Keys, normals, purpose_keys, sine

MINUTES_A_DAY = 1440
# Nights are numbered from noon to noon.
_NOON = 720

# Own choices: bedtimes and lengths of a person's nights vary by so much (standard deviations, minutes), and
# falling asleep and waking take so long.
_BEDTIME_VARIES = 30.0
_LENGTH_VARIES = 35.0
_FALLING_ASLEEP_MIN = 25


def asleep(people: People, keys: Keys, minutes: Ints) -> Float32s:
    """(wearers, minutes), 0 awake to 1 asleep; ``minutes`` count from a local midnight."""
    night = (minutes + _NOON) // MINUTES_A_DAY
    numbers = np.arange(night[0], night[-1] + 1, dtype=np.int64)
    varies = normals(purpose_keys(keys, "night"), numbers)
    midnight = (numbers * MINUTES_A_DAY).astype(np.float32)
    begins = people.bedtime[:, np.newaxis] + midnight + np.float32(_BEDTIME_VARIES) * varies[:, :, 0]
    length = people.sleep_length[:, np.newaxis] + np.float32(_LENGTH_VARIES) * varies[:, :, 1]
    of = night - numbers[0]
    now = minutes.astype(np.float32)
    since = now - begins[:, of]
    left = begins[:, of] + length[:, of] - now
    depth: Float32s = (np.minimum(since, left) / np.float32(_FALLING_ASLEEP_MIN)).clip(0, 1)
    return depth


def clock(minutes: Ints, peak_minute: int) -> Float32s:
    """(minutes,): a wave of one day, 1 at ``peak_minute`` after midnight and -1 half a day later."""
    since = (minutes - peak_minute) % MINUTES_A_DAY
    turn = (since * TURN // MINUTES_A_DAY + TURN // 4) % TURN
    return sine()[turn]
