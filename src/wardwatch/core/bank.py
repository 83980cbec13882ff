"""The detector bank: all detectors, for all patients of a round at once.

It does not look at every reading (`looking`). The patients of those that it looks at are fetched from the
table into arrays with one column a patient; there the baseline, the context, every detector and the fusion do
their work; and what they have learned is put back. In the table all that is kept of a patient is single
precision and lies side by side; at work it is double precision.

The order: what was seen is held against the baseline; every detector scores; the scores are fused; only then
does anything learn that is guarded. Baselines do not learn from refused readings, in motion, off the body,
nor while their patient's learned alarm is pending or open; from :data:`RELEASE_S` on they do again, or an
alarm about a new normal would never end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from wardwatch.core import fusion, looking
from wardwatch.core.baseline import LEARNING_S, Baseline, Held, still_learning
from wardwatch.core.context import Context, Standing, any_vital, off_body
from wardwatch.core.detectors.cusum import Cusum
from wardwatch.core.detectors.detector import (
    JUDGED,
    Detector,
    Field,
    Learner,
    Seen,
    State,
    score_and_learner,
)
from wardwatch.core.detectors.mahalanobis import Mahalanobis
from wardwatch.core.detectors.night_level import HEART_RATE, NightLevel
from wardwatch.core.detectors.spot import Spot
from wardwatch.core.detectors.trend import Trend
from wardwatch.core.detectors.variance_ratio import VarianceRatio
from wardwatch.core.deterioration import Deterioration
from wardwatch.core.kept import Kept, Layout
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.packs import Column
from wardwatch.core.reading import SIGNAL_QUALITY, STEPS, BoolArray, FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITALS

# A guard without release latches (docs/evidence.md). Twelve hours: the longest interval between two
# observations by NEWS2, so that somebody has seen the patient by then.
RELEASE_S = 12 * 3600.0

# What may be learned of a vital while an alarm of others is pending.
_SOON_S = 3600.0

_MAXIMUM_AGE_S = np.array([float(vital.maximum_age_s) for vital in VITALS[:JUDGED]])[:, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Whose learned alarm is pending or open, and whose for so long that they learn again; (n) each."""

    alarming: BoolArray
    released: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the bank says of a round of ``n`` readings.

    ``bits`` (n) is how rare the fused score is, above the limit: above 0 is beyond it, and not-a-number says
    that nothing could be judged. ``nightly`` (n) is what a night is where one has ended (`night_level`).
    ``scores``, each (judged vitals, n), are the detectors'; ``fused`` what came of them; ``held`` the vitals
    against their baselines; ``standing`` which of them may be believed, and ``judged`` (judged vitals, n) by
    which ones a learned alarm may go.
    """

    bits: FloatArray
    nightly: FloatArray
    scores: dict[str, FloatArray]
    fused: fusion.Fused
    held: Held
    standing: Standing
    judged: BoolArray


class Bank:
    """All detectors; the state is in a table with :attr:`columns`."""

    def __init__(self, model: Model, local_time: LocalTime, false_alarms_a_patient_day: float) -> None:
        self.model = model
        self.limit_bits = model.false_alarms.limit_for(false_alarms_a_patient_day)
        # No detector of what is unusual for a patient: it keeps columns of its own, and is asked by itself.
        self.deterioration = Deterioration(model.deterioration, false_alarms_a_patient_day)
        self._local_time = local_time
        self.baseline = Baseline(model.prior)
        self._context = Context()
        # Tuned on recordings of real wearers (docs/evidence.md): a shift of two spreads within an hour, and a
        # jump counts in full.
        self._cusum = Cusum(slack=1.0, most_value=16.0, most_sum=40.0, time_constant_s=3600.0)
        self._nightly = NightLevel()
        # Those that confirm, in the order of their numbers. Windows look at the latest hours and always go
        # on; references are what is usual, and guarded as the baseline is.
        self._windows: tuple[Detector, ...] = (self._cusum, Trend())
        self._references: tuple[Detector, ...] = (Spot(model.tail), VarianceRatio())
        self._mahalanobis = Mahalanobis(model.correlation)
        self.columns = tuple(
            Column(field.name, field.dtype, field.default, field.width) for field in self._fields()
        )
        self._layout = Layout(self.columns)

    @property
    def confirming(self) -> tuple[str, ...]:
        """The names of the detectors that confirm, by number."""
        return tuple(detector.name for detector in (*self._windows, *self._references))

    def _fields(self) -> Iterator[Field]:
        yield from looking.FIELDS
        yield from self.baseline.fields
        yield from self._context.fields
        for detector in (*self._windows, *self._references, self._mahalanobis, self._nightly):
            yield from detector.fields
        yield from fusion.FIELDS

    def judge(self, table: PatientTable, taken: Round, guard: Guard) -> Judged:
        """Score a round, then learn from it; it has passed the gate, and the table knows of its steps."""
        state = Kept(table, self._layout, taken.rows)
        seen, held, standing = self._look(state, table, taken)
        scores, learners = self._score(state, seen)
        nightly, learn = score_and_learner(self._nightly, state, seen)
        learn(seen.learning)
        judged = standing.steady & ~still_learning(state["learned_s"])
        fused = self._fuse(state, seen, judged, scores)
        beyond = self.bits_of(fused.score) - self.limits_of(table, taken.rows)
        bits = np.where(any_vital(judged), beyond, np.nan)
        free = guard.released | ~(guard.alarming | (bits > 0.0))
        weight = (standing.calm & free).astype(np.float64)
        self.baseline.learn(state, held, seen.elapsed_s, weight, guard.released)
        learning = weight.max(axis=0)
        for learn in learners:
            learn(learning)
        self._mahalanobis.learn(state, replace(seen, learning=learning))
        state.put_back()
        return Judged(
            bits=bits,
            nightly=nightly[HEART_RATE],
            scores=scores,
            fused=fused,
            held=held,
            standing=standing,
            judged=judged,
        )

    def _look(self, state: State, table: PatientTable, taken: Round) -> tuple[Seen, Held, Standing]:
        """Hold what was measured against the baseline and its circumstances; only the latter are learned."""
        # Arrays in another order than C would make all that is done with them slow.
        off, values = off_body(taken.context), taken.values[:, :JUDGED].T.copy(order="C")
        looked_ms = looking.looked_at_ms(table, taken.rows).T
        elapsed_s = np.subtract(taken.observed_at_ms, looked_ms, order="C") / 1000.0
        # Below 0 where another device has measured later: of these vitals there is no value now.
        np.maximum(elapsed_s, 0.0, out=elapsed_s)
        if off.any():
            # It is no value, but what stood before it stands no more.
            np.copyto(state["z"], np.nan, where=off & ~np.isnan(values))
            np.copyto(values, np.nan, where=off)
        local_ms = self._local_time.of(taken.observed_at_ms)
        held = self.baseline.hold_against(state, values, elapsed_s, local_ms)
        standing = self._context.observe(
            state,
            still_ms=taken.observed_at_ms - table["moved_ms"][taken.rows],
            elapsed_s=elapsed_s,
            z=held.z,
            innovation=held.innovation,
            signal_quality=taken.context[:, SIGNAL_QUALITY],
        )
        seen = Seen(
            at_ms=taken.observed_at_ms,
            local_ms=local_ms,
            values=values,
            elapsed_s=elapsed_s,
            z=held.z,
            innovation=held.innovation,
            steps=taken.context[:, STEPS],
            resting=any_vital(standing.calm),
            learning=np.ones(len(taken)),
        )
        return seen, held, standing

    def _score(self, state: State, seen: Seen) -> tuple[dict[str, FloatArray], list[Learner]]:
        """What the detectors say, by name; windows learn at once, and the references' learners are given."""
        scores, learners = {}, []
        for window in self._windows:
            scores[window.name], learn = score_and_learner(window, state, seen)
            learn(seen.learning)
        for reference in self._references:
            scores[reference.name], learn = score_and_learner(reference, state, seen)
            learners.append(learn)
        return scores, learners

    def limits_of(self, table: PatientTable, rows: IntArray) -> FloatArray:  # noqa: ARG002 (for subclasses)
        """The limit of each of these patients, in bits: the same for all of them."""
        return np.full(len(rows), self.limit_bits)

    def bits_of(self, score: FloatArray) -> FloatArray:
        """How rare a fused score is."""
        return self.model.fused.bits_of(np.sqrt(np.maximum(score, 0.0)))

    def _fuse(
        self, state: State, seen: Seen, judged: BoolArray, scores: dict[str, FloatArray]
    ) -> fusion.Fused:
        measured = ~np.isnan(seen.z)
        stands = ~measured & (seen.elapsed_s <= _MAXIMUM_AGE_S)
        z = np.where(judged, seen.z, np.where(stands, state["z"], np.nan))
        state["z"][:] = z
        outside = judged & (np.abs(seen.z) > fusion.BAND_SPREADS)
        abnormal_s = outside * (state["abnormal_s"] + np.minimum(seen.elapsed_s, _MAXIMUM_AGE_S))
        np.copyto(state["abnormal_s"], abnormal_s, where=measured)
        gain, confirmed_by = fusion.gains(np.where(outside, seen.z, 0.0), scores, self.model.references)
        scored = any_vital(judged)
        for name, latest in ("scored_z", z), ("gain", gain), ("confirmed_by", confirmed_by):
            np.copyto(state[name], latest, where=scored)
        return fusion.fuse(state["covariance"], z, gain, confirmed_by)

    def state_of(self, table: PatientTable, rows: IntArray) -> State:
        """What is kept of these patients, to be looked at."""
        return Kept(table, self._layout, rows)

    def usual_and_spread(self, state: State, at_ms: IntArray) -> tuple[FloatArray, FloatArray]:
        """What is usual for these patients at these instants, and the spread; (judged vitals, n) each."""
        return self.baseline.usual_and_spread(state, self._local_time.of(at_ms))

    def known_usual(
        self, table: PatientTable, rows: IntArray, at_ms: IntArray
    ) -> tuple[FloatArray, FloatArray]:
        """The same, straight from the table; not-a-number where too little was seen to know it."""
        names = "usual", "usual_variance", "learned_s"
        state = {name: table[name][rows].T.astype(np.float64) for name in names}
        usual, spread = self.usual_and_spread(state, at_ms)
        unknown = still_learning(state["learned_s"])
        return np.where(unknown, np.nan, usual), np.where(unknown, np.nan, spread)

    @property
    def most_score(self) -> float:
        """The fused score that is just not beyond the limit."""
        return self.model.fused.score_at(self.limit_bits) ** 2

    def narrow(self, table: PatientTable, rows: IntArray, at_ms: IntArray, begun: BoolArray) -> None:
        """Sharpen the bounds of an alarm by its latest reading; ``begun`` where that was its first."""
        state = Kept(table, self._layout, rows)
        looked_ms = looking.looked_at_ms(table, rows).T
        # Each value against what was usual when it was measured.
        usual, spread = self.usual_and_spread(state, looked_ms)
        # What stands and is not judged, for being erratic or still learned, might be if others were quiet.
        stands = at_ms - looked_ms <= _MAXIMUM_AGE_S * 1000.0
        unjudged = np.isnan(state["scored_z"]) & stands & known_soon(state)
        z = np.where(unjudged, state["residual"] / spread, state["scored_z"])
        low, high = fusion.allowed(state["covariance"], z, usual, spread, self.most_score)
        fusion.narrow(state, low, high, begun)
        state.put_back()

    def new_normal(self, table: PatientTable, rows: IntArray) -> None:
        """Take these patients' latest values for usual; it follows as if it had been known for a day only."""
        state = Kept(table, self._layout, rows)
        self.baseline.shift(state)
        state.put_back()

    def alarm_opened(self, table: PatientTable, rows: IntArray) -> None:
        """Begin the sums of evidence anew for patients whose learned alarm has opened."""
        for field in self._cusum.fields:
            table[field.name][rows] = 0.0


def known_soon(state: State) -> BoolArray:
    """(judged vitals, n): of which enough was seen to judge them, or will be before an alarm is over."""
    soon: BoolArray = state["learned_s"] >= LEARNING_S - _SOON_S
    return soon
