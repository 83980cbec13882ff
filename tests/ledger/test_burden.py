"""The figures of the burden, against an example that was worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.alarm_lives import acknowledged, receipt, step
from tests.support.alerts import T0_MS
from wardwatch.core.alarming.commands import Label
from wardwatch.core.events import Cause
from wardwatch.ledger.burden import burden
from wardwatch.ledger.census import Watched
from wardwatch.ledger.ledger import Ledger
from wardwatch.ledger.period import Period

DAY = Period(since_ms=T0_MS, until_ms=T0_MS + 86_400_000)
WATCHED = {"4B": Watched(patients=2, days=2.0), "5A": Watched(patients=1, days=0.5)}


@pytest.fixture
def ledger() -> Ledger:
    """Five alarms of the day: three of p-1 in 4B, one of p-2 in 4B, a technical one of p-3 in 5A."""
    entries = [
        # 1: acknowledged after 10 s, actionable
        step(0, "start", sequence=1, priority="medium"),
        acknowledged(10, sequence=2, priority="medium"),
        step(500, "end", sequence=3, priority="medium"),
        # 2: over after 60 s, nobody came
        step(1000, "start", sequence=4, episode=1, priority="medium"),
        step(1060, "end", sequence=5, episode=1, priority="medium"),
        # 3: high, escalated, acknowledged after 200 s; first labelled an artefact, then not actionable
        step(2000, "start", sequence=6, episode=2),
        step(2120, sequence=7, episode=2, cause=Cause.ESCALATION, escalation=1, target="charge nurse"),
        acknowledged(2200, sequence=8, episode=2),
        # 4: still open, nobody has come
        step(3000, "start", sequence=1, patient="p-2", condition="news2.high", priority="medium"),
        # 5: technical, over after 61 s
        step(4000, "start", sequence=1, patient="p-3", ward="5A", kind="technical", **NO_DATA),
        step(4061, "end", sequence=2, patient="p-3", ward="5A", kind="technical", **NO_DATA),
        # paused from beginning to end
        step(5000, "start", sequence=9, episode=3, state="inactive", inactivation="alarm-paused"),
        step(5010, "end", sequence=10, episode=3),
        # signalled the day before, and the day after
        step(-1, "start", sequence=1, patient="p-4", ward="5A"),
        step(86_400, "start", sequence=2, patient="p-4", ward="5A", episode=1),
        # its start is lost
        step(6000, sequence=1, patient="p-5", ward="5A"),
    ]
    made = Ledger()
    for event in entries:
        made.take(event)
    made.answer(receipt("c-1", 600, label=Label.ACTIONABLE))
    made.answer(receipt("c-2", 2300, episode=2, label=Label.ARTEFACT))
    made.answer(receipt("c-3", 2400, episode=2, label=Label.NOT_ACTIONABLE))
    return made


NO_DATA: dict[str, Any] = {"condition": "device.silent", "priority": "low"}


def test_the_figures_of_all_alarms(ledger: Ledger) -> None:
    figures = burden(ledger.episodes(), DAY, WATCHED)
    assert (figures["patients"], figures["patient_days"]) == (3, 2.5)
    assert figures["all"] == {
        "alarms": 5,
        "per_patient_day": 2.0,
        "acknowledged": 2,
        "acknowledged_share": 0.4,
        "median_to_acknowledge_s": 105.0,  # of 10 and 200
        "escalated": 1,
        "escalated_share": 0.2,
        "labelled": 2,
        "labelled_share": 0.4,
        "labels": {"actionable": 1, "not_actionable": 1, "artefact": 0},
        "actionable_share": 0.5,
        "brief_unacknowledged": 1,
    }
    assert (figures["open"], figures["never_signalled"]) == (2, 1)


def test_the_same_by_kind_priority_and_ward(ledger: Ledger) -> None:
    figures = burden(ledger.episodes(), DAY, WATCHED)
    rates = {
        group: {name: (load["alarms"], load["per_patient_day"]) for name, load in figures[group].items()}
        for group in ("kinds", "priorities", "wards")
    }
    assert rates == {
        "kinds": {"physiological": (4, 1.6), "technical": (1, 0.4)},
        "priorities": {"high": (1, 0.4), "medium": (3, 1.2), "low": (1, 0.4)},
        "wards": {"4B": (4, 2.0), "5A": (1, 2.0)},
    }
    assert figures["priorities"]["high"]["median_to_acknowledge_s"] == 200.0
    assert figures["priorities"]["low"]["median_to_acknowledge_s"] is None


def test_the_worst_pairs_come_first_and_equal_ones_by_name(ledger: Ledger) -> None:
    assert burden(ledger.episodes(), DAY, WATCHED, worst=2)["worst"] == [
        {"condition": "heart_rate.high", "patient": "p-1", "alarms": 3, "share": 0.6},
        {"condition": "device.silent", "patient": "p-3", "alarms": 1, "share": 0.2},
    ]


def test_where_there_is_nothing_shares_and_rates_are_undefined() -> None:
    figures = burden([], DAY, {})
    nothing = figures["all"]
    assert nothing["alarms"] == nothing["acknowledged"] == nothing["labelled"] == 0
    undefined = ("per_patient_day", "acknowledged_share", "median_to_acknowledge_s", "actionable_share")
    assert [nothing[name] for name in undefined] == [None] * 4
    assert figures["wards"] == {}
    assert figures["worst"] == []


def test_a_ward_of_which_nobody_knows_how_long_it_was_watched_has_no_rate(ledger: Ledger) -> None:
    wards = burden(ledger.episodes(), DAY, {"4B": Watched(patients=2, days=2.0)})["wards"]
    assert (wards["5A"]["alarms"], wards["5A"]["per_patient_day"]) == (1, None)
