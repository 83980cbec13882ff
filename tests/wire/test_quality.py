"""Records of live quality on the wire."""

from __future__ import annotations

import msgspec
import pytest

from wardwatch.core.alarming.commands import Label
from wardwatch.core.calibration_watch import Drift
from wardwatch.core.quality import RuleQuality
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.quality import Quality, decode_quality, encode_quality

LABELS = {Label.ACTIONABLE: 3, Label.NOT_ACTIONABLE: 6, Label.ARTEFACT: 1}
QUALITY = Quality(
    partition=3,
    worker="host-1:4711",
    since_ms=1_795_200_000_000,
    at_ms=1_795_288_033_250,
    rules={"heart_rate.high": RuleQuality(12, [1, 0, 2, 0, 0, 4, 0, 0, 1], LABELS)},
    p_values=812,
    mean_p=0.4,
    drift=Drift(direction="more", since_ms=1_795_200_000_000, mean_p=0.4, was=0.5),
)


@pytest.mark.parametrize(
    "quality", [QUALITY, msgspec.structs.replace(QUALITY, rules={}, p_values=0, mean_p=None, drift=None)]
)
def test_a_record_comes_back_as_it_was(quality: Quality) -> None:
    assert decode_quality(encode_quality(quality)) == quality


def test_a_record_says_what_share_was_actionable_and_how_sure_that_is() -> None:
    rule = msgspec.json.decode(encode_quality(QUALITY))["rules"]["heart_rate.high"]
    assert rule == {
        "alarms": 12,
        "acknowledged": 8,
        "acknowledged_within_s": {
            "15": 1, "30": 0, "60": 2, "120": 0, "300": 0, "600": 4, "1800": 0, "3600": 0, "later": 1,
        },
        "labels": {"actionable": 3, "not_actionable": 6, "artefact": 1},
        "ppv": 0.3,
        "ppv_interval": [0.1078, 0.6032],
    }  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [("partition", -1), ("worker", "two words"), ("rules", [])])
def test_what_can_not_be_is_refused(field: str, value: object) -> None:
    fields = msgspec.json.decode(encode_quality(QUALITY)) | {field: value}
    with pytest.raises(Unreadable):
        decode_quality(msgspec.json.encode(fields))
