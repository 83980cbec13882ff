"""The gate: which values are let in, and why the others are not.

A value is refused when it is not a number, outside what is plausible, repeated, older than what is already
known of the same vital, or when its whole reading is too old or from the future. Blood pressures that
contradict each other are refused together. What is refused changes nothing.

Order is kept per patient and vital, so that an oximeter and a cuff with clocks of their own don't shut each
other out. Only the latest instant of a vital is remembered: a repeat of an older one counts as out of order.
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
    STEPS,
    UNKNOWN,
    BoolArray,
    FloatArray,
    IntArray,
    Round,
)
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX, VITAL_NAMES, VITALS

# Where the instant of the latest context (steps, worn, battery …) is kept, beside those of the vitals.
CONTEXT = VITAL_COUNT

_LOW = np.array([vital.plausible_low for vital in VITALS])
_HIGH = np.array([vital.plausible_high for vital in VITALS])
_SYSTOLIC, _DIASTOLIC = VITAL_INDEX["systolic_pressure"], VITAL_INDEX["diastolic_pressure"]

_ANY = np.finfo(np.float64).max
_CONTEXT_LOW = np.full(len(CONTEXT_NAMES), 0.0)
_CONTEXT_HIGH = np.full(len(CONTEXT_NAMES), 1.0)
# The largest float is no bound, but infinity is how a batch says "not a number".
_CONTEXT_HIGH[[BATTERY, STEPS, ACTIVITY]] = 100.0, _ANY, _ANY

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

    ``patients`` are the names by table row; ``seen_ms`` (n, vitals + 1) the instants of the latest accepted
    values and, last, of the context. Refused values are taken out of their reading; a reading of which
    nothing is left is taken out of the round.
    """
    with np.errstate(invalid="ignore"):
        fine = (sent.values >= _LOW) & (sent.values <= _HIGH)
        contradicting = sent.values[:, _SYSTOLIC] <= sent.values[:, _DIASTOLIC]
        context_bad = (sent.context < _CONTEXT_LOW) | (sent.context > _CONTEXT_HIGH)
    late_ms = sent.arrived_at_ms - sent.observed_at_ms
    in_time = (late_ms <= rules.maximum_lateness_s * 1000) & (late_ms >= -rules.future_tolerance_s * 1000)
    newer_by_ms = sent.observed_at_ms[:, None] - seen_ms
    newer = newer_by_ms > 0
    fine &= newer[:, :CONTEXT] & in_time[:, None]
    if contradicting.any():
        fine[contradicting, _SYSTOLIC] = fine[contradicting, _DIASTOLIC] = False
    context_fine = sent.has_context & in_time & newer[:, CONTEXT]

    faulty = (~np.isnan(sent.values) & ~fine).any(axis=1) | (sent.has_context & ~context_fine) | ~in_time
    faulty |= context_bad.any(axis=1)
    if not faulty.any():
        return sent, []
    refusals: list[Refusal] = []
    for i in np.flatnonzero(faulty).tolist():
        reading = _Faulty(
            patient=patients[int(sent.rows[i])],
            position=int(sent.positions[i]),
            late_ms=int(late_ms[i]),
            values=sent.values[i],
            context=sent.context[i],
            context_bad=context_bad[i],
            newer_by_ms=newer_by_ms[i],
            has_context=bool(sent.has_context[i]),
        )
        refusals += reading.refusals(rules)
    let_in = replace(
        sent,
        values=np.where(fine, sent.values, np.nan),
        context=np.where(context_fine[:, None] & ~context_bad, sent.context, np.nan),
        consciousness=np.where(context_fine, sent.consciousness, UNKNOWN).astype(np.int8),
        has_context=context_fine,
    )
    return let_in.where(~faulty | fine.any(axis=1) | context_fine), refusals


@dataclass(slots=True, kw_only=True)
class _Faulty:
    """One reading of which something was refused: the slow path, in words."""

    patient: str
    position: int
    late_ms: int
    values: FloatArray
    context: FloatArray
    context_bad: BoolArray
    newer_by_ms: IntArray
    has_context: bool

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
        measured = np.flatnonzero(~np.isnan(self.values)).tolist()
        parts = [*measured, CONTEXT] if self.has_context else measured
        for reason, stale in (
            (Reason.DUPLICATE, self.newer_by_ms == 0),
            (Reason.OUT_OF_ORDER, self.newer_by_ms < 0),
        ):
            if parts and stale[parts].all():
                return [self._refusal(None, reason, _STALE_DETAIL[reason])]
        refusals = [refusal for vital in measured if (refusal := self._of_vital(vital)) is not None]
        return refusals + self._of_context()

    def _of_context(self) -> list[Refusal]:
        refusals = []
        if self.has_context and self.newer_by_ms[CONTEXT] <= 0:
            reason = Reason.DUPLICATE if self.newer_by_ms[CONTEXT] == 0 else Reason.OUT_OF_ORDER
            refusals.append(self._refusal("context", reason, _STALE_DETAIL[reason]))
        for index in np.flatnonzero(self.context_bad).tolist():
            name, value = CONTEXT_NAMES[index], self.context[index]
            detail = f"{name} {value:g} is outside 0 to {_CONTEXT_HIGH[index]:g}."
            refusals.append(self._refusal(name, Reason.OUT_OF_RANGE, detail))
        return refusals

    def _of_vital(self, index: int) -> Refusal | None:
        value, vital = float(self.values[index]), VITALS[index]
        if np.isinf(value):
            return self._refusal(vital.name, Reason.NOT_A_NUMBER, f"{vital.name} is not a number.")
        if self.newer_by_ms[index] <= 0:
            reason = Reason.DUPLICATE if self.newer_by_ms[index] == 0 else Reason.OUT_OF_ORDER
            return self._refusal(vital.name, reason, _STALE_DETAIL[reason])
        if not vital.plausible_low <= value <= vital.plausible_high:
            return self._out_of_range(index, value)
        if index in {_SYSTOLIC, _DIASTOLIC} and self.values[_SYSTOLIC] <= self.values[_DIASTOLIC]:
            detail = "The systolic pressure is not above the diastolic one."
            return self._refusal(vital.name, Reason.INCONSISTENT, detail)
        return None

    def _out_of_range(self, index: int, value: float) -> Refusal:
        vital = VITALS[index]
        low, high, unit = vital.plausible_low, vital.plausible_high, vital.unit
        detail = f"{VITAL_NAMES[index]} {value:g} {unit} is outside {low:g} to {high:g}"
        for other in vital.other_units:
            converted = other.convert(value)
            if low <= converted <= high:
                sentence = f"{detail}; as {other.name} it would be {converted:.1f} {unit}."
                return self._refusal(vital.name, Reason.OTHER_UNIT, sentence)
        return self._refusal(vital.name, Reason.OUT_OF_RANGE, f"{detail}.")

    def _refusal(self, vital: str | None, reason: Reason, detail: str) -> Refusal:
        return Refusal(
            position=self.position, patient=self.patient, vital=vital, reason=reason, detail=detail
        )
