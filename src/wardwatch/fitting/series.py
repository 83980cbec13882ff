"""One vital of one patient as numbers to fit on: what the bank would learn from, at most one a minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.context import REST_MS, off_body
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.local_time import LocalTime
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.core.vitals import VITALS
from wardwatch.evaluating.tracks import DAY_MS, MINUTE_MS, Track

# A vital that comes at least so often is dense: minute by minute, more or less, and not from rounds.
DENSE_INTERVAL_S = 300.0
# Fewer values say nothing, not even of the middle.
_FEWEST_VALUES = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """``n`` values in order of time, at ``local_ms`` on the wall clock."""

    local_ms: IntArray
    values: FloatArray

    def __len__(self) -> int:
        return len(self.values)

    @property
    def interval_s(self) -> float:
        """The usual time between two values: the median."""
        return float(np.median(np.diff(self.local_ms))) / 1000.0

    @property
    def is_dense(self) -> bool:
        """Whether it comes often enough to tell one minute from the next."""
        return self.interval_s <= DENSE_INTERVAL_S

    @property
    def spans_s(self) -> float:
        """From the first value to the last."""
        return float(self.local_ms[-1] - self.local_ms[0]) / 1000.0

    @property
    def covered_days(self) -> float:
        """How many days its values cover without gaps."""
        gaps_ms = np.diff(self.local_ms)
        return float(gaps_ms[gaps_ms <= DENSE_INTERVAL_S * 1000].sum()) / DAY_MS


def series_of(track: Track, vital: int, local_time: LocalTime) -> Series | None:
    """The plausible values of a judged vital, taken at rest and on the body; ``None`` if there are too few.

    Of each minute the first one counts: a value a second says hardly more.
    """
    values = track.values[:, vital]
    with np.errstate(invalid="ignore"):
        fine = (values >= VITALS[vital].plausible_low) & (values <= VITALS[vital].plausible_high)
    if not fine.any():
        return None
    fine &= _at_rest(track) & ~off_body(track.context)
    _, first = np.unique(track.observed_at_ms[fine] // MINUTE_MS, return_index=True)
    if len(first) < _FEWEST_VALUES:
        return None
    return Series(local_ms=local_time.of(track.observed_at_ms[fine][first]), values=values[fine][first])


def all_series(track: Track, local_time: LocalTime) -> dict[int, Series]:
    """Those of a patient, by judged vital."""
    found = {vital: series_of(track, vital, local_time) for vital in range(JUDGED)}
    return {vital: series for vital, series in found.items() if series is not None}


def _at_rest(track: Track) -> BoolArray:
    """Where the latest step was long enough ago, as the bank has it; who sends no steps is at rest."""
    stepping_ms = np.r_[-(2**60), track.stepping()]
    latest = np.searchsorted(stepping_ms, track.observed_at_ms, side="right") - 1
    rest: BoolArray = track.observed_at_ms - stepping_ms[latest] > REST_MS
    return rest


def evenly(numbers: FloatArray, count: int) -> FloatArray:
    """So many of these numbers, evenly by rank: then patients with long stays weigh as those with short ones.

    >>> evenly(np.array([3.0, 1.0, 2.0]), 6)
    array([1., 1., 2., 2., 3., 3.])
    """
    places = (np.arange(count) + 0.5) * (len(numbers) / count)
    chosen: FloatArray = np.sort(numbers)[places.astype(np.int64)]
    return chosen
