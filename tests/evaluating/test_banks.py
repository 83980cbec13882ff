import numpy as np
import pytest

from tests.support.models import model_with_limit
from tests.support.rhythmic_wearers import wearer
from wardwatch.core.bank import Bank
from wardwatch.core.local_time import LocalTime
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.table import PatientTable
from wardwatch.evaluating.banks import BankOfLimits
from wardwatch.evaluating.tracks import batch_of

UTC = LocalTime.utc()
RESTLESS = wearer(1, days=3.0, memory_s=3600.0)


def monitor_after(bank: Bank | None, limit_bits: float, names: tuple[str, ...]) -> Monitor:
    """That has seen the same wearer under all these names."""
    rules = Rules(model=model_with_limit(limit_bits), false_alarms_a_patient_day=1.0)
    monitor = Monitor(rules, bank=bank)
    monitor.receive(batch_of([(name, RESTLESS) for name in names]))
    return monitor


def learned_steps(monitor: Monitor) -> dict[str, list[tuple[str, int]]]:
    told: dict[str, list[tuple[str, int]]] = {}
    for event in monitor.drain().events:
        if event.condition == "vitals.unusual":
            told.setdefault(event.patient, []).append((event.phase.value, event.observed_at_ms))
    return told


@pytest.mark.parametrize("limits", [(4.0, 5.0), (5.0, 4.0)])
def test_each_patient_alarms_as_in_a_bank_with_this_limit(limits: tuple[float, float]) -> None:
    """The limit changes what a patient alarms about, and so what is learned; the other's does not."""
    bank = BankOfLimits(model_with_limit(9.0), UTC, {"a": limits[0], "b": limits[1]})
    together = learned_steps(monitor_after(bank, 9.0, ("a", "b")))
    a, b = (learned_steps(monitor_after(None, bits, ("x",)))["x"] for bits in limits)
    assert together == {"a": a, "b": b}
    assert a != b


def test_a_bank_has_one_limit_for_all() -> None:
    bank = Bank(model_with_limit(7.0), UTC, false_alarms_a_patient_day=1.0)
    assert bank.limits_of(PatientTable(bank.columns), np.array([3, 1])).tolist() == [7.0, 7.0]
