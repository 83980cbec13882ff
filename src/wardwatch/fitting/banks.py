"""A bank that lets a fit look into it."""

from __future__ import annotations

from collections.abc import Callable

from wardwatch.core.bank import Bank, Guard, Judged
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.reading import Round
from wardwatch.core.table import PatientTable

Show = Callable[[PatientTable, Round, Judged], None]


class ShowingBank(Bank):
    """Hands everything it judges to ``show``: what is looked at is the very bank, and no likeness of it."""

    def __init__(self, model: Model, local_time: LocalTime, show: Show) -> None:
        super().__init__(model, local_time, false_alarms_a_patient_day=1.0)
        self._show = show

    def judge(self, table: PatientTable, taken: Round, guard: Guard) -> Judged:
        """As the bank does."""
        judged = super().judge(table, taken, guard)
        self._show(table, taken, judged)
        return judged
