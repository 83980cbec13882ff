"""Steps, and what exertion does to a body: bouts by day, exercise now and then, and the recovery after."""

from __future__ import annotations

import numpy as np

from wardwatch_simulators.living.people import People
from wardwatch_simulators.living.randomness import (
    Float32s,
    Ints,
    Keys,
    above,
    exponentials,
    normals,
    purpose_keys,
    uniforms,
    wandering,
)
from wardwatch_simulators.living.rhythm import MINUTES_A_DAY

# How urge to move is made of noise at several scales (minutes, share of the variance), so that bouts and the
# gaps between them are of all lengths. Chosen so that bouts last 1 to 2 min in the median and 3 to 4 at the
# upper quartile, gaps 2 to 6 and 6 to 27 min: wearable_minutes.
_URGE = ((0, 0.24), (4, 0.28), (17, 0.18), (71, 0.14), (211, 0.16))

# Steps of a minute that has any: quantiles at 0, 10, ... 100 % of the minutes of wearable_minutes.
_STEPS = np.array([5, 7, 9, 11, 14, 18, 24, 34, 52, 90, 132], dtype=np.float32)

# The share of minutes with steps by hour, relative to the mean of the waking hours: wearable_minutes.
_BY_HOUR = np.array(
    [.1, .1, .1, .1, .1, .2, .5, .9, 1., 1.1, 1.1, 1.1, 1.1, 1.1, 1., 1., 1.1, 1.2, 1.2, 1.1, .9, .7, .5, .3],
    dtype=np.float32,
)  # fmt: skip
_SHARE_ASLEEP = np.float32(0.08)

# Heart rate's response to one minute of steps, at the marks after it, as shares of the whole: such that the
# means of minutes answer like the median regression kernel of wearable_minutes: 10.0 /min for 100 steps in
# the minute itself, then 12.6, 4.8, 2.2, 1.3, 1.2, 1.1, 0.8, 0.6, ...
_RESPONSE = np.array(
    [.55, .15, .10, .035, .03, .025, .02, .016, .013, .011, .009, .007, .005, .004], dtype=np.float32
)  # fmt: skip
_WARMING = exponentials(29, 10.0)  # own choice: body temperature follows over ten minutes
HISTORY_MIN = 30

# Own choices: who is about to walk, or has walked, stirs in so many times as many minutes, which exerts as so
# many steps in the mean, and at most; who walks slowly does nothing else as hard as others do, either.
_STIRS, _STIR_SIZE, _MOST_STIR = 3.0, 13.0, 120.0

# Own choices: exercise is running or the like, for so long, at so many steps a minute.
_EXERCISE_MIN = (20, 55)
_EXERCISE_STEPS = 150.0
_STEPS_A_SECOND = 1.8  # a brisk walk has about 110 steps a minute [K]


def movement(
    people: People, keys: Keys, minutes: Ints, asleep: Float32s, lost: Float32s
) -> tuple[Float32s, Float32s]:
    """(wearers, minutes) of whole steps, and of the effort in them and beside them, in steps, too.

    ``lost`` is the share of all activity that illness takes.
    """
    urge = _urge(keys, minutes)
    hour = (minutes % MINUTES_A_DAY) // 60
    share = people.activity[:, np.newaxis] * _BY_HOUR[hour]
    share = share * (np.float32(1) - asleep * (np.float32(1) - _SHARE_ASLEEP)) * (np.float32(1) - lost)
    rank = above(urge) / share.clip(1e-6, None)  # of those minutes that have steps: 0 the most, 1 the fewest
    place = (np.float32(1) - rank).clip(0, 0.9999) * np.float32(len(_STEPS) - 1)
    whole = place.astype(np.int64)
    taken = _STEPS[whole] + (place - whole.astype(np.float32)) * (_STEPS[whole + 1] - _STEPS[whole])
    taken = np.where(rank < 1, taken * people.pace[:, np.newaxis], np.float32(0))
    runs = _exercise(people, keys, minutes) * (lost < 0.5)
    taken = np.floor(np.maximum(taken, runs))
    stirs = (rank >= 1) & (rank < np.float32(_STIRS))
    draws = normals(purpose_keys(keys, "stir"), minutes)
    size, hardness = draws[:, :, 0], draws[:, :, 1]
    # Uphill, upstairs, with a load: some minutes are far harder than others, and their mean is 1.
    hills = people.hills[:, np.newaxis]
    # Who takes fewer steps a minute takes shorter ones, too.
    effort = taken * people.pace[:, np.newaxis] * (np.float32(1) - hills + hills * hardness * hardness)
    most = np.float32(_MOST_STIR) * people.pace[:, np.newaxis]
    stirring = np.minimum(np.float32(_STIR_SIZE) * size * size, most)
    return taken, effort + np.where(stirs, stirring, np.float32(0))


def _urge(keys: Keys, minutes: Ints) -> Float32s:
    total = np.zeros((len(keys), len(minutes)), dtype=np.float32)
    for scale, share in _URGE:
        own = purpose_keys(keys, f"urge {scale}")
        noise = wandering(own, minutes, scale) if scale else normals(own, minutes)
        total += np.sqrt(np.float32(share)) * noise[:, :, 0]
    return total


def _exercise(people: People, keys: Keys, minutes: Ints) -> Float32s:
    day = minutes // MINUTES_A_DAY
    numbers = np.arange(day[0], day[-1] + 1, dtype=np.int64)
    draws = uniforms(purpose_keys(keys, "exercise"), numbers)
    shortest, longest = _EXERCISE_MIN
    length = np.float32(shortest) + np.float32(longest - shortest) * draws[:, :, 1]
    begins = np.float32(7 * 60) + np.float32(12 * 60) * draws[:, :, 2]
    does = draws[:, :, 0] < people.exercise[:, np.newaxis]
    effort = np.float32(_EXERCISE_STEPS) * (np.float32(0.75) + np.float32(0.35) * draws[:, :, 3])
    of = day - numbers[0]
    since = (minutes % MINUTES_A_DAY).astype(np.float32) - begins[:, of]
    during = does[:, of] & (since >= 0) & (since < length[:, of])
    result: Float32s = np.where(during, effort[:, of], np.float32(0))
    return result


def exertion(steps_taken: Float32s) -> Float32s:
    """(wearers, minutes - 30): the effort the heart answers to; 1 is a long walk of 100 steps a minute."""
    return _followed(steps_taken, _RESPONSE)


def warming(steps_taken: Float32s) -> Float32s:
    """(wearers, minutes - 30): as :func:`exertion`, for what follows more slowly."""
    return _followed(steps_taken, _WARMING)


def _followed(steps_taken: Float32s, kernel: Float32s) -> Float32s:
    count = steps_taken.shape[1] - HISTORY_MIN
    total = np.zeros((len(steps_taken), count), dtype=np.float32)
    for lag, share in enumerate(kernel):
        first = HISTORY_MIN - 1 - lag  # a mark comes after its minute
        total += (share / np.float32(100)) * steps_taken[:, first : first + count]
    return total


def within_minutes(
    steps_taken: Float32s, keys: Keys, minutes: Ints, seconds: Ints
) -> tuple[Float32s, Float32s]:
    """(wearers, seconds): the steps of each minute, one walk that begins somewhere in it, and how quick.

    The latter is in steps a second, and 0 in the seconds beside the walk.
    """
    walk = np.ceil(steps_taken / np.float32(_STEPS_A_SECOND)).clip(1, 60)
    spare = np.float32(61) - walk
    begins = np.floor(spare * uniforms(purpose_keys(keys, "stride"), minutes)[:, :, 0])
    of = seconds // 60 - minutes[0]
    taken, walk = steps_taken[:, of], walk[:, of]
    position = (seconds % 60).astype(np.float32) - begins[:, of]
    before = np.floor(position.clip(0, walk) * taken / walk)
    after = np.floor((position + np.float32(1)).clip(0, walk) * taken / walk)
    walks = (position >= 0) & (position < walk)
    return after - before, np.where(walks, taken / walk, np.float32(0))
