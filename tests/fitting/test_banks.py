from tests.support.models import model_with_limit
from tests.support.rhythmic_wearers import wearer
from wardwatch.core.bank import Bank, Judged
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.local_time import LocalTime
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Round
from wardwatch.core.table import PatientTable
from wardwatch.evaluating.tracks import batch_of
from wardwatch.fitting.banks import ShowingBank

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


def test_a_bank_that_shows_judges_as_the_bank_does() -> None:
    shown: list[Judged] = []
    patients: set[str] = set()

    def show(table: PatientTable, taken: Round, judged: Judged) -> None:
        shown.append(judged)
        patients.add(table.patients[int(taken.rows[0])])

    bank = ShowingBank(model_with_limit(4.0), UTC, show)
    showing, plain = (monitor_after(which, 4.0, ("a",)) for which in (bank, None))
    assert showing.state_of("a") == plain.state_of("a")
    assert learned_steps(showing) == learned_steps(plain) != {}
    assert len(shown) == len(RESTLESS)
    assert patients == {"a"}
    assert shown[0].judged.shape == (JUDGED, 1)
    # Nobody is judged on the first day.
    assert not any(judged.judged.any() for judged in shown[:288])
    assert any(judged.judged.any() for judged in shown)
