"""A monitor that fails on a reading goes on without it, as if it had never come."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_monitor import POISONOUS_HEART_RATE, FakeMonitor
from wardwatch.adapters.isolation import MAXIMUM_ISOLATED_RECORDS, IsolatedMonitor, MonitorFailedError
from wardwatch.core.reading import Batch, Reading

HEART_RATES = st.sampled_from([70, 71, POISONOUS_HEART_RATE])
PATIENTS = st.sampled_from(["p-1", "p-2", "p-3"])


def batch(readings: list[tuple[int, str, int]]) -> Batch:
    return Batch.of(
        [
            Reading(patient=patient, device="d", observed_at_ms=1 + position, heart_rate=heart_rate)
            for position, patient, heart_rate in readings
        ],
        positions=[position for position, _, _ in readings],
    )


def state(monitor: IsolatedMonitor) -> object:
    assert isinstance(monitor.current, FakeMonitor)
    return monitor.current.state()


@given(
    batches=st.lists(
        st.tuples(st.lists(st.tuples(PATIENTS, HEART_RATES), min_size=1, max_size=15), st.booleans()),
        max_size=4,
    )
)
def test_poison_changes_nothing_else(batches: list[tuple[list[tuple[str, int]], bool]]) -> None:
    poisoned = IsolatedMonitor(FakeMonitor.restore, {})
    undisturbed = IsolatedMonitor(FakeMonitor.restore, {})
    position = 0
    for told, saves in batches:
        readings = [(position + index, *reading) for index, reading in enumerate(told)]
        position += len(told)
        good = [reading for reading in readings if reading[2] != POISONOUS_HEART_RATE]
        taken = poisoned.receive(batch(readings))
        assert taken.events == undisturbed.receive(batch(good)).events
        failed = [(patient, at) for at, patient, heart_rate in readings if heart_rate == POISONOUS_HEART_RATE]
        assert taken.failed == failed
        if saves:
            assert poisoned.save(whole=True) == undisturbed.save(whole=True)
    assert state(poisoned) == state(undisturbed)


def test_a_monitor_that_fails_on_many_readings_is_a_failure() -> None:
    poison = [(position, "p-1", POISONOUS_HEART_RATE) for position in range(MAXIMUM_ISOLATED_RECORDS + 1)]
    with pytest.raises(MonitorFailedError):
        IsolatedMonitor(FakeMonitor.restore, {}).receive(batch(poison))


def test_the_log_names_the_place_and_not_the_patient(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    IsolatedMonitor(FakeMonitor.restore, {}).receive(batch([(0, "p-secret", POISONOUS_HEART_RATE)]))
    assert "PoisonError at fake_monitor.py" in caplog.text
    assert "p-secret" not in caplog.text


def test_only_what_changed_is_saved() -> None:
    monitor = IsolatedMonitor(FakeMonitor.restore, {})
    monitor.receive(batch([(position, f"p-{position}", 70) for position in range(4)]))
    assert set(monitor.save(whole=False)) == {0, 1}
    monitor.receive(batch([(4, "p-3", 70)]))
    assert set(monitor.save(whole=False)) == {1}
