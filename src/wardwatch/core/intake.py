"""How a round of readings is taken in: alarms move on, baselines score and learn, values are kept.

The order matters. Alarms first make the steps that fall before these readings, from the values before them.
A baseline scores a value before it learns from it. Only then do the new values stand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core import alarms, baseline, conditions, patient
from wardwatch.core.events import AlarmEvent
from wardwatch.core.news2 import EMERGENCY_RESPONSE, PARAMETERS
from wardwatch.core.reading import ON_OXYGEN, PART_INDEX, STEPS, BoolArray, FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import STEPS_PER_UNIT, VITAL_COUNT, VITALS, steps_of

# A patient is at rest after 12 minutes without a step: docs/evidence.md.
# Who sends no steps is taken to be at rest.
REST_MS = 12 * 60 * 1000

_BASELINE_AGE_S = np.array(
    [VITALS[index].maximum_age_s for index in baseline.VITAL_COLUMNS], dtype=np.float64
)
_SCORED_PARTS = [PART_INDEX[name] for name in PARAMETERS]
_NEWS2 = conditions.NAMES.index("news2.high")
# For each condition the vital that its signal comes from; NEWS2, which comes from many, has any.
_SIGNAL_VITALS = np.array([*range(VITAL_COUNT), 0, *baseline.VITAL_COLUMNS])
_VITAL_OF_CONDITION = _SIGNAL_VITALS[conditions.SIGNAL]


def take_in(table: PatientTable, taken: Round) -> list[tuple[int, AlarmEvent]]:
    """Take a round in that has passed the gate; each event with the batch index of its reading."""
    events = _steps_before(table, taken)
    resting = _rest(table, taken)
    scored = _score_and_learn(table, taken, resting)
    _keep(table, taken)
    _observe(table, taken, scored)
    table.touch(taken.rows)
    return events


def _steps_before(table: PatientTable, taken: Round) -> list[tuple[int, AlarmEvent]]:
    places, which = np.nonzero(table["alarm_phase"][taken.rows] != alarms.IDLE)
    if not len(places):
        return []
    rows, observed_ms = taken.rows[places], taken.observed_at_ms[places]
    # Where a reading says nothing of a signal it shows that time has passed, but both clocks must agree:
    # another device's may be ahead, and readings that a device has kept all arrive at once.
    silent_until_ms = alarms.silent_until(table, rows, which, taken.arrived_at_ms[places])
    until_ms = np.where(
        _measured(taken)[places, which],
        _instants(table, rows, which, observed_ms),
        np.minimum(observed_ms, silent_until_ms),
    )
    steps = alarms.due(table, rows, which, until_ms)
    reading = taken.index[places].tolist()
    steps.sort(key=lambda step: (reading[step.entry], step.at_ms, step.condition))
    return [(reading[step.entry], patient.event_of(table, step)) for step in steps]


def _measured(taken: Round) -> BoolArray:
    """(n, conditions): whether a reading has a new value for the condition's signal."""
    measured = taken.told[:, _VITAL_OF_CONDITION]
    measured[:, _NEWS2] = taken.told[:, _SCORED_PARTS].any(axis=1)
    return measured


def _instants(table: PatientTable, rows: IntArray, which: IntArray, observed_ms: IntArray) -> IntArray:
    """When the signals of conditions have their new values: NEWS2, of many parts, never goes back in time."""
    return np.where(which == _NEWS2, np.maximum(table["observed_ms"][rows], observed_ms), observed_ms)


def _rest(table: PatientTable, taken: Round) -> BoolArray:
    """Who is at rest, these readings' steps included."""
    moved_ms = table["moved_ms"][taken.rows]
    with np.errstate(invalid="ignore"):
        moving = taken.context[:, STEPS] > 0
    moved_ms = np.where(moving, np.maximum(moved_ms, taken.observed_at_ms), moved_ms)
    table["moved_ms"][taken.rows] = moved_ms
    resting: BoolArray = taken.observed_at_ms - moved_ms > REST_MS
    return resting


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """Values held against their baselines, before these learned from them; all are (n, baselines).

    ``distance`` is in spreads, and not-a-number where it can't be told.
    """

    value: FloatArray
    usual: FloatArray
    variance: FloatArray
    distance: FloatArray


def _score_and_learn(table: PatientTable, taken: Round, resting: BoolArray) -> _Scored:
    rows = taken.rows
    values = np.where(resting[:, None], taken.values[:, baseline.VITAL_COLUMNS], np.nan)
    state = (
        table["baseline_mean"][rows],
        table["baseline_variance"][rows],
        table["baseline_learned_s"][rows],
    )
    scored = _Scored(
        value=values,
        usual=state[0],
        variance=state[1],
        distance=baseline.score(values, *state, baseline.FLOORS),
    )
    elapsed_ms = taken.observed_at_ms[:, None] - table["seen_ms"][rows][:, baseline.VITAL_COLUMNS]
    # A late reading may come before the latest value of a vital that it doesn't measure.
    elapsed_s = np.clip(elapsed_ms / 1000.0, 0.0, _BASELINE_AGE_S)
    mean, variance, learned_s = baseline.learn(values, elapsed_s, state, baseline.FLOORS)
    table["baseline_mean"][rows] = mean
    table["baseline_variance"][rows] = variance
    table["baseline_learned_s"][rows] = learned_s
    return scored


def _keep(table: PatientTable, taken: Round) -> None:
    """The new values stand from now on."""
    rows, at_ms = taken.rows, taken.observed_at_ms
    fresh = taken.told[:, :VITAL_COUNT]
    table["value"][rows] = np.where(fresh, taken.values, table["value"][rows])
    table["seen_ms"][rows] = np.where(taken.told, at_ms[:, None], table["seen_ms"][rows])
    table["observed_ms"][rows] = np.maximum(table["observed_ms"][rows], at_ms)
    entered = taken.told[:, PART_INDEX["on_oxygen"]]
    table["on_oxygen"][rows[entered]] = taken.context[entered, ON_OXYGEN]
    entered = taken.told[:, PART_INDEX["consciousness"]]
    table["consciousness"][rows[entered]] = taken.consciousness[entered]


def _observe(table: PatientTable, taken: Round, scored: _Scored) -> None:
    """Hold the signals of these readings against the limits."""
    signals = np.empty((len(taken), conditions.SIGNAL_COUNT))
    signals[:, :VITAL_COUNT] = steps_of(taken.values, STEPS_PER_UNIT)
    signals[:, conditions.NEWS2_SIGNAL] = _news2_totals(table, taken)
    signals[:, conditions.BASELINE_SIGNALS :] = np.abs(scored.distance)
    beyond = (signals[:, conditions.SIGNAL] - conditions.LIMIT_STEPS) * conditions.DIRECTION
    excess = beyond / conditions.BAND_STEPS
    phase = table["alarm_phase"][taken.rows]
    with np.errstate(invalid="ignore"):
        places, which = np.nonzero(~np.isnan(excess) & ((excess > 0) | (phase != alarms.IDLE)))
    if len(places):
        rows, arrived_ms = taken.rows[places], taken.arrived_at_ms[places]
        at_ms = _instants(table, rows, which, taken.observed_at_ms[places])
        alarms.observe(table, rows, which, at_ms, arrived_ms, excess[places, which])
        _remember(table, rows, places, conditions.SIGNAL[which] - conditions.BASELINE_SIGNALS, scored)


def _remember(
    table: PatientTable, rows: IntArray, places: IntArray, which: IntArray, scored: _Scored
) -> None:
    """Keep what a baseline's alarm goes by: when it opens, the baseline has learned more."""
    of_baselines = which >= 0
    if of_baselines.any():
        rows, places, which = rows[of_baselines], places[of_baselines], which[of_baselines]
        table["scored_value"][rows, which] = scored.value[places, which]
        table["scored_usual"][rows, which] = scored.usual[places, which]
        variance, floors = scored.variance[places, which], baseline.FLOORS[which]
        table["scored_spread"][rows, which] = baseline.spread(variance, floors)


def _news2_totals(table: PatientTable, taken: Round) -> FloatArray:
    """The totals that are known for sure, where these readings may have changed them."""
    totals = np.full(len(taken), np.nan)
    scored = taken.told[:, _SCORED_PARTS].any(axis=1)
    rows = taken.rows[scored]
    at_ms = table["observed_ms"][rows]
    known = patient.scores_of(table, rows, at_ms).lowest
    # That a value has grown old is no recovery: an open alarm goes by the last known values, however old.
    # They keep it open, but make it no more urgent.
    opened = table["alarm_phase"][rows, _NEWS2] == alarms.OPEN
    if opened.any():
        last_known = patient.scores_of(table, rows, at_ms, any_age=True).lowest
        known = np.where(opened, np.maximum(known, np.minimum(last_known, EMERGENCY_RESPONSE - 1)), known)
    totals[scored] = known
    return totals
