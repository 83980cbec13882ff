"""A bank with limits of its own for each patient: so many limits cost one replay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wardwatch.core.bank import Bank
from wardwatch.core.deterioration import Deterioration
from wardwatch.core.evidence import Population
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.reading import FloatArray, IntArray
from wardwatch.core.table import PatientTable


class BankOfLimits(Bank):
    """Has a limit of its own for each patient: ``limit_bits`` by name.

    ``limit_scores`` are those of deterioration, of which nothing is said without them.
    """

    def __init__(
        self,
        model: Model,
        local_time: LocalTime,
        limit_bits: Mapping[str, float],
        limit_scores: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(model, local_time, false_alarms_a_patient_day=1.0)
        self._limit_bits = limit_bits
        self.deterioration = Deterioration(None, 1.0)
        if limit_scores is not None:
            self.deterioration = _DeteriorationOfLimits(model.deterioration, limit_scores)

    def limits_of(self, table: PatientTable, rows: IntArray) -> FloatArray:
        """Each patient's own."""
        return _own(self._limit_bits, table, rows)


class _DeteriorationOfLimits(Deterioration):
    """The same of scores."""

    def __init__(self, population: Population | None, limits: Mapping[str, float]) -> None:
        super().__init__(population, 1.0)
        self._limits = limits

    def limits_of(self, table: PatientTable, rows: IntArray) -> FloatArray:
        """Each patient's own."""
        return _own(self._limits, table, rows)


def _own(limits: Mapping[str, float], table: PatientTable, rows: IntArray) -> FloatArray:
    return np.array([limits[table.patients[row]] for row in rows.tolist()])
