"""The gate: which values are let in, and why the others are not.

A value is refused when it is not a number, outside what is plausible, repeated, older than what is already
known of the same part, or when its whole reading is too old or from the future. Blood pressures that
contradict each other are refused together. What is refused changes nothing.

Order is kept per patient and part (each vital, oxygen, consciousness, beats), so that an oximeter, a cuff
and a nurse with clocks of their own don't shut each other out. Only the latest instant of a part is
remembered: a repeat of an older one counts as out of order. What holds for its instant only (steps, battery
…) has no order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wardwatch.core.events import Reason, Refusal
from wardwatch.core.reading import (
    ACTIVITY,
    BATTERY,
    CONTEXT_NAMES,
    ON_OXYGEN,
    PART_INDEX,
    PART_NAMES,
    RR_INTERVAL,
    STEPS,
    UNKNOWN,
    BoolArray,
    FloatArray,
    IntArray,
    Round,
)
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX, VITALS, VitalSign

_LOW = np.array([vital.plausible_low for vital in VITALS])
_HIGH = np.array([vital.plausible_high for vital in VITALS])
_CONSCIOUSNESS = PART_INDEX["consciousness"]
# Parts that are told as context.
_CONTEXT_PARTS = [PART_INDEX["on_oxygen"], PART_INDEX["rr_interval_ms"]]
_OF_PARTS = [ON_OXYGEN, RR_INTERVAL]
_SYSTOLIC, _DIASTOLIC = VITAL_INDEX["systolic_pressure"], VITAL_INDEX["diastolic_pressure"]

_ANY = np.finfo(np.float64).max
_CONTEXT_LOW = np.full(len(CONTEXT_NAMES), 0.0)
_CONTEXT_HIGH = np.full(len(CONTEXT_NAMES), 1.0)
# The largest float is no bound, but infinity is how a batch says "not a number".
_CONTEXT_HIGH[[BATTERY, STEPS, ACTIVITY]] = 100.0, _ANY, _ANY
# 300 /min, the highest plausible rate; a device that finds no beat for longer than this has lost contact.
PLAUSIBLE_INTERVAL_MS = 200.0, 10_000.0
_CONTEXT_LOW[RR_INTERVAL], _CONTEXT_HIGH[RR_INTERVAL] = PLAUSIBLE_INTERVAL_MS

_STALE_DETAIL = {
    Reason.DUPLICATE: "The same instant was received before.",
    Reason.OUT_OF_ORDER: "A later instant was received before.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """How late and how early a reading may come, in seconds.

    Wardwatch's own choices: an hour lets a device that was out of reach deliver what it has kept, 5 minutes
    let one with a clock that is a little fast be watched all the same.
    """

    maximum_lateness_s: int = 3600
    future_tolerance_s: int = 300


def judge(
    rules: GateRules, sent: Round, patients: Sequence[str], seen_ms: IntArray
) -> tuple[Round, list[Refusal]]:
    """What is let in of a round, and what is refused of it.

    ``patients`` are the names by table row; ``seen_ms`` (n, parts) the instants of the latest accepted ones.
    Refused values are taken out of their reading; a reading of which nothing is left is taken out of the
    round.
    """
    late_ms = sent.arrived_at_ms - sent.observed_at_ms
    newer_by_ms = sent.observed_at_ms[:, None] - seen_ms
    with np.errstate(invalid="ignore"):
        plausible = (sent.values >= _LOW) & (sent.values <= _HIGH)
        contradicting = sent.values[:, _SYSTOLIC] <= sent.values[:, _DIASTOLIC]
        context_bad = (sent.context < _CONTEXT_LOW) | (sent.context > _CONTEXT_HIGH)
    # Of two pressures one of which is no pressure, the other is not at fault.
    contradicting &= plausible[:, _SYSTOLIC] & plausible[:, _DIASTOLIC]
    current = (late_ms <= rules.maximum_lateness_s * 1000) & (late_ms >= -rules.future_tolerance_s * 1000)
    fine = sent.told & (newer_by_ms > 0)
    # A reading whose parts are all old came again, or too late: nothing that it says is used.
    current &= fine.any(axis=1) | ~sent.told.any(axis=1)
    fine[:, :VITAL_COUNT] &= plausible
    fine[contradicting, _SYSTOLIC] = fine[contradicting, _DIASTOLIC] = False
    fine[:, _CONTEXT_PARTS] &= ~context_bad[:, _OF_PARTS]

    faulty = (sent.told != fine).any(axis=1) | context_bad.any(axis=1) | ~current
    if not faulty.any():
        return sent, []
    refusals: list[Refusal] = []
    for i in np.flatnonzero(faulty).tolist():
        reading = _Faulty(
            patient=patients[int(sent.rows[i])],
            position=int(sent.positions[i]),
            late_ms=int(late_ms[i]),
            told=sent.told[i],
            newer_by_ms=newer_by_ms[i],
            values=sent.values[i],
            contradicting=bool(contradicting[i]),
            context=sent.context[i],
            context_bad=context_bad[i],
        )
        refusals += reading.refusals(rules)
    let_in = _only(sent, fine & current[:, None], ~context_bad & current[:, None])
    has_rest = let_in.told.any(axis=1) | ~np.isnan(let_in.context).all(axis=1)
    return let_in.where(~faulty | has_rest), refusals


def _only(sent: Round, fine: BoolArray, context_fine: BoolArray) -> Round:
    """``sent`` without the parts and the context that are not fine."""
    context_fine[:, _OF_PARTS] = fine[:, _CONTEXT_PARTS]
    return replace(
        sent,
        values=np.where(fine[:, :VITAL_COUNT], sent.values, np.nan),
        context=np.where(context_fine, sent.context, np.nan),
        consciousness=np.where(fine[:, _CONSCIOUSNESS], sent.consciousness, UNKNOWN).astype(np.int8),
        told=fine,
    )


@dataclass(slots=True, kw_only=True)
class _Faulty:
    """One reading of which something was refused: the slow path, in words."""

    patient: str
    position: int
    late_ms: int
    told: BoolArray
    newer_by_ms: IntArray
    values: FloatArray
    contradicting: bool
    context: FloatArray
    context_bad: BoolArray

    def refusals(self, rules: GateRules) -> list[Refusal]:
        late_s = self.late_ms / 1000
        if late_s > rules.maximum_lateness_s:
            allowed = f"{rules.maximum_lateness_s} s are allowed."
            detail = f"It arrived {late_s:.0f} s after it was observed; {allowed}"
            return [self._refusal(None, Reason.TOO_OLD, detail)]
        if -late_s > rules.future_tolerance_s:
            allowed = f"{rules.future_tolerance_s} s are allowed."
            detail = f"Its clock is {-late_s:.0f} s ahead; {allowed}"
            return [self._refusal(None, Reason.FROM_THE_FUTURE, detail)]
        stale = self.newer_by_ms[self.told] <= 0
        if stale.size and stale.all():
            # In part the same instant, in part an earlier one: as a whole it is late.
            repeated = (self.newer_by_ms[self.told] == 0).all()
            return [self._stale(None, Reason.DUPLICATE if repeated else Reason.OUT_OF_ORDER)]
        parts = [self._of_part(part) for part in np.flatnonzero(self.told).tolist()]
        context = [self._of_context(index) for index in np.flatnonzero(self.context_bad).tolist()]
        return [refusal for refusal in parts if refusal is not None] + context

    def _of_part(self, part: int) -> Refusal | None:
        name = PART_NAMES[part]
        if part < VITAL_COUNT and np.isinf(self.values[part]):
            return self._not_a_number(name)
        if self.newer_by_ms[part] <= 0:
            return self._stale(name, Reason.OUT_OF_ORDER if self.newer_by_ms[part] else Reason.DUPLICATE)
        return self._of_vital(part) if part < VITAL_COUNT else None

    def _of_vital(self, index: int) -> Refusal | None:
        value, vital = float(self.values[index]), VITALS[index]
        if not vital.plausible_low <= value <= vital.plausible_high:
            return self._out_of_range(vital, value)
        if self.contradicting and index in {_SYSTOLIC, _DIASTOLIC}:
            detail = "The systolic pressure is not above the diastolic one."
            return self._refusal(vital.name, Reason.INCONSISTENT, detail)
        return None

    def _out_of_range(self, vital: VitalSign, value: float) -> Refusal:
        low, high, unit = vital.plausible_low, vital.plausible_high, vital.unit
        detail = f"{vital.name} {value:g} {unit} is outside {low:g} to {high:g}"
        for other in vital.other_units:
            converted = other.convert(value)
            if low <= converted <= high:
                sentence = f"{detail}; as {other.name} it would be {converted:.1f} {unit}."
                return self._refusal(vital.name, Reason.OTHER_UNIT, sentence)
        return self._refusal(vital.name, Reason.OUT_OF_RANGE, f"{detail}.")

    def _of_context(self, index: int) -> Refusal:
        name, value = CONTEXT_NAMES[index], float(self.context[index])
        low, high = float(_CONTEXT_LOW[index]), float(_CONTEXT_HIGH[index])
        if np.isinf(value):
            return self._not_a_number(name)
        allowed = "is below 0" if high == _ANY else f"is outside {low:g} to {high:g}"
        return self._refusal(name, Reason.OUT_OF_RANGE, f"{name} {value:g} {allowed}.")

    def _not_a_number(self, name: str) -> Refusal:
        return self._refusal(name, Reason.NOT_A_NUMBER, f"{name} is not a number.")

    def _stale(self, name: str | None, reason: Reason) -> Refusal:
        return self._refusal(name, reason, _STALE_DETAIL[reason])

    def _refusal(self, vital: str | None, reason: Reason, detail: str) -> Refusal:
        return Refusal(
            position=self.position, patient=self.patient, vital=vital, reason=reason, detail=detail
        )
