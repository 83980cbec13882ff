"""The truth is JSON, one record a line."""

from __future__ import annotations

import json

from wardwatch_simulators import Deterioration, encode_truth


def test_a_record_says_who_what_and_when() -> None:
    record = Deterioration(
        patient="sim-0001", course="sepsis", onset_ms=1000, full_ms=2000, description="fever and more"
    )
    encoded = encode_truth(record)
    assert b"\n" not in encoded
    assert json.loads(encoded) == {
        "v": 1, "event": "deterioration", "patient": "sim-0001", "course": "sepsis",
        "onset_ms": 1000, "full_ms": 2000, "description": "fever and more",
    }  # fmt: skip
