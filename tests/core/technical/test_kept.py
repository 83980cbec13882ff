"""What is kept of devices comes back as it was, and nothing else can be read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.devices import PATIENTS, Watched, troubled_log
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
    assert written(["e4-03", ""], {}) == b'[["e4-03",""]]'


@pytest.mark.parametrize("state", [b"", b"{}", b"[", b"[[],[[0,{}]]]", b"3", b"[[],3]"])
def test_what_is_no_state_is_refused(state: bytes) -> None:
    with pytest.raises(SnapshotError):
        read(state)
