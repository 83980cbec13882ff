"""The log's clock."""

from __future__ import annotations

import time

import pytest

from wardwatch.adapters.log_clock import LogClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> tuple[LogClock, dict[str, float]]:
    """A log clock, and the clocks of the machine in s, to be turned by hand."""
    machine = {"monotonic": 100.0, "wall": 2_000_000.0}
    monkeypatch.setattr(time, "monotonic", lambda: machine["monotonic"])
    monkeypatch.setattr(time, "time", lambda: machine["wall"])
    return LogClock(), machine


def test_it_is_unknown_before_the_first_record(clock: tuple[LogClock, dict[str, float]]) -> None:
    assert clock[0].now_ms() is None
    assert clock[0].saved() == (None, None)


def test_it_is_the_last_timestamp_and_the_time_since(clock: tuple[LogClock, dict[str, float]]) -> None:
    log_clock, machine = clock
    log_clock.hear(5_000)
    machine["monotonic"] += 2.5
    assert log_clock.now_ms() == 7_500


def test_setting_the_wall_clock_does_not_move_it(clock: tuple[LogClock, dict[str, float]]) -> None:
    log_clock, machine = clock
    log_clock.hear(5_000)
    machine["wall"] += 3_600
    assert log_clock.now_ms() == 5_000


def test_it_goes_on_on_another_machine_by_the_wall_clock(clock: tuple[LogClock, dict[str, float]]) -> None:
    log_clock, machine = clock
    log_clock.hear(5_000)
    machine["monotonic"], machine["wall"] = 7.0, machine["wall"] + 60
    resumed = LogClock()
    resumed.resume(*log_clock.saved())
    assert resumed.now_ms() == 65_000
    assert resumed.saved() == log_clock.saved()


def test_a_wall_clock_that_went_back_does_not_turn_it_back(
    clock: tuple[LogClock, dict[str, float]],
) -> None:
    log_clock, machine = clock
    log_clock.hear(5_000)
    machine["wall"] -= 60
    resumed = LogClock()
    resumed.resume(*log_clock.saved())
    assert resumed.now_ms() == 5_000
