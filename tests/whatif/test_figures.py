from __future__ import annotations

from typing import Any

from tests.support.told_alarms import MINUTE_MS, alarm
from wardwatch.core.events import Priority
from wardwatch.whatif.comparison import Watched
from wardwatch.whatif.figures import difference_fields, differences, rows
from wardwatch.whatif.matching import Pair, matched

DAY_MS = 1440 * MINUTE_MS
TODAY = [
    alarm(0, 10),  # the same
    alarm(100, 110),  # rises higher
    alarm(200, 210),  # later by 2 min
    alarm(300, 310),  # later by 4 min
    alarm(400, 410),  # missed
    alarm(0, 10, ward="5A", patient="p-2", condition="news2.high"),  # earlier by 1 min
]
NEW = [
    alarm(0, 10),
    alarm(100, 110, priority=Priority.HIGH),
    alarm(202, 210),
    alarm(304, 310),
    alarm(500, 510),  # extra
    alarm(-1, 10, ward="5A", patient="p-2", condition="news2.high"),
]


def watched(**days: float) -> Watched:
    found = Watched()
    found.ms_in_ward.update({ward: round(of * DAY_MS) for ward, of in days.items()})
    return found


def by_name(pairs: list[Pair]) -> dict[tuple[str | None, str | None], dict[str, Any]]:
    return {(row["ward"], row["condition"]): row for row in rows(pairs, watched(**{"4B": 2.0, "6C": 1.0}))}


def test_there_is_a_row_for_all_and_for_each_ward_and_condition() -> None:
    found = by_name(matched(TODAY, NEW))
    assert [*found] == [
        (None, None),
        (None, "heart_rate.high"),
        (None, "news2.high"),
        ("4B", None),
        ("4B", "heart_rate.high"),
        ("5A", None),
        ("5A", "news2.high"),
        ("6C", None),
    ]
    everything = found[None, None]
    assert everything["patient_days"] == 3.0
    assert everything["today"] == {"alarms": 6, "per_patient_day": 2.0}
    assert everything["new"] == {"alarms": 6, "per_patient_day": 2.0}
    counts = ("same", "earlier", "later", "joined", "missed", "split", "extra", "other_priority")
    assert [everything[name] for name in counts] == [2, 1, 2, 0, 1, 0, 1, 1]
    assert (everything["earlier_by_min"], everything["later_by_min"]) == (1.0, 3.0)


def test_a_ward_in_which_nobody_was_watched_has_no_rate() -> None:
    found = by_name(matched(TODAY, NEW))
    assert found["5A", None]["today"] == {"alarms": 1, "per_patient_day": None}
    assert found["6C", None]["today"] == {"alarms": 0, "per_patient_day": 0.0}


def test_what_is_the_same_is_no_difference() -> None:
    kinds = [pair.kind.value for pair in differences(matched(TODAY, NEW))]
    assert kinds == ["missed", "later", "later", "priority", "extra", "earlier"]


def test_a_difference_has_both_sides() -> None:
    missed, later, *_ = differences(matched(TODAY, NEW))
    fields = difference_fields(2, later)
    assert (fields["number"], fields["kind"], fields["later_by_min"]) == (2, "later", 2.0)
    assert fields["today"]["start_ms"] == 200 * MINUTE_MS
    assert fields["new"]["priority"] == "medium"
    assert difference_fields(1, missed)["new"] is None
