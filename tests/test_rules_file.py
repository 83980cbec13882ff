"""Files of rules to be tried out: what they say, and what is wrong with them."""

from __future__ import annotations

import re

import pytest

from wardwatch.rules_file import RULE_SETTINGS, RulesError, read_rules
from wardwatch.settings import Settings

RIVER = """
[[settings.river_detectors]]
detector = "anomaly.GaussianScorer"
vitals = ["heart_rate"]
threshold = 0.99
"""


def faults(content: str) -> list[str]:
    with pytest.raises(RulesError) as caught:
        read_rules(content.encode()).settings_with()
    return caught.value.sentences


def test_each_setting_of_rules_is_a_setting() -> None:
    assert set(RULE_SETTINGS) <= set(Settings.model_fields)


def test_a_file_of_wards_is_a_file_of_rules() -> None:
    rules = read_rules(
        b'[default.limits]\nheart_rate = { high = 140 }\n[ward."4B".low]\nsignal_delay_s = 15\n'
    )
    assert rules.wards is not None
    assert rules.wards.default_limits == {"heart_rate": {"high": 140}}
    assert rules.wards.policies.of("4B").low.signal_delay_s == 15
    assert rules.settings == {}


def test_a_file_without_a_ward_leaves_the_wards_as_they_are() -> None:
    assert read_rules(b"[settings]\nidle_days = 3\n").wards is None
    assert read_rules(b"").wards is None


def test_a_setting_takes_the_place_of_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDWATCH_FALSE_ALARMS_A_PATIENT_DAY", "0.5")
    monkeypatch.setenv("WARDWATCH_IDLE_DAYS", "3")
    settings = read_rules(b"[settings]\nfalse_alarms_a_patient_day = 0.1\n").settings_with()
    assert (settings.false_alarms_a_patient_day, settings.idle_days) == (0.1, 3)


def test_detectors_of_river_are_tables() -> None:
    (detector,) = read_rules(RIVER.encode()).settings_with().river_detectors
    assert (detector.detector, detector.vitals) == ("anomaly.GaussianScorer", ("heart_rate",))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "false_alarms_a_patient_day = 0.1",
            r"false_alarms_a_patient_day: It belongs .*\[settings\]\.",
        ),
        ("[setings]", r"setings is none of default, ward, settings\."),
        ("settings = 3", r"settings: Input should be a table\."),
        ("[settings]\nfeed_port = 1", r"settings: feed_port is none of false_alarms_a_patient_day, .*\."),
        (
            "[settings]\nidle_days = 0",
            r"settings, idle_days: Input should be greater than or equal to 1\.",
        ),
        ("[settings]\ntime_zone = 1979-05-27", r"settings, time_zone: Input should be a valid string\."),
        (RIVER.replace("threshold", "limit"), r"settings, river_detectors: 1, (threshold|limit): .*\."),
        ("[default.limits]\nheart_rate = 3", r"default, limits, heart_rate: .*\."),
        ("nonsense", r"The file is not TOML: .*\."),
    ],
)
def test_each_fault_is_a_sentence_with_its_place(content: str, sentence: str) -> None:
    assert re.fullmatch(sentence, faults(content)[0])


def test_all_faults_are_told_at_once() -> None:
    assert len(faults("[x]\n[settings]\ny = 1\n[default]\nz = 1\n")) == 3
