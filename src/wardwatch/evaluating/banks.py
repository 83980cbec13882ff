"""A bank with a limit of its own for each patient: so many limits cost one replay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wardwatch.core.bank import Bank
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.reading import FloatArray, IntArray
from wardwatch.core.table import PatientTable


class BankOfLimits(Bank):
    """Has a limit of its own for each patient: ``limit_bits`` by name."""

    def __init__(self, model: Model, local_time: LocalTime, limit_bits: Mapping[str, float]) -> None:
        super().__init__(model, local_time, false_alarms_a_patient_day=1.0)
        self._limit_bits = limit_bits

    def limits_of(self, table: PatientTable, rows: IntArray) -> FloatArray:
        """Each patient's own."""
        return np.array([self._limit_bits[table.patients[row]] for row in rows.tolist()])
