"""How a round of readings is taken in: alarms move on, the bank judges and learns, values are kept.

The order matters. Alarms first make the steps that fall before these readings, from the values before them.
The bank scores values before it learns from them. Only then do the new values stand.
"""

from __future__ import annotations

import numpy as np

from wardwatch.core import alarms, conditions, falls, limits, looking, rhythm, river_judging
from wardwatch.core.alarming.changes import Change
from wardwatch.core.bank import RELEASE_S, Guard
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.events import AlarmEvent
from wardwatch.core.evidence import SPEAKING
from wardwatch.core.judges import Judges
from wardwatch.core.leaps import LEAP_MS, LEAPS
from wardwatch.core.news2_of_patients import SCORED_PARTS, known_totals, note_scored
from wardwatch.core.reading import (
    ACTIVITY,
    ON_OXYGEN,
    PART_COUNT,
    PART_INDEX,
    STEPS,
    BoolArray,
    FloatArray,
    IntArray,
    Round,
)
from wardwatch.core.table import PatientTable
from wardwatch.core.technical.watch import Told
from wardwatch.core.telling import Teller
from wardwatch.core.vitals import STEPS_PER_UNIT, VITAL_COUNT, steps_of

_LEAPS = np.array(LEAPS)
# For each condition the parts of a reading that its signal comes from.
_SOURCES = np.zeros((conditions.COUNT, PART_COUNT), dtype=np.bool_)
for _which, _condition in enumerate(conditions.CONDITIONS):
    if _condition.rule == "limit":
        _SOURCES[_which, _condition.signal] = True
    elif _condition.rule == "news2":
        _SOURCES[_which, SCORED_PARTS] = True
    elif _condition.rule == "nightly":
        _SOURCES[_which, PART_INDEX["heart_rate"]] = True
    elif _condition.rule == "deterioration":
        _SOURCES[_which, :SPEAKING] = True
    elif _condition.rule == "rhythm":
        _SOURCES[_which, PART_INDEX["rr_interval_ms"]] = True
    elif _condition.rule != "fall":
        _SOURCES[_which, :JUDGED] = True
# Conditions whose signal the bank gives, from readings that it looks at.
_OF_BANK = np.array(
    [one.rule in ("learned", "nightly", "river", "deterioration") for one in conditions.CONDITIONS]
)
# Signals of several parts, whose values may come from several devices: their time never goes back.
_OF_MANY = _SOURCES.sum(axis=1) > 1


def take_in(
    table: PatientTable, judges: Judges, teller: Teller, taken: Round, of_devices: Told
) -> list[tuple[int, AlarmEvent]]:
    """Take a round in that has passed the gate; each event with the batch index of its reading.

    ``of_devices`` is what has become of the patients' devices, by the place in the round.
    """
    looked_at = looking.is_due(table, taken)
    events = _tell_before(table, teller, taken, looked_at, of_devices)
    _note_movement(table, taken)
    signals = _learned_signals(table, judges, taken, looked_at)
    leaping = _leaping(table, taken)
    signals[:, conditions.RHYTHM_SIGNALS] = rhythm.judge(table, taken)
    looking.note(table, taken, looked_at)
    _keep(table, taken)
    _observe(table, judges, taken, signals, leaping)
    table.touch(taken.rows)
    return events


def _tell_before(
    table: PatientTable, teller: Teller, taken: Round, looked_at: BoolArray, of_devices: Told
) -> list[tuple[int, AlarmEvent]]:
    """What falls before these readings, and of devices with them."""
    changes = _changes_before(table, teller, taken, looked_at)
    for place, change in of_devices:
        changes.setdefault(place, []).append(change)
    late = np.flatnonzero(table["desk_due_ms"][taken.rows] <= taken.arrived_at_ms).tolist()
    return [
        (int(taken.index[place]), event)
        for place in sorted({*changes, *late})
        for event in teller.tell(
            int(taken.rows[place]), changes.get(place, []), int(taken.arrived_at_ms[place])
        )
    ]


def _changes_before(
    table: PatientTable, teller: Teller, taken: Round, looked_at: BoolArray
) -> dict[int, list[Change]]:
    """Of the conditions, by the reading's place in the round."""
    places, which = np.nonzero(table["alarm_phase"][taken.rows] != alarms.IDLE)
    if not len(places):
        return {}
    rows, observed_ms = taken.rows[places], taken.observed_at_ms[places]
    # Where a reading says nothing of a signal it shows that time has passed, but both clocks must agree:
    # another device's may be ahead, and readings that a device has kept all arrive at once.
    silent_until_ms = alarms.silent_until(table, rows, which, taken.arrived_at_ms[places])
    until_ms = np.where(
        _measured(taken, looked_at, places, which),
        _instants(table, rows, which, observed_ms),
        np.minimum(observed_ms, silent_until_ms),
    )
    changes: dict[int, list[Change]] = {}
    steps = teller.make_steps(rows, which, until_ms)
    for step in sorted(steps, key=lambda step: (step.our_ms, step.condition)):
        place = int(places[step.entry])
        now_ms = int(taken.arrived_at_ms[place])
        changes.setdefault(place, []).append(teller.change_of(step, now_ms))
    return changes


def _measured(taken: Round, looked_at: BoolArray, places: IntArray, which: IntArray) -> BoolArray:
    """Whether a reading has a new value for the condition's signal, for pairs of (place, condition)."""
    measured: BoolArray = np.logical_or.reduce(taken.told[places] & _SOURCES[which], axis=1)
    measured &= looked_at[places] | ~_OF_BANK[which]
    measured |= (which == conditions.FALL) & ~np.isnan(taken.context[places, ACTIVITY])
    return measured


def _instants(table: PatientTable, rows: IntArray, which: IntArray, observed_ms: IntArray) -> IntArray:
    """When the signals of conditions have their new values."""
    return np.where(_OF_MANY[which], np.maximum(table["observed_ms"][rows], observed_ms), observed_ms)


def _note_movement(table: PatientTable, taken: Round) -> None:
    """Who has moved, these readings' steps included."""
    with np.errstate(invalid="ignore"):
        moving = taken.context[:, STEPS] > 0
    rows = taken.rows[moving]
    table["moved_ms"][rows] = np.maximum(table["moved_ms"][rows], taken.observed_at_ms[moving])


def _guard(table: PatientTable, taken: Round) -> Guard:
    alarming = table["alarm_phase"][taken.rows, conditions.UNUSUAL] != alarms.IDLE
    lasted_ms = taken.observed_at_ms - table["alarm_onset_ms"][taken.rows, conditions.UNUSUAL]
    return Guard(alarming=alarming, released=alarming & (lasted_ms >= RELEASE_S * 1000))


def _learned_signals(table: PatientTable, judges: Judges, taken: Round, looked_at: BoolArray) -> FloatArray:
    """(n, signals): what bank and river say; not-a-number where they did not look."""
    signals = np.full((len(taken), conditions.SIGNAL_COUNT), np.nan)
    seen = taken if looked_at.all() else taken.where(looked_at)
    if len(seen):
        judged = judges.bank.judge(table, seen, _guard(table, seen))
        signals[looked_at, conditions.UNUSUAL_SIGNAL] = judged.bits
        signals[looked_at, conditions.NIGHTLY_SIGNAL] = judged.nightly
        signals[looked_at, conditions.DETERIORATION_SIGNAL] = judges.bank.deterioration.judge(table, seen)
        if judges.river is not None:
            signals[looked_at, conditions.RIVER_SIGNAL] = river_judging.judge(
                judges.river, table, seen, judged
            )
    return signals


def _leaping(table: PatientTable, taken: Round) -> BoolArray:
    """(n, parts): which values have leapt from the ones shortly before, as spikes of sensors do."""
    leaping = np.zeros((len(taken), PART_COUNT), dtype=np.bool_)
    elapsed_ms = taken.observed_at_ms[:, None] - table["seen_ms"][taken.rows, :VITAL_COUNT]
    leap = np.abs(taken.values - table["value"][taken.rows]) > _LEAPS
    leaping[:, :VITAL_COUNT] = leap & (elapsed_ms <= LEAP_MS)
    return leaping


def _keep(table: PatientTable, taken: Round) -> None:
    """The new values stand from now on."""
    rows, at_ms = taken.rows, taken.observed_at_ms
    fresh = taken.told[:, :VITAL_COUNT]
    table["value"][rows] = np.where(fresh, taken.values, table["value"][rows])
    table["seen_ms"][rows] = np.where(taken.told, at_ms[:, None], table["seen_ms"][rows])
    arrived_ms = taken.arrived_at_ms[:, None]
    table["arrived_ms"][rows] = np.where(taken.told, arrived_ms, table["arrived_ms"][rows])
    table["observed_ms"][rows] = np.maximum(table["observed_ms"][rows], at_ms)
    entered = taken.told[:, PART_INDEX["on_oxygen"]]
    table["on_oxygen"][rows[entered]] = taken.context[entered, ON_OXYGEN]
    limits.supersede_oxygen(table, rows[entered], taken.arrived_at_ms[entered])
    entered = taken.told[:, PART_INDEX["consciousness"]]
    table["consciousness"][rows[entered]] = taken.consciousness[entered]


def _observe(
    table: PatientTable, judges: Judges, taken: Round, signals: FloatArray, leaping: BoolArray
) -> None:
    """Hold the signals of these readings against the limits.

    ``signals`` already has those that go by what stood before: the bank's, and of beats.
    """
    limits.refresh(table, judges.wards, taken.rows)
    signals[:, :VITAL_COUNT] = steps_of(taken.values, STEPS_PER_UNIT)
    signals[:, conditions.NEWS2_SIGNAL] = _news2_totals(table, taken)
    signals[:, conditions.FALL_SIGNAL] = falls.judge(table, taken)
    if judges.listener is not None:
        judges.listener(table, taken, signals)
    beyond = (signals[:, conditions.SIGNAL] - limits.held_against(table, taken.rows)) * conditions.DIRECTION
    excess = beyond / conditions.BAND_STEPS
    phase = table["alarm_phase"][taken.rows]
    with np.errstate(invalid="ignore"):
        places, which = np.nonzero(~np.isnan(excess) & ((excess > 0) | (phase != alarms.IDLE)))
    if len(places):
        rows, arrived_ms = taken.rows[places], taken.arrived_at_ms[places]
        at_ms = _instants(table, rows, which, taken.observed_at_ms[places])
        unconfirmed: BoolArray = np.logical_or.reduce(leaping[places] & _SOURCES[which], axis=1)
        onset_ms = table["alarm_onset_ms"][rows, which]
        alarms.observe(table, rows, which, at_ms, arrived_ms, excess[places, which], unconfirmed)
        scored = which == conditions.NEWS2
        if scored.any():
            note_scored(table, rows[scored], onset_ms[scored])
        learned = which == conditions.UNUSUAL
        if learned.any():
            _narrow(table, judges, rows[learned], at_ms[learned], onset_ms[learned])


def _narrow(table: PatientTable, judges: Judges, rows: IntArray, at_ms: IntArray, onset_ms: IntArray) -> None:
    """Keep what would not have brought about the next step of alarms; ``onset_ms`` as it was before."""
    which = conditions.UNUSUAL
    can_step = table["alarm_phase"][rows, which] != alarms.IDLE
    can_step &= table["alarm_priority"][rows, which] < conditions.SEVERE_PRIORITY[which]
    if can_step.any():
        rows, at_ms, onset_ms = rows[can_step], at_ms[can_step], onset_ms[can_step]
        begun = table["alarm_onset_ms"][rows, which] != onset_ms
        judges.bank.narrow(table, rows, at_ms, begun)


def _news2_totals(table: PatientTable, taken: Round) -> FloatArray:
    """The totals that are known for sure, where these readings may have changed them."""
    totals = np.full(len(taken), np.nan)
    scored = taken.told[:, SCORED_PARTS].any(axis=1)
    rows = taken.rows[scored]
    totals[scored] = known_totals(table, rows, table["observed_ms"][rows])
    return totals
