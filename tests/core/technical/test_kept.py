"""What is kept of devices comes back as it was, and nothing else can be read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.devices import PATIENTS, Watched, every, troubled_log
from tests.support.logs import START_MS
from wardwatch.core.blocks import SnapshotError
from wardwatch.core.technical.kept import read, written


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_what_was_written_is_read_again(seed: int) -> None:
    watched = Watched()
    watched.receive(troubled_log(seed))
    for patient in filter(watched.devices.__contains__, PATIENTS):
        state = watched.devices.state_of(patient)
        names, devices = read(state)
        assert names == watched.devices.names.of(patient)
        assert written(names, devices) == state


def test_a_device_at_which_nothing_happens_is_a_name() -> None:
    assert written(["e4-03", ""], {}) == b'[1,["e4-03",""]]'


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"[",
        b"3",
        b"null",
        b"[]",
        b"{}",
        b"[1]",
        b'[1,"e4"]',
        b"[1,[7]]",
        b'[1,["a","b","c","d","e"]]',
        b'[1,["e4"],3]',
        b'[1,["e4"],[0]]',
        b'[1,["e4"],[[0,{}]]]',
        b'[1,["e4"],[],[]]',
    ],
)
def test_what_is_no_state_is_refused(state: bytes) -> None:
    with pytest.raises(SnapshotError, match="can't be read"):
        read(state)


def in_trouble() -> list[Any]:
    """What is kept of a device that was taken off, has a low battery, and is silent."""
    watched = Watched()
    watched.receive(every(1, 100, worn=False, battery=3.0))
    watched.tick(START_MS + 1_000_000)
    state: list[Any] = json.loads(watched.devices.state_of("p-1"))
    return state


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        ("name", 7),
        ("now_ms", "e4"),
        *(
            (part, damaged)
            for part in ("episodes", "silence", "refusals", "tallies")
            for damaged in (7, "e4", [3], {"a": 1})
        ),
    ],
)
def test_a_device_of_another_shape_is_refused(name: str, damaged: object) -> None:
    version, names, [[slot, device]] = in_trouble()
    device[name] = damaged
    with pytest.raises(SnapshotError, match="can't be read"):
        read(json.dumps([version, names, [[slot, device]]]).encode())


def test_a_device_beyond_the_last_slot_is_refused() -> None:
    version, names, [[_, device]] = in_trouble()
    with pytest.raises(SnapshotError, match="can't be read"):
        read(json.dumps([version, names, [[4, device]]]).encode())


def test_what_was_written_before_anything_was_counted_is_read() -> None:
    version, names, [[slot, device]] = in_trouble()
    del device["tallies"]
    _, devices = read(json.dumps([version, names, [[slot, device]]]).encode())
    assert devices[0].tallies == {}
    assert devices[0].has_alarm


@pytest.mark.parametrize("state", [b'[99,["e4-03"]]', b'[["e4-03",""]]'])
def test_another_version_is_refused_by_name(state: bytes) -> None:
    with pytest.raises(SnapshotError, match=r"has version .*, not 1"):
        read(state)
