"""Pulses on the wire."""

from __future__ import annotations

import msgspec
import pytest

from wardwatch.core.calibration_watch import Drift
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.pulse import Pulse, decode_pulse, encode_pulse

PULSE = Pulse(
    partition=3,
    worker="host-1:4711",
    at_ms=1_795_288_033_250,
    position={"vitals.readings": 41, "vitals.roster": 2},
    end={"vitals.readings": 44, "vitals.roster": 2},
    behind_ms=1200,
    heard_ms=1_795_288_032_000,
    drift=Drift(direction="fewer", since_ms=1_795_200_000_000, mean_p=0.62, was=0.5),
)


@pytest.mark.parametrize(
    "pulse",
    [PULSE, msgspec.structs.replace(PULSE, behind_ms=None, heard_ms=None, drift=None)],
    ids=["full", "new"],
)
def test_a_pulse_comes_back_as_it_was(pulse: Pulse) -> None:
    assert decode_pulse(encode_pulse(pulse)) == pulse


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("partition", -1),
        ("worker", "two words"),
        ("at_ms", -1),
        ("position", {"vitals.readings": -1}),
        ("behind_ms", -1),
        ("drift", {"direction": "up", "since_ms": 0, "mean_p": 0.5, "was": 0.4}),
    ],
)
def test_what_can_not_be_is_refused(field: str, value: object) -> None:
    fields = msgspec.json.decode(encode_pulse(PULSE)) | {field: value}
    with pytest.raises(Unreadable) as caught:
        decode_pulse(msgspec.json.encode(fields))
    assert caught.value.fault is Fault.WRONG_VALUE


def test_a_pulse_without_its_partition_is_refused() -> None:
    fields = msgspec.json.decode(encode_pulse(PULSE))
    del fields["partition"]
    with pytest.raises(Unreadable, match="partition"):
        decode_pulse(msgspec.json.encode(fields))
