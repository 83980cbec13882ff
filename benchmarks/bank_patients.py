"""Patients for `benchmarks.bank`: any number of them, each known for days, and their readings.

A block of them is watched for two days and a half; the table is filled with copies of it under other names,
as if restored from a checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import numpy as np

from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import CONTEXT_NAMES, SIGNAL_QUALITY, STEPS, UNKNOWN, WORN, Batch, IntArray
from wardwatch.core.table import BLOCK_ROWS
from wardwatch.core.vitals import VITAL_COUNT

# Noon, so that two nights lie in the days before.
_START_MS = 1_795_262_400_000
_LEARNING_ROUNDS = 900
_LEARNING_STEP_MS = 4 * 60_000
MINUTE_MS = 60_000
BEGINS_MS = _START_MS + _LEARNING_ROUNDS * _LEARNING_STEP_MS
_SIX = 6
_LEVELS = np.array([75.0, 97.0, 16.0, 36.8, 122.0, 78.0])
_LEVEL_SPREADS = np.array([8.0, 0.8, 2.0, 0.2, 9.0, 6.0])
_SPREADS = np.array([4.0, 0.7, 1.5, 0.15, 5.0, 4.0])


class Blocks(Mapping[int, bytes]):
    """The checkpoint of ``patients`` who have been watched for days: blocks by number, made on demand."""

    def __init__(self, patients: int, rules: Rules) -> None:
        self._patients = patients
        self._trained = _trained(rules)

    def __len__(self) -> int:
        return (self._patients + BLOCK_ROWS - 1) // BLOCK_ROWS

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __getitem__(self, number: int) -> bytes:
        """As :mod:`wardwatch.core.blocks` describes it; places in the last one may have no patient."""
        length = int.from_bytes(self._trained[:4], "little")
        header = json.loads(self._trained[4 : 4 + length])
        first = number * BLOCK_ROWS
        named = [name_of(i) if i < self._patients else "" for i in range(first, first + BLOCK_ROWS)]
        header["patients"] = [[name, "4B", ""] for name in named]
        head = json.dumps(header, separators=(",", ":")).encode()
        return len(head).to_bytes(4, "little") + head + self._trained[4 + length :]


class Readings:
    """Readings of all patients, each once in ``every_ms``, in an order without any relation to their rows."""

    def __init__(self, patients: int, every_ms: int = MINUTE_MS) -> None:
        self._rng = np.random.default_rng(7)
        self._order = self._rng.permutation(patients)
        self._every_ms = every_ms
        self._given = 0

    def next(self, readings: int) -> tuple[Batch, IntArray]:
        """The next so many, and the numbers of their patients."""
        places = np.arange(self._given, self._given + readings)
        self._given += readings
        patients = self._order[places % len(self._order)]
        at_ms = BEGINS_MS + self._every_ms + places * self._every_ms // len(self._order)
        return _batch(self._rng, patients, at_ms), patients


def name_of(number: int) -> str:
    """Of the patient who has this row."""
    return f"p-{number}"


def _trained(rules: Rules) -> bytes:
    rng = np.random.default_rng(8)
    monitor = Monitor(rules)
    patients = np.arange(BLOCK_ROWS)
    for number in range(_LEARNING_ROUNDS):
        at_ms = np.full(BLOCK_ROWS, _START_MS + number * _LEARNING_STEP_MS)
        monitor.receive(_batch(rng, patients, at_ms))
    [(_, block)] = monitor.snapshot(only_changed=False)
    return block


def _batch(rng: np.random.Generator, patients: IntArray, at_ms: IntArray) -> Batch:
    """Six vitals each, worn and at rest, around a usual that is the patient's own."""
    count = len(patients)
    # Any fixed numbers between -1 and 1 will do for how patients differ.
    own = np.sin((patients % BLOCK_ROWS)[:, None] * (1.0 + np.arange(_SIX)))
    values = np.full((count, VITAL_COUNT), np.nan)
    noise = np.clip(rng.standard_normal((count, _SIX)), -3.0, 3.0)
    values[:, :_SIX] = _LEVELS + own * _LEVEL_SPREADS + noise * _SPREADS
    values[:, 1] = np.minimum(values[:, 1], 100.0)
    context = np.full((count, len(CONTEXT_NAMES)), np.nan)
    context[:, [STEPS, SIGNAL_QUALITY, WORN]] = 0.0, 0.95, 1.0
    return Batch(
        patients=[name_of(number) for number in patients.tolist()],
        devices=["d"] * count,
        observed_at_ms=at_ms,
        arrived_at_ms=at_ms,
        positions=np.arange(count),
        values=values,
        context=context,
        consciousness=np.full(count, UNKNOWN, dtype=np.int8),
    )
