"""How a round of readings is taken in: alarms move on, baselines score and learn, values are kept.

The order matters. Alarms first make the steps that fall before these readings, from the values before them.
A baseline scores a value before it learns from it. Only then do the new values stand.
"""

from __future__ import annotations

import numpy as np

from wardwatch.core import alarms, baseline, conditions, patient
from wardwatch.core.events import AlarmEvent
from wardwatch.core.news2 import PARAMETERS
from wardwatch.core.reading import ON_OXYGEN, STEPS, UNKNOWN, BoolArray, FloatArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX, VITALS

# A patient is at rest after 12 minutes without a step: wardwatch's detection notes, context of a reading.
# Who sends no steps is taken to be at rest.
REST_MS = 12 * 60 * 1000

_RESOLUTION = np.array([vital.resolution for vital in VITALS])
_BASELINE_AGE_S = np.array(
    [VITALS[index].maximum_age_s for index in baseline.VITAL_COLUMNS], dtype=np.float64
)
_SCORED_VITALS = [VITAL_INDEX[name] for name in PARAMETERS if name in VITAL_INDEX]
_NEWS2 = conditions.NAMES.index("news2.high")


def take_in(table: PatientTable, taken: Round) -> list[tuple[int, AlarmEvent]]:
    """Take a round in that has passed the gate; each event with the batch index of its reading."""
    events = _steps_before(table, taken)
    resting = _rest(table, taken)
    distances = _score_and_learn(table, taken, resting)
    _keep(table, taken)
    _observe(table, taken, distances)
    table.touch(taken.rows)
    return events


def _steps_before(table: PatientTable, taken: Round) -> list[tuple[int, AlarmEvent]]:
    places, which = np.nonzero(table["alarm_phase"][taken.rows] != alarms.IDLE)
    if not len(places):
        return []
    steps = alarms.due(table, taken.rows[places], which, taken.observed_at_ms[places])
    reading = taken.index[places].tolist()
    steps.sort(key=lambda step: (reading[step.entry], step.at_ms, step.condition))
    return [(reading[step.entry], patient.event_of(table, step)) for step in steps]


def _rest(table: PatientTable, taken: Round) -> BoolArray:
    """Who is at rest, these readings' steps included."""
    moved_ms = table["moved_ms"][taken.rows]
    with np.errstate(invalid="ignore"):
        moving = taken.context[:, STEPS] > 0
    moved_ms = np.where(moving, np.maximum(moved_ms, taken.observed_at_ms), moved_ms)
    table["moved_ms"][taken.rows] = moved_ms
    resting: BoolArray = taken.observed_at_ms - moved_ms > REST_MS
    return resting


def _score_and_learn(table: PatientTable, taken: Round, resting: BoolArray) -> FloatArray:
    """How far from usual each value lies, (n, baselines); not-a-number where that can't be told."""
    rows = taken.rows
    values = np.where(resting[:, None], taken.values[:, baseline.VITAL_COLUMNS], np.nan)
    state = (
        table["baseline_mean"][rows],
        table["baseline_variance"][rows],
        table["baseline_learned_s"][rows],
    )
    distances = baseline.score(values, *state, baseline.FLOORS)
    elapsed_ms = taken.observed_at_ms[:, None] - table["seen_ms"][rows][:, baseline.VITAL_COLUMNS]
    elapsed_s = np.minimum(elapsed_ms / 1000.0, _BASELINE_AGE_S)
    mean, variance, learned_s = baseline.learn(values, elapsed_s, state, baseline.FLOORS)
    table["baseline_mean"][rows] = mean
    table["baseline_variance"][rows] = variance
    table["baseline_learned_s"][rows] = learned_s
    return distances


def _keep(table: PatientTable, taken: Round) -> None:
    """The new values stand from now on."""
    rows, at_ms = taken.rows, taken.observed_at_ms
    fresh = ~np.isnan(taken.values)
    table["value"][rows] = np.where(fresh, taken.values, table["value"][rows])
    fresh_or_context = np.concatenate([fresh, taken.has_context[:, None]], axis=1)
    table["seen_ms"][rows] = np.where(fresh_or_context, at_ms[:, None], table["seen_ms"][rows])
    table["observed_ms"][rows] = np.maximum(table["observed_ms"][rows], at_ms)
    table["arrived_ms"][rows] = np.maximum(table["arrived_ms"][rows], taken.arrived_at_ms)
    entered = ~np.isnan(taken.context[:, ON_OXYGEN])
    table["on_oxygen"][rows[entered]] = taken.context[entered, ON_OXYGEN]
    table["on_oxygen_ms"][rows[entered]] = at_ms[entered]
    entered = taken.consciousness != UNKNOWN
    table["consciousness"][rows[entered]] = taken.consciousness[entered]
    table["consciousness_ms"][rows[entered]] = at_ms[entered]


def _observe(table: PatientTable, taken: Round, distances: FloatArray) -> None:
    """Hold the signals of these readings against the limits."""
    signals = np.empty((len(taken), conditions.SIGNAL_COUNT))
    # Half up, as a chart is filled in; the tolerance takes 35.05 for what it says, not for its binary value.
    signals[:, :VITAL_COUNT] = np.floor(taken.values / _RESOLUTION + 0.5 + 1e-9)
    signals[:, conditions.NEWS2_SIGNAL] = _news2_totals(table, taken)
    signals[:, conditions.BASELINE_SIGNALS :] = np.abs(distances)
    beyond = (signals[:, conditions.SIGNAL] - conditions.LIMIT_STEPS) * conditions.DIRECTION
    excess = beyond / conditions.BAND_STEPS
    phase = table["alarm_phase"][taken.rows]
    with np.errstate(invalid="ignore"):
        places, which = np.nonzero(~np.isnan(excess) & ((excess > 0) | (phase != alarms.IDLE)))
    if len(places):
        at_ms = taken.observed_at_ms[places]
        alarms.observe(table, taken.rows[places], which, at_ms, excess[places, which])


def _news2_totals(table: PatientTable, taken: Round) -> FloatArray:
    """The totals that are known for sure, where these readings may have changed them."""
    totals = np.full(len(taken), np.nan)
    scored = ~np.isnan(taken.values[:, _SCORED_VITALS]).all(axis=1) | taken.has_context
    rows, at_ms = taken.rows[scored], taken.observed_at_ms[scored]
    known = patient.scores_of(table, rows, at_ms).lowest
    # That a value has grown old is no recovery: an open alarm goes by the last known values, however old.
    opened = table["alarm_phase"][rows, _NEWS2] == alarms.OPEN
    if opened.any():
        last_known = patient.scores_of(table, rows, at_ms, any_age=True).lowest
        known = np.where(opened, np.maximum(known, last_known), known)
    totals[scored] = known
    return totals
