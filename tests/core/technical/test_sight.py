"""When each device was last seen, and what it said of itself then."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.devices import PATIENTS, Watched, merged, sent, troubled_log
from tests.support.logs import START_MS
from wardwatch.core.blocks import decode, encode
from wardwatch.core.events import DeviceStatus
from wardwatch.core.technical import sight
from wardwatch.core.technical.names import SLOTS


def devices_of(watched: Watched, patient: str = "p-1") -> tuple[DeviceStatus, ...]:
    row = watched.table.row(patient)
    assert row is not None
    return sight.devices_of(watched.table, watched.devices.names, row)


def test_each_device_has_the_latest_that_it_has_said() -> None:
    watched = Watched()
    watched.receive(
        [
            sent(0, battery=81.4, signal_quality=0.934, worn=True, heart_rate=70.0),
            sent(5, device="cuff", systolic_pressure=120.0),
            sent(9, battery=80.0, heart_rate=71.0),
        ]
    )
    assert devices_of(watched) == (
        DeviceStatus(device="e4-03", seen_ms=START_MS + 9_000, battery=80, signal_quality=0.93, worn=True),
        DeviceStatus(device="cuff", seen_ms=START_MS + 5_000),
    )


def test_a_device_that_only_tells_its_battery_is_seen_too() -> None:
    watched = Watched()
    watched.receive([sent(0, battery=3.0), sent(60, steps=12.0)])
    assert devices_of(watched) == (DeviceStatus(device="e4-03", seen_ms=START_MS + 60_000, battery=3),)


def test_what_the_gate_refuses_is_not_taken_for_said() -> None:
    watched = Watched()
    watched.receive([sent(0, heart_rate=70.0, battery=50.0), sent(1, heart_rate=70.0, battery=400.0)])
    assert devices_of(watched)[0].battery == 50


def test_who_takes_anothers_slot_has_said_nothing_yet() -> None:
    watched = Watched()
    said: dict[str, Any] = {"heart_rate": 70.0, "battery": 7.0, "signal_quality": 0.6, "worn": False}
    watched.receive([sent(at, device=f"old-{at}", **said) for at in range(SLOTS)])
    watched.receive([sent(10_000, device="new", heart_rate=70.0)])
    assert devices_of(watched)[0] == DeviceStatus(device="new", seen_ms=START_MS + 10_000_000)
    assert devices_of(watched)[1].battery == 7


def test_a_device_that_is_released_is_no_longer_told_of() -> None:
    watched = Watched()
    watched.receive(merged([sent(0, heart_rate=70.0)], [sent(1, device="cuff", systolic_pressure=120.0)]))
    watched.watch.release(0, "e4-03", START_MS + 2_000)
    assert [each.device for each in devices_of(watched)] == ["cuff"]


def test_a_checkpoint_from_before_this_was_kept_tells_of_devices_once_they_are_seen() -> None:
    watched = Watched()
    watched.receive([sent(0, heart_rate=70.0, battery=50.0)])
    [(number, state)] = watched.table.snapshot(only_touched=False)
    block = decode(state)
    names = {column.name for column in sight.COLUMNS}
    columns = {name: numbers for name, numbers in block.columns.items() if name not in names}
    former = type(block)(
        patients=block.patients, away=block.away, attached=block.attached, columns=columns, rows=block.rows
    )
    again = Watched()
    again.table.load({number: encode(former)})
    assert devices_of(again) == ()
    again.receive([sent(60, heart_rate=70.0)])
    assert devices_of(again) == (DeviceStatus(device="e4-03", seen_ms=START_MS + 60_000),)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from((1, 7, 4096)))
def test_any_log_gives_the_latest_of_each_device_and_so_does_a_restart(seed: int, size: int) -> None:
    log, watched = troubled_log(seed), Watched()
    watched.receive(log, size)
    latest_ms: dict[tuple[str, str], int] = {}
    for each in log:
        key = (each.reading.patient, each.reading.device)
        latest_ms[key] = max(latest_ms.get(key, 0), each.arrived_at_ms)
    again = watched.restarted()
    for patient in PATIENTS:
        found = devices_of(watched, patient)
        assert found == devices_of(again, patient)
        for device in found:
            assert device.seen_ms <= latest_ms[patient, device.device]
            assert device.battery in (None, 80, 15, 4)
            assert device.signal_quality in (None, 0.9, 0.3, 0.55)
