"""The parts are put together as the settings say."""

from __future__ import annotations

from pathlib import Path

import pytest

from wardwatch.composition import build_rules
from wardwatch.core.events import Cause
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.roster import RosterEntry
from wardwatch.settings import Settings, SettingsError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wards.toml"


def test_without_a_file_of_wards_all_have_the_standard() -> None:
    rules = build_rules(Settings())
    assert (rules.policies.wards, rules.ward_limits, rules.default_limits) == ({}, {}, {})


def test_a_ward_watches_by_the_limits_and_the_policy_of_its_file(file: Path) -> None:
    file.write_text(
        "[default.limits]\nheart_rate = { high = 140 }\n"
        '[ward."4B".limits]\nheart_rate = { high = 120 }\n'
        '[ward."4B".medium]\nsignal_delay_s = 60\n'
    )
    monitor = Monitor(build_rules(Settings(wards=file)))
    monitor.admit(
        RosterEntry(patient=patient, ward=ward, bed="1") for patient, ward in [("a", "4B"), ("b", "5A")]
    )
    readings = [
        Reading(patient=patient, device="e4", observed_at_ms=at_s * 1000, heart_rate=135.0)
        for at_s in range(1, 400)
        for patient in ("a", "b")
    ]
    monitor.receive(Batch.of(readings))
    (event,) = monitor.drain().events
    assert (event.patient, event.ward) == ("a", "4B")
    assert event.text.startswith("HR 135 > 120")
    assert event.cause is Cause.SIGNAL_DELAY_OVER


def test_a_file_of_wards_that_cannot_be_read_is_a_sentence(file: Path) -> None:
    file.write_text("")
    settings = Settings(wards=file)
    file.unlink()
    with pytest.raises(SettingsError) as caught:
        build_rules(settings)
    assert caught.value.sentences == ["WARDWATCH_WARDS: the file can't be read: No such file or directory."]
