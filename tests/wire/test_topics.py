"""The names of the topics are a contract with every other system."""

from __future__ import annotations

from wardwatch.wire import topics


def test_the_topics_are_those_of_the_design() -> None:
    assert set(topics.ALL) == {
        "vitals.readings",
        "vitals.rejected",
        "vitals.alerts",
        "vitals.status",
        "vitals.roster",
        "vitals.commands",
        "vitals.receipts",
        "vitals.pulse",
        "vitals.trends",
        "vitals.audit",
        "vitals.quality",
    }


def test_only_the_latest_state_is_compacted_and_no_alert_or_reading_ever() -> None:
    assert set(topics.COMPACTED) == {"vitals.status", "vitals.roster", "vitals.pulse", "vitals.quality"}
