"""Readings of a device that are refused are told once they are many, and not now and then."""

from __future__ import annotations

import pytest

from tests.support.devices import every, sent, told, watched_changes
from tests.support.wards import Sent


def test_many_refusals_are_told_and_end_when_they_have_become_few() -> None:
    bad = every(10, 600, heart_rate=0.0, oxygen_saturation=97.0)
    good = every(10, 3600, since_s=600, oxygen_saturation=97.0)
    changes = watched_changes(bad + good)
    assert told(changes) == [
        (120, "device.refused", "start", "low"),
        (1200, "device.refused", "end", "low"),
    ]
    assert changes[0].text == "Readings of e4-03 refused: 13 of 13"
    assert changes[0].why["reasons"] == {"out_of_range": 13}


@pytest.mark.parametrize(
    "log",
    [
        every(10, 90, heart_rate=0.0),
        [
            each
            for turn in range(300)
            for each in every(1, turn + 1, since_s=turn, heart_rate=70.0 * (turn % 3 > 0))
        ],
        [sent(100 + at_s / 100, late_s=4000, heart_rate=70.0) for at_s in range(1000)],
        [each for each in every(1, 600) for _ in range(3)],
    ],
    ids=["few", "less than half", "all at once", "repeats"],
)
def test_what_is_refused_now_and_then_is_not_told(log: list[Sent]) -> None:
    assert [change for change in watched_changes(log) if change.condition == "device.refused"] == []
