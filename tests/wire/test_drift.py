"""A drift on the wire."""

from __future__ import annotations

import msgspec
import pytest

from wardwatch.core.calibration_watch import Drift
from wardwatch.wire.drift import DriftV1, drift_fields, drift_of

DRIFT = Drift(direction="more", since_ms=1_795_288_033_250, mean_p=0.4, was=0.5)


@pytest.mark.parametrize("drift", [DRIFT, None])
def test_a_drift_comes_back_as_it_was(drift: Drift | None) -> None:
    record = msgspec.convert(drift_fields(drift), DriftV1 | None)
    assert drift_of(record) == drift


@pytest.mark.parametrize(("field", "value"), [("direction", "sideways"), ("mean_p", 1.5), ("since_ms", -1)])
def test_what_can_not_be_is_refused(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert((drift_fields(DRIFT) or {}) | {field: value}, DriftV1)
