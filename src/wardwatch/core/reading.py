"""Readings: one, and many as columns.

A *reading* is what one device measured at one instant. A *batch* holds readings as arrays, in the order of
their log; it is the unit of work, and a reading alone is a batch of one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from wardwatch.core.vitals import VITAL_COUNT, VITAL_NAMES

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
SmallIntArray = npt.NDArray[np.int8]
BoolArray = npt.NDArray[np.bool_]

Consciousness = Literal["A", "C", "V", "P", "U"]

# Alert, (new) Confusion, Voice, Pain, Unresponsive: NEWS2, Royal College of Physicians 2017.
CONSCIOUSNESS_LEVELS = "ACVPU"
UNKNOWN = -1

# What a reading says beside its vitals, as numbers; not-a-number where it says nothing.
CONTEXT_NAMES = ("steps", "signal_quality", "worn", "battery", "on_oxygen", "activity", "rr_interval_ms")
STEPS, SIGNAL_QUALITY, WORN, BATTERY, ON_OXYGEN, ACTIVITY, RR_INTERVAL = range(len(CONTEXT_NAMES))

# What has an order of its own: the vitals and what people enter, which stand until they are told anew, and
# beats.
PART_NAMES = (*VITAL_NAMES, "on_oxygen", "consciousness", "rr_interval_ms")
PART_INDEX: dict[str, int] = {name: index for index, name in enumerate(PART_NAMES)}
PART_COUNT = len(PART_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one device measured at one instant; ``None`` is "not measured".

    Units are those of :data:`wardwatch.core.vitals.VITALS`; ``steps`` since the device's previous reading,
    ``signal_quality`` 0 to 1, ``battery`` in %, ``activity`` the mean distance of the acceleration from 1 g,
    in g. With ``rr_interval_ms``, the time between the two latest beats, a reading is one beat.
    """

    patient: str
    device: str
    observed_at_ms: int
    seq: int | None = None
    heart_rate: float | None = None
    oxygen_saturation: float | None = None
    respiratory_rate: float | None = None
    body_temperature: float | None = None
    systolic_pressure: float | None = None
    diastolic_pressure: float | None = None
    mean_pressure: float | None = None
    skin_temperature: float | None = None
    steps: float | None = None
    signal_quality: float | None = None
    worn: bool | None = None
    battery: float | None = None
    on_oxygen: bool | None = None
    activity: float | None = None
    rr_interval_ms: float | None = None
    consciousness: Consciousness | None = None


_LEVEL_INDEX: dict[str | None, int] = {None: UNKNOWN} | {
    level: index for index, level in enumerate(CONSCIOUSNESS_LEVELS)
}


@dataclass(slots=True, kw_only=True)
class Batch:
    """``n`` readings as columns, in log order.

    ``arrived_at_ms`` is our clock (for Kafka the record's timestamp), ``positions`` the place in the log
    (for Kafka the offset). ``values`` is (n, vitals), ``context`` (n, context names); both hold
    not-a-number for what was not measured, and infinity for what was sent but is not a number.
    ``consciousness`` indexes :data:`CONSCIOUSNESS_LEVELS`.
    """

    patients: list[str]
    devices: list[str]
    observed_at_ms: IntArray
    arrived_at_ms: IntArray
    positions: IntArray
    values: FloatArray
    context: FloatArray
    consciousness: SmallIntArray

    def __len__(self) -> int:
        return len(self.patients)

    @classmethod
    def of(
        cls,
        readings: Sequence[Any],
        *,
        arrived_at_ms: Sequence[int] | None = None,
        positions: Sequence[int] | None = None,
    ) -> Batch:
        """Columns from objects that have the attributes of :class:`Reading`.

        Without ``arrived_at_ms`` each reading arrives at the instant at which it was observed, as in the
        replay of a recording; without ``positions`` they are numbered from 0.
        """
        if arrived_at_ms is None:
            arrived_at_ms = [reading.observed_at_ms for reading in readings]
        if positions is None:
            positions = range(len(readings))
        batch = cls.of_decoded(readings, arrived_at_ms=arrived_at_ms, positions=positions)
        not_numbers = np.isnan(batch.values).sum() + np.isnan(batch.context).sum()
        if not_numbers != _numbers(readings).count(None):
            _mark_not_a_number(batch, readings)
        return batch

    @classmethod
    def of_decoded(
        cls, readings: Sequence[Any], *, arrived_at_ms: Sequence[int], positions: Sequence[int]
    ) -> Batch:
        """The same, quicker, from readings in which "not a number" too is "not measured".

        That is so for what was decoded from JSON, which has no word for "not a number".
        """
        count = len(readings)
        numbers = _as_floats(_numbers(readings)).reshape(count, VITAL_COUNT + len(CONTEXT_NAMES))
        levels = [_LEVEL_INDEX[reading.consciousness] for reading in readings]
        return cls(
            patients=[reading.patient for reading in readings],
            devices=[reading.device for reading in readings],
            observed_at_ms=np.fromiter([reading.observed_at_ms for reading in readings], np.int64, count),
            arrived_at_ms=np.fromiter(arrived_at_ms, np.int64, count),
            positions=np.fromiter(positions, np.int64, count),
            values=numbers[:, :VITAL_COUNT].copy(),
            context=numbers[:, VITAL_COUNT:].copy(),
            consciousness=np.fromiter(levels, np.int8, count),
        )


def _numbers(readings: Iterable[Any]) -> list[float | None]:
    """Each reading's vitals and context, one after the other.

    Spelled out, because that takes half the time of fetching the attributes by their names.
    """
    numbers: list[float | None] = []
    for reading in readings:
        numbers += (
            reading.heart_rate,
            reading.oxygen_saturation,
            reading.respiratory_rate,
            reading.body_temperature,
            reading.systolic_pressure,
            reading.diastolic_pressure,
            reading.mean_pressure,
            reading.skin_temperature,
            reading.steps,
            reading.signal_quality,
            reading.worn,
            reading.battery,
            reading.on_oxygen,
            reading.activity,
            reading.rr_interval_ms,
        )
    return numbers


def _as_floats(numbers: list[float | None]) -> FloatArray:
    """As an array, in which ``None`` is not-a-number; where there is none, packing takes half the time."""
    try:
        return np.frombuffer(struct.pack(f"{len(numbers)}d", *numbers))
    except struct.error:
        return np.array(numbers, dtype=np.float64)


def _mark_not_a_number(batch: Batch, readings: Sequence[Any]) -> None:
    """Make an explicit "not a number" infinite: it is no number either, and no "not measured"."""
    for numbers, names in (batch.values, VITAL_NAMES), (batch.context, CONTEXT_NAMES):
        for row, column in np.argwhere(np.isnan(numbers)).tolist():
            if getattr(readings[row], names[column]) is not None:
                numbers[row, column] = np.inf


def _told(values: FloatArray, context: FloatArray, consciousness: SmallIntArray) -> BoolArray:
    told = np.empty((len(values), PART_COUNT), dtype=np.bool_)
    told[:, :VITAL_COUNT] = ~np.isnan(values)
    told[:, PART_INDEX["on_oxygen"]] = ~np.isnan(context[:, ON_OXYGEN])
    told[:, PART_INDEX["consciousness"]] = consciousness != UNKNOWN
    told[:, PART_INDEX["rr_interval_ms"]] = ~np.isnan(context[:, RR_INTERVAL])
    return told


@dataclass(slots=True, kw_only=True)
class Round:
    """At most one reading of each patient, as columns: the piece that array operations can work on.

    ``rows`` are the patients' rows in the table, ``index`` the readings' places in their batch; ``told``,
    (n, parts), is which of :data:`PART_NAMES` each reading says anything of.
    """

    rows: IntArray
    index: IntArray
    positions: IntArray
    observed_at_ms: IntArray
    arrived_at_ms: IntArray
    values: FloatArray
    context: FloatArray
    consciousness: SmallIntArray
    told: BoolArray

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, batch: Batch, rows: IntArray, index: IntArray) -> Round:
        """The readings of ``batch`` at ``index``; ``rows`` are those of their patients."""
        values, context, consciousness = batch.values[index], batch.context[index], batch.consciousness[index]
        return cls(
            rows=rows,
            index=index,
            positions=batch.positions[index],
            observed_at_ms=batch.observed_at_ms[index],
            arrived_at_ms=batch.arrived_at_ms[index],
            values=values,
            context=context,
            consciousness=consciousness,
            told=_told(values, context, consciousness),
        )

    def where(self, kept: BoolArray) -> Round:
        """The readings at which ``kept`` is true."""
        return Round(**{name: getattr(self, name)[kept] for name in self.__slots__})
