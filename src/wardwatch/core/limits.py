"""The limits in effect: a patient's own over the ward's over the standard, and what else the roster sets.

They are columns of the patient table, in steps as readings are held against them. The roster's line itself
is kept among the table's ``notes``, which outlive what was learned of a patient; the columns are made of it
again when a patient begins anew, and when the wards' limits are other ones than those they were made of.

Together a patient's limit and the ward's may be impossible, such as low 115 and high 110. The ward's then
gives way to the standard, against which both were checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import numpy as np

from wardwatch.core import conditions
from wardwatch.core.packs import Column
from wardwatch.core.reading import FloatArray, IntArray
from wardwatch.core.roster import HIGH, LIMITED, LOW, Limits, RosterEntry, bound_of, limit_errors, steps
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITALS


class Source(IntEnum):
    """Whose a limit is."""

    STANDARD = 0
    WARD = 1
    PATIENT = 2


NEVER_MS = -(2**60)
_AIR, _OXYGEN, _NOT_ENTERED = 0, 1, -1
_UNSET = 0

_PLACES = {bound_of(condition): place for place, condition in enumerate(LIMITED)}
# Where the limits stand among all conditions.
_WHICH = np.array([conditions.CONDITIONS.index(condition) for condition in LIMITED])
_STANDARD_STEPS = tuple(float(each) for each in conditions.LIMIT_STEPS[_WHICH])
_PLACE_OF = {int(which): place for place, which in enumerate(_WHICH)}

COLUMNS = (
    # The limits in effect, in steps of the vital's resolution, and whose they are.
    Column("limit_steps", "i2", _STANDARD_STEPS, len(LIMITED)),
    Column("limit_source", "i1", Source.STANDARD, len(LIMITED)),
    # Of which wards' limits they were made.
    Column("limits_made_of", "i8", _UNSET),
    Column("news2_scale_2", "i1", 0),
    # What the roster says of oxygen, unless a reading has said something later; and when it came.
    Column("entered_oxygen", "i1", _NOT_ENTERED),
    Column("entered_oxygen_ms", "i8", NEVER_MS),
    # Since when the patient is gone.
    Column("discharged_ms", "i8", NEVER_MS),
)


_NONE: Mapping[str, Any] = MappingProxyType({})


# A vital's lowest and highest value that do not alarm, or None where there is no such limit.
Bounds = tuple[float | None, float | None]


class WardLimits:
    """The limits of each ward, and ``default``, those of wards not named; ``ValueError`` for impossible ones.

    >>> dict(WardLimits({"ICU": {"heart_rate": {"high": 120}}}).of("4B"))
    {}
    """

    def __init__(self, wards: Mapping[str, Limits] = _NONE, default: Limits = _NONE) -> None:
        for limits in default, *wards.values():
            if errors := limit_errors(limits):
                raise ValueError(" ".join(errors))
        self._wards, self._default = wards, default
        canonical = json.dumps([wards, default], sort_keys=True, default=dict).encode()
        # One at least: 0 is for rows whose limits have not been made yet.
        self.fingerprint = 1 + int.from_bytes(hashlib.blake2b(canonical, digest_size=7).digest(), "little")

    def of(self, ward: str) -> Limits:
        """The limits of a ward, those that are not the standard's."""
        return self._wards.get(ward, self._default)


def in_effect(ward: Limits, own: Limits) -> tuple[list[int], list[Source]]:
    """The limits of a patient in steps and whose they are, in the order of :data:`LIMITED`."""
    found, sources = [int(each) for each in _STANDARD_STEPS], [Source.STANDARD] * len(LIMITED)
    for source, limits in (Source.WARD, ward), (Source.PATIENT, own):
        for vital, bounds in limits.items():
            for bound, value in bounds.items():
                place = _PLACES[vital, bound]
                found[place], sources[place] = steps(VITALS[LIMITED[place].signal], value), source
    for vital in {vital for vital, _ in _PLACES}:
        low, high = _PLACES.get((vital, LOW)), _PLACES.get((vital, HIGH))
        if low is not None and high is not None and found[low] >= found[high]:
            yielding = low if sources[low] is Source.WARD else high
            found[yielding], sources[yielding] = int(_STANDARD_STEPS[yielding]), Source.STANDARD
    return found, sources


def _bounds(found: list[int]) -> dict[str, Bounds]:
    values = {
        bound_of(condition): round(float(each * VITALS[condition.signal].resolution), 6)
        for condition, each in zip(LIMITED, found, strict=True)
    }
    vitals = dict.fromkeys(vital for vital, _ in values)
    return {vital: (values.get((vital, LOW)), values.get((vital, HIGH))) for vital in vitals}


_STANDARD_BOUNDS: Mapping[str, Bounds] = MappingProxyType(_bounds([int(each) for each in _STANDARD_STEPS]))


def bounds_of(table: PatientTable, wards: WardLimits, row: int) -> Mapping[str, Bounds]:
    """The limits by vital that the patient's next reading will be held against.

    Of the roster and the wards, not of the columns, which may still be those of other wards' limits.
    """
    ward, own = wards.of(table.places[row][0]), table.notes.get(table.patients[row], {}).get("limits", {})
    return _bounds(in_effect(ward, own)[0]) if ward or own else _STANDARD_BOUNDS


def make(table: PatientTable, wards: WardLimits, row: int) -> None:
    """Make the limits in effect of what the roster and the wards say."""
    ward = table.places[row][0]
    own = table.notes.get(table.patients[row], {})
    found, sources = in_effect(wards.of(ward), own.get("limits", {}))
    table["limit_steps"][row], table["limit_source"][row] = found, sources
    table["news2_scale_2"][row] = own.get("news2_scale_2", False)
    table["limits_made_of"][row] = wards.fingerprint


def refresh(table: PatientTable, wards: WardLimits, rows: IntArray) -> None:
    """Make them anew where that is needed: the patient has begun anew, or the wards' limits have changed."""
    made_of = table["limits_made_of"][rows]
    outdated = made_of != wards.fingerprint
    if not outdated.any():
        return
    begun = rows[made_of == _UNSET].tolist()
    rows = rows[outdated]
    table["limit_steps"][rows], table["limit_source"][rows] = _STANDARD_STEPS, Source.STANDARD
    table["limits_made_of"][rows] = wards.fingerprint
    # Of most patients there is nothing but the standard.
    for row in rows.tolist():
        if table.patients[row] in table.notes or wards.of(table.places[row][0]):
            make(table, wards, row)
    for row in begun:
        note = table.notes.get(table.patients[row])
        if note is not None:
            enter_oxygen(table, row, on_oxygen=note.get("on_oxygen"), at_ms=note["at_ms"])


def enter_oxygen(table: PatientTable, row: int, *, on_oxygen: bool | None, at_ms: int) -> None:
    """Note what the roster says of oxygen."""
    table["entered_oxygen"][row] = _NOT_ENTERED if on_oxygen is None else _OXYGEN if on_oxygen else _AIR
    table["entered_oxygen_ms"][row] = at_ms


def supersede_oxygen(table: PatientTable, rows: IntArray, arrived_at_ms: IntArray) -> None:
    """Readings of these patients say whether they are on oxygen: what the roster said before is over."""
    later = rows[arrived_at_ms >= table["entered_oxygen_ms"][rows]]
    table["entered_oxygen"][later] = _NOT_ENTERED


def note_of(entry: RosterEntry, at_ms: int) -> dict[str, Any] | None:
    """What is kept of a line that came at ``at_ms``, beside ward and bed; ``None`` if nothing else."""
    note: dict[str, Any] = {}
    if entry.devices:
        note["devices"] = list(entry.devices)
    if entry.limits:
        note["limits"] = {vital: dict(bounds) for vital, bounds in entry.limits.items()}
    if entry.news2_scale_2:
        note["news2_scale_2"] = True
    if entry.on_oxygen is not None:
        note["on_oxygen"] = entry.on_oxygen
    return note | {"at_ms": at_ms} if note else None


def devices_of(table: PatientTable, patient: str) -> tuple[str, ...]:
    """The devices that the roster gives to a patient."""
    return tuple(table.notes.get(patient, {}).get("devices", ()))


def held_against(table: PatientTable, rows: IntArray) -> FloatArray:
    """(n, conditions): the limits that these patients' signals are held against, in steps."""
    found = np.empty((len(rows), conditions.COUNT))
    found[:] = conditions.LIMIT_STEPS
    found[:, _WHICH] = table["limit_steps"][rows]
    return found


def limit_of(table: PatientTable, row: int, which: int) -> tuple[float, Source]:
    """The limit of a condition that a patient is held against, in its unit, and whose it is."""
    condition, place = conditions.CONDITIONS[which], _PLACE_OF.get(which)
    if place is None:
        return condition.limit, Source.STANDARD
    source = Source(int(table["limit_source"][row, place]))
    if source is Source.STANDARD:
        return condition.limit, source
    value = float(table["limit_steps"][row, place]) * VITALS[condition.signal].resolution
    return round(value, 6), source
