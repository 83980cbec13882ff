"""Whether scores are still as rare as they were: a watch over the calibration itself.

While a model fits, the p value of a patient's score (`calibration`) has the same distribution today as last
week. Other devices, another kind of patient or a broken clock change that, and with it the rate of false
alarms. River's ADWIN (A. Bifet and R. Gavalda, Learning from time-changing data with adaptive windowing,
2007) keeps as long a window of p values as has one mean, and drops the older part once it had another.

ADWIN takes its values for independent, which a patient's are not from minute to minute, nor everybody's from
day to night. So each patient gives one value in six hours, and the values of a day are given to it together,
shuffled. A change is found some days after it began, which is soon enough for what goes on for weeks.

It only listens: it changes no alarm. It is not kept: whoever takes a partition over begins anew.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from wardwatch.core import river_making
from wardwatch.core.conditions import UNUSUAL_SIGNAL
from wardwatch.core.reading import FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable

# Wardwatch's own choices, tried on recordings and on simulated p values (docs/quality.md). Most scores are 0,
# with a p value of 1; some 8 in 100 are above. Where that share moves by less than the tolerance, and the
# mean p value with it, nobody needs to know.
INTERVAL_MS = 6 * 3_600_000
TOLERANCE = 0.03
DAY_MS = 86_400_000
# River's own default: how often ADWIN may be wrong.
_DELTA = 0.002
# More tell nothing sooner, and keep the partition waiting: ADWIN takes some 10 ms for so many.
_MOST_A_DAY = 1000
# So many standard errors off is no chance, where values depend on each other a little.
_STANDARD_ERRORS = 3.0

Direction = Literal["more", "fewer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Rare scores have become ``more`` or ``fewer``.

    ``since_ms``, on the clock of arrivals, is the beginning of the day on which the change was found.
    ``mean_p`` is the mean p value now, ``was`` the one before.
    """

    direction: Direction
    since_ms: int
    mean_p: float
    was: float


class CalibrationWatch:
    """Listens to a monitor whose learned alarms have the limit ``limit_bits``.

    ``values`` is how many p values ADWIN has been given; :attr:`mean_p` the mean of those since it last found
    a change. What comes in the first ``settling_ms`` is left out: at its start a population is still learned.
    """

    def __init__(self, limit_bits: float, *, settling_ms: int = 2 * DAY_MS) -> None:
        self.drift: Drift | None = None
        self.values = 0
        self._limit_bits = limit_bits
        self._settling_ms = settling_ms
        self._adwin: Any = None
        self._given_ms: IntArray = np.zeros(0, dtype=np.int64)  # by the row of the table
        self._today: list[float] = []
        self._today_from_ms: int | None = None
        self._heard_ms = 0
        # The mean before ADWIN first found a change, and the day on which it found the latest.
        self._was: float | None = None
        self._changed_ms = 0

    @property
    def mean_p(self) -> float | None:
        """``None`` until a day is over."""
        return float(self._adwin.estimation) if self.values else None

    def listen(self, table: PatientTable, taken: Round, signals: FloatArray) -> None:
        """A round of readings, and the signals that conditions go by."""
        self._heard_ms = int(taken.arrived_at_ms.max())
        if self._today_from_ms is None:
            self._today_from_ms = self._heard_ms + self._settling_ms
        if self._heard_ms < self._today_from_ms:
            return
        if len(table) > len(self._given_ms):
            more = np.full(2 * len(table) - len(self._given_ms), -INTERVAL_MS, dtype=np.int64)
            self._given_ms = np.concatenate([self._given_ms, more])
        bits = signals[:, UNUSUAL_SIGNAL] + self._limit_bits
        due = taken.observed_at_ms - self._given_ms[taken.rows] >= INTERVAL_MS
        due &= ~np.isnan(bits)
        self._given_ms[taken.rows[due]] = taken.observed_at_ms[due]
        self.give(np.exp2(-bits[due]))

    @property
    def has_day_to_end(self) -> bool:
        """Whether there is anything to :meth:`look` at."""
        return self._today_from_ms is not None and self._heard_ms - self._today_from_ms >= DAY_MS

    def load(self) -> None:
        """Import river, which takes seconds: to be called before the first look, beside other work."""
        if self._adwin is None:
            self._adwin = river_making.new_adwin(_DELTA)

    def look(self) -> None:
        """End the day if it is over: to be called now and then, where a failure holds up no reading."""
        if self.has_day_to_end:
            self.end_day(self._heard_ms)

    def give(self, p_values: FloatArray) -> None:
        """Values of today."""
        self._today += p_values.tolist()

    def end_day(self, now_ms: int) -> None:
        """Today is over: see whether its values are as those before it."""
        began_ms = now_ms - DAY_MS if self._today_from_ms is None else self._today_from_ms
        today, self._today, self._today_from_ms = self._today, [], now_ms
        if not today:
            return
        self.load()
        # The order is no secret, and the same log gives the same.
        shuffled = random.Random(began_ms).sample(today, min(len(today), _MOST_A_DAY))  # noqa: S311
        self.values += len(shuffled)
        for value in shuffled:
            before = float(self._adwin.estimation)
            self._adwin.update(value)
            # With the value after that it begins a new window.
            if self._adwin.drift_detected:
                self._was = before if self._was is None else self._was
                self._changed_ms = began_ms
        self._conclude()

    def _conclude(self) -> None:
        """A change that matters begins a drift; back half of the way to where it was ends it."""
        mean_p = self.mean_p
        if self._was is None or mean_p is None:
            return
        shift = mean_p - self._was
        if self.drift is None:
            # A new window has few values at first.
            # River calls variance what is the sum of squares.
            sure = _STANDARD_ERRORS * self._adwin.variance**0.5 / max(self._adwin.width, 1.0)
            if abs(shift) < max(TOLERANCE, sure):
                return
        elif abs(shift) < TOLERANCE / 2:
            self.drift = None
            return
        direction: Direction = "more" if shift < 0 else "fewer"
        goes_on = self.drift is not None and self.drift.direction == direction
        since_ms = self.drift.since_ms if self.drift is not None and goes_on else self._changed_ms
        self.drift = Drift(direction=direction, since_ms=since_ms, mean_p=mean_p, was=self._was)
