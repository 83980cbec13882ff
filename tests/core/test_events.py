"""What the monitor says."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import names
from wardwatch.core.events import Phase, Priority, alarm_identity

causes = st.tuples(names, st.sampled_from(["heart_rate.high", "heart_rate.low"]), st.integers(0, 2**42))


def test_an_alarms_identity_stays_what_it_was_in_earlier_versions() -> None:
    """Else a feed would show an alarm twice that was open while the worker was updated."""
    assert alarm_identity("p-17", "heart_rate.high", 1_795_288_033_250) == "99e145b5b77722deb255"


@given(cause=causes)
def test_an_identity_is_20_hexadecimal_digits_and_does_not_show_the_patient(cause: Any) -> None:
    assert re.fullmatch("[0-9a-f]{20}", alarm_identity(*cause))


@given(cause=causes, other=causes)
def test_identities_are_the_same_exactly_if_the_causes_are(cause: Any, other: Any) -> None:
    assert (alarm_identity(*cause) == alarm_identity(*other)) == (cause == other)
    assert alarm_identity(*cause) == alarm_identity(*cause)


def test_the_parts_of_a_cause_do_not_run_into_each_other() -> None:
    assert alarm_identity("p-1", "1x", 1) != alarm_identity("p-11", "x", 1)


def test_a_more_urgent_priority_is_greater() -> None:
    assert Priority.LOW < Priority.MEDIUM < Priority.HIGH


def test_an_alarm_starts_is_updated_and_ends() -> None:
    assert [phase.value for phase in Phase] == ["start", "update", "end"]
