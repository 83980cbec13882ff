"""Random numbers that depend on nothing but seed, wearer, purpose and counter: the same in any batch.

A generator with a state would make a wearer's second depend on what was asked before it. Here each number is
a hash of its place (SplitMix64: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"),
so any wearer's any second can be had alone. Only integer arithmetic, and + - * / and the square root of
floats, which IEEE 754 defines to the last bit, are used on the way to a vital sign; logarithms and sines,
which processors compute differently, come from tables that are rounded so far that they agree.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Float32s: TypeAlias = npt.NDArray[np.float32]
Float64s: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Keys: TypeAlias = npt.NDArray[np.uint64]

_GAMMA = 0x9E3779B97F4A7C15
_LANES = 4  # numbers of 16 bits in one of 64
_ROUNDED_TO = 2.0**14
TURN = 4096  # steps of a full circle in the table of the sine
_CDF_STEPS_A_UNIT = 512
_CDF_REACH = 5


def mixed(bits: Keys) -> Keys:
    """SplitMix64's finaliser: each bit of the result hangs on all bits given."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def wearer_keys(seed: int, wearers: Ints) -> Keys:
    """A key for each wearer, by its number."""
    root = mixed(np.array([seed & (2**64 - 1)], dtype=np.uint64))
    return mixed(root + (wearers.astype(np.uint64) + np.uint64(1)) * np.uint64(_GAMMA))


def purpose_keys(keys: Keys, purpose: str) -> Keys:
    """Keys of their own for ``purpose``: what is drawn for one changes nothing in another."""
    name = int.from_bytes(purpose.encode(), "big") % (2**61 - 1)
    return mixed(keys ^ mixed(np.array([name], dtype=np.uint64)))


def _lanes(keys: Keys, counters: Ints) -> npt.NDArray[np.uint16]:
    """(keys, counters, 4) numbers of 16 bits."""
    bits = mixed(keys[:, np.newaxis] + counters.astype(np.uint64) * np.uint64(_GAMMA))
    # The order of bytes is said, so that a big-endian machine gives the same.
    return bits.astype("<u8", copy=False).view("<u2").reshape(*bits.shape, _LANES)


def uniforms(keys: Keys, counters: Ints) -> Float32s:
    """(keys, counters, 4), between 0 and 1, both excluded."""
    result: Float32s = (_lanes(keys, counters).astype(np.float32) + np.float32(0.5)) / np.float32(65536)
    return result


def normals(keys: Keys, counters: Ints) -> Float32s:
    """(keys, counters, 4) of the standard normal distribution, none beyond 4.3."""
    return normal_quantiles()[_lanes(keys, counters)]


@cache
def normal_quantiles() -> Float32s:
    """The normal distribution's quantiles at (i + 1/2) / 65536."""
    inverse = NormalDist().inv_cdf
    upper = np.array([inverse((i + 0.5) / 65536) for i in range(32768, 65536)])
    return rounded(np.concatenate([-upper[::-1], upper]))


def above(values: Float32s) -> Float32s:
    """The share of a standard normal distribution that lies above each of ``values``."""
    steps = np.float32(_CDF_STEPS_A_UNIT)
    index = (values * steps + steps * np.float32(_CDF_REACH)).astype(np.int64)
    table = _survival()
    result: Float32s = table[index.clip(0, len(table) - 1)]
    return result


@cache
def _survival() -> Float32s:
    count = 2 * _CDF_REACH * _CDF_STEPS_A_UNIT
    points = [(i + 0.5) / _CDF_STEPS_A_UNIT - _CDF_REACH for i in range(count)]
    return np.array([round(math.erfc(x / math.sqrt(2)) / 2, 9) for x in points], dtype=np.float32)


@cache
def sine() -> Float32s:
    """One full turn in :data:`TURN` steps."""
    return rounded(np.array([math.sin(2 * math.pi * i / TURN) for i in range(TURN)]))


def exponentials(count: int, time_constant: float) -> Float32s:
    """exp(-i / time_constant) for i = 0, 1, ..., of which the sum is 1."""
    values = [math.exp(-i / time_constant) for i in range(count)]
    return rounded(np.array(values) / math.fsum(values))


def rounded(values: Float64s) -> Float32s:
    """To a step so coarse that the last bits, in which machines differ, are gone."""
    return (np.rint(values * _ROUNDED_TO) / _ROUNDED_TO).astype(np.float32)


def wandering(keys: Keys, times: Ints, scale: int) -> Float32s:
    """(keys, times, 4) of noise with mean 0 and variance 1 that forgets itself over about ``scale``.

    Normals on a grid of ``scale``, joined by a cubic B-spline: it is defined at any time without what came
    before. ``times`` must be in order.
    """
    grid, rest = np.divmod(times, scale)
    first = int(grid[0]) - 1
    knots = normals(keys, np.arange(first, int(grid[-1]) + 3, dtype=np.int64))
    weights = _spline(rest.astype(np.float32) / np.float32(scale))
    place = grid - 1 - first
    result: Float32s = knots[:, place] * weights[0][:, np.newaxis]
    for step in range(1, 4):
        result += knots[:, place + step] * weights[step][:, np.newaxis]
    return result


def _spline(x: Float32s) -> Float32s:
    """(4, times): the weights of the grid points before, at, after and beyond, for a variance of 1."""
    one, two, three, four = (np.float32(n) for n in (1, 2, 3, 4))
    rest = one - x
    weights = np.stack(
        [
            rest * rest * rest,
            three * x * x * x - two * three * x * x + four,
            three * rest * rest * rest - two * three * rest * rest + four,
            x * x * x,
        ]
    )
    size = weights[0] * weights[0]
    for row in weights[1:]:
        size += row * row
    result: Float32s = weights / np.sqrt(size)
    return result
