"""The table of alarm conditions: which signal, beyond which limit, for how long, how urgent.

The limits are the bands of the NEWS2 chart (Royal College of Physicians, 2017): the single-parameter score of
3 (of 2 for a high temperature, which has no 3), and the totals 5 (urgent response) and 7 (emergency
response). ``band`` is the width of the neighbouring band of the same chart, and serves as the measure of how
far beyond its limit a value is.

**Duration by severity.** A value at its limit must stand for ``dwell_s``; with every band that it lies
further out the wait halves, down to the condition's shortest.

The learned conditions: ``vitals.unusual`` goes by the bank's fused score, in bits above the limit which makes
the set rate of false alarms; ``heart_rate.nightly`` by `night_level`'s word on a night; ``river.unusual`` by
how far a river detector's score is above its own threshold; ``vitals.deteriorating`` by how far that of
`deterioration` is above the one which makes the set rate. ``movement.fall`` goes by the impact after which
somebody lies still (`falls`), ``heart_rhythm`` by the intervals between beats (`rhythm`); as with the limits,
nothing learned holds them back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.events import Priority
from wardwatch.core.news2 import EMERGENCY_RESPONSE, PARAMETERS, URGENT_RESPONSE
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX, VITALS

# A wait of 19 s removed 67 % of useless bedside alarms (docs/evidence.md, published).
SHORTEST_DWELL_S = 19.0
# 5 minutes' persistence: 6.95 -> 1.25 alarms a patient-day on real wearers (docs/evidence.md).
LIMIT_DWELL_S = 300.0
# What is only unusual must last for 11 minutes, however unusual it is, and is over after half an hour within
# the usual: one incident, not ten. Tuned on recordings of real wearers (docs/evidence.md).
UNUSUAL_DWELL_S = 660.0
UNUSUAL_CLEAR_S = 1800.0
# Deterioration goes on for hours: an hour back is the end of one. With a band more of the score there are
# about half as many false alarms. Between two readings of a chart it stands for as long as NEWS2 allows
# (Royal College of Physicians 2017: at least 12-hourly). Otherwise wardwatch's own choices (`deterioration`).
DETERIORATION_CLEAR_S = 3600.0
DETERIORATION_BAND = 4.0
DETERIORATION_HOLD_S = 12 * 3600.0
# An impact is a second whose mean distance from 1 g is above this; how long somebody must lie still after it,
# and how long move again. Wardwatch's own choices (`falls`).
IMPACT_G = 0.5
FALL_DWELL_S = 30.0
FALL_CLEAR_S = 30.0
# Rhythms: so much of the pulse may be irregular, a pause is longer than so long, and above this rate NEWS2
# scores 3 (Royal College of Physicians, 2017). An episode of ten seconds is to be noticed while it lasts:
# what is irregular or fast has shown in many beats before, and the wait adds little to them. After two
# minutes without it the next one is another. But for the rate wardwatch's own choices (`rhythm`).
IRREGULAR_PERCENT = 80.0
LONGEST_EVEN_S = 1.2
FAST_RATE = 130.0
IRREGULAR_DWELL_S = 3.0
AT_ONCE_S = 0.1
RHYTHM_CLEAR_S = 120.0
# An alarm is over when its value has been back by half a band for a minute. Wardwatch's own choice.
CLEAR_BANDS = 0.5
CLEAR_S = 60.0

# The columns of the signals that conditions look at: the vitals, the NEWS2 total, what the bank says, and the
# impact of a fall, and of rhythms the irregular part, the pause and the rate of fast beats.
NEWS2_SIGNAL = VITAL_COUNT
UNUSUAL_SIGNAL = VITAL_COUNT + 1
NIGHTLY_SIGNAL = VITAL_COUNT + 2
RIVER_SIGNAL = VITAL_COUNT + 3
FALL_SIGNAL = VITAL_COUNT + 4
RHYTHM_SIGNALS = (VITAL_COUNT + 5, VITAL_COUNT + 6, VITAL_COUNT + 7)
DETERIORATION_SIGNAL = VITAL_COUNT + 8
SIGNAL_COUNT = VITAL_COUNT + 9

RULE_VERSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One row: beyond ``limit`` in ``direction`` (+1 above, -1 below), measured in ``band``.

    ``priority`` applies from the limit on, ``severe_priority`` from one band beyond it.
    """

    name: str
    rule: str
    signal: int
    direction: int
    limit: float
    band: float
    priority: Priority
    severe_priority: Priority
    dwell_s: float = LIMIT_DWELL_S
    shortest_dwell_s: float = SHORTEST_DWELL_S
    clear_s: float = CLEAR_S
    hold_s: float


def _limit(vital: str, direction: int, limit: float, band: float, *, priority: Priority) -> Condition:
    index = VITAL_INDEX[vital]
    return Condition(
        name=f"{vital}.{'high' if direction > 0 else 'low'}",
        rule="limit",
        signal=index,
        direction=direction,
        limit=limit,
        band=band,
        priority=priority,
        severe_priority=Priority(priority + 1),
        hold_s=VITALS[index].maximum_age_s,
    )


def _rhythm(name: str, signal: int, limit: float, band: float, dwell_s: float = AT_ONCE_S) -> Condition:
    return Condition(
        name=f"heart_rhythm.{name}",
        rule="rhythm",
        signal=signal,
        direction=+1,
        limit=limit,
        band=band,
        # Prompt response. What looks like a pause may be a beat that the device has missed.
        priority=Priority.MEDIUM,
        severe_priority=Priority.MEDIUM,
        dwell_s=dwell_s,
        shortest_dwell_s=dwell_s,
        clear_s=RHYTHM_CLEAR_S,
        # A minute without a beat says nothing of the next one.
        hold_s=60.0,
    )


# Limits are written as bedside monitors do, "HR 134 > 130": the last value that does not alarm.
# NEWS2 chart, Royal College of Physicians 2017: score 3 from the named value on, and the band before it.
CONDITIONS: tuple[Condition, ...] = (
    # pulse <= 40 (band 41-50), >= 131 (band 111-130)
    _limit("heart_rate", -1, 41, 10, priority=Priority.MEDIUM),
    _limit("heart_rate", +1, 130, 20, priority=Priority.MEDIUM),
    # SpO2 scale 1 <= 91 (band 92-93)
    _limit("oxygen_saturation", -1, 92, 2, priority=Priority.MEDIUM),
    # respiration <= 8 (band 9-11), >= 25 (band 21-24)
    _limit("respiratory_rate", -1, 9, 3, priority=Priority.MEDIUM),
    _limit("respiratory_rate", +1, 24, 4, priority=Priority.MEDIUM),
    # temperature <= 35.0 (band 35.1-36.0); >= 39.1 scores 2 (band 38.1-39.0 before it)
    _limit("body_temperature", -1, 35.1, 1.0, priority=Priority.MEDIUM),
    _limit("body_temperature", +1, 39.0, 1.0, priority=Priority.LOW),
    # systolic pressure <= 90 (band 91-100), >= 220 (no band before it: the width of the low ones is taken)
    _limit("systolic_pressure", -1, 91, 10, priority=Priority.MEDIUM),
    _limit("systolic_pressure", +1, 219, 10, priority=Priority.MEDIUM),
    # total >= 5 urgent response, >= 7 emergency response
    Condition(
        name="news2.high",
        rule="news2",
        signal=NEWS2_SIGNAL,
        direction=+1,
        limit=URGENT_RESPONSE - 1,
        band=EMERGENCY_RESPONSE - (URGENT_RESPONSE - 1),
        priority=Priority.MEDIUM,
        severe_priority=Priority.HIGH,
        # No longer than what changes fastest of all that it adds up.
        hold_s=min(VITALS[VITAL_INDEX[name]].maximum_age_s for name in PARAMETERS if name in VITAL_INDEX),
    ),
    # What is only unusual is for awareness, unless it is very much so; the hard limits call for more.
    Condition(
        name="vitals.unusual",
        rule="learned",
        signal=UNUSUAL_SIGNAL,
        direction=+1,
        limit=0.0,
        # Twice as rare.
        band=1.0,
        priority=Priority.LOW,
        severe_priority=Priority.MEDIUM,
        dwell_s=UNUSUAL_DWELL_S,
        shortest_dwell_s=UNUSUAL_DWELL_S,
        clear_s=UNUSUAL_CLEAR_S,
        hold_s=min(vital.maximum_age_s for vital in VITALS[:JUDGED]),
    ),
    Condition(
        name="heart_rate.nightly",
        rule="nightly",
        signal=NIGHTLY_SIGNAL,
        direction=+1,
        # Raised is 0.5, with which an alarm goes on, but none begins; alarming is 1.
        limit=0.5,
        band=1.0,
        priority=Priority.LOW,
        severe_priority=Priority.LOW,
        dwell_s=SHORTEST_DWELL_S,
        # Until the next night has ended, with one missing between.
        hold_s=2 * 24 * 3600.0,
    ),
    Condition(
        name="river.unusual",
        rule="river",
        signal=RIVER_SIGNAL,
        direction=+1,
        limit=0.0,
        # Its scores have no common scale: no score waits shorter for being higher.
        band=1e9,
        priority=Priority.LOW,
        severe_priority=Priority.LOW,
        dwell_s=UNUSUAL_DWELL_S,
        clear_s=UNUSUAL_CLEAR_S,
        hold_s=min(vital.maximum_age_s for vital in VITALS[:JUDGED]),
    ),
    Condition(
        name="movement.fall",
        rule="fall",
        signal=FALL_SIGNAL,
        direction=+1,
        limit=IMPACT_G,
        band=1.0,
        # Prompt response: somebody looks. A harder impact is no worse a fall.
        priority=Priority.MEDIUM,
        severe_priority=Priority.MEDIUM,
        dwell_s=FALL_DWELL_S,
        shortest_dwell_s=FALL_DWELL_S,
        clear_s=FALL_CLEAR_S,
        # Whoever lies still goes on lying for as long as it takes to alarm.
        hold_s=2 * FALL_DWELL_S,
    ),
    _rhythm("irregular", RHYTHM_SIGNALS[0], IRREGULAR_PERCENT, 10.0, IRREGULAR_DWELL_S),
    _rhythm("pause", RHYTHM_SIGNALS[1], LONGEST_EVEN_S, 1.0),
    # The band of NEWS2 before the limit (111-130).
    _rhythm("fast", RHYTHM_SIGNALS[2], FAST_RATE, 20.0),
    # For awareness too: no limit was passed by it.
    Condition(
        name="vitals.deteriorating",
        rule="deterioration",
        signal=DETERIORATION_SIGNAL,
        direction=+1,
        limit=0.0,
        band=DETERIORATION_BAND,
        priority=Priority.LOW,
        severe_priority=Priority.MEDIUM,
        dwell_s=UNUSUAL_DWELL_S,
        shortest_dwell_s=UNUSUAL_DWELL_S,
        clear_s=DETERIORATION_CLEAR_S,
        hold_s=DETERIORATION_HOLD_S,
    ),
)

COUNT = len(CONDITIONS)
NAMES = tuple(condition.name for condition in CONDITIONS)
NEWS2 = NAMES.index("news2.high")
UNUSUAL = NAMES.index("vitals.unusual")
RIVER = NAMES.index("river.unusual")
FALL = NAMES.index("movement.fall")
DETERIORATING = NAMES.index("vitals.deteriorating")

# The table's columns as arrays, for the interpreter in `alarms`.
SIGNAL = np.array([condition.signal for condition in CONDITIONS])
DIRECTION = np.array([float(condition.direction) for condition in CONDITIONS])
# Limits and bands in steps of the signal's resolution: whole numbers, so that "beyond" is exact.
_RESOLUTION = np.array([VITALS[c.signal].resolution if c.rule == "limit" else 1.0 for c in CONDITIONS])
_IN_STEPS = np.array([condition.rule in ("limit", "news2") for condition in CONDITIONS])
# Where a value that has come back a little makes an alarm less urgent.
CAN_EASE = _IN_STEPS
_LIMITS = np.array([condition.limit for condition in CONDITIONS]) / _RESOLUTION
LIMIT_STEPS = np.where(_IN_STEPS, np.rint(_LIMITS), _LIMITS)
BAND_STEPS = np.array([condition.band for condition in CONDITIONS]) / _RESOLUTION
DWELL_S = np.array([condition.dwell_s for condition in CONDITIONS])
SHORTEST_DWELL_MS = np.array([int(condition.shortest_dwell_s * 1000) for condition in CONDITIONS])
CLEAR_MS = np.array([condition.clear_s * 1000.0 for condition in CONDITIONS])
HOLD_MS = np.array([int(condition.hold_s * 1000) for condition in CONDITIONS])
PRIORITY = np.array([int(condition.priority) for condition in CONDITIONS], dtype=np.int8)
SEVERE_PRIORITY = np.array([int(condition.severe_priority) for condition in CONDITIONS], dtype=np.int8)
