"""The file of the wards: who inherits what, and what is refused in which words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.alarming.policy import Escalation, Policies, WardPolicy
from wardwatch.wards_file import _WARD_NAME, Wards, WardsError, load_wards, read_wards
from wardwatch.wire.decoding import Name

DOCS = Path(__file__).parent.parent / "docs"


def faults(text: str) -> list[str]:
    with pytest.raises(WardsError) as caught:
        read_wards(text.encode())
    return caught.value.sentences


def test_an_empty_file_changes_nothing() -> None:
    assert read_wards(b"") == Wards()
    assert Wards().policies == Policies()


def test_a_key_is_the_wards_or_the_default_tables_or_wardwatchs() -> None:
    wards = read_wards(
        b"""
        [default]
        longest_alarm_pause_s = 300
        [default.high]
        repeat_s = 90
        [ward."4B"]
        longest_audio_pause_s = 60
        [ward."4B".high]
        acknowledged_s = 120
        """
    )
    own, other = wards.policies.of("4B"), wards.policies.of("5A")
    assert (own.high.acknowledged_s, own.high.repeat_s) == (120.0, 90.0)
    assert (own.longest_audio_pause_s, own.longest_alarm_pause_s) == (60.0, 300.0)
    assert own.high.escalations == WardPolicy().high.escalations
    assert own.medium == WardPolicy().medium
    assert other.high.acknowledged_s == WardPolicy().high.acknowledged_s
    assert (other.high.repeat_s, other.longest_audio_pause_s) == (90.0, 120.0)


def test_what_is_set_by_default_can_be_taken_away_from_a_ward() -> None:
    handling = read_wards(
        b"""
        [ward.rehab.high]
        acknowledged_s = "indefinite"
        repeat_s = "never"
        escalations = []
        latches = false
        """
    ).policies.of("rehab")
    assert handling.high == WardPolicy().low


def test_limits_are_inherited_bound_by_bound() -> None:
    wards = read_wards(
        b"""
        [default.limits]
        heart_rate = { low = 45, high = 125 }
        body_temperature = { high = 38.5 }
        [ward."4B".limits]
        heart_rate = { high = 140 }
        """
    )
    assert wards.default_limits == {
        "heart_rate": {"low": 45, "high": 125},
        "body_temperature": {"high": 38.5},
    }
    assert wards.limits == {
        "4B": {"heart_rate": {"low": 45, "high": 140}, "body_temperature": {"high": 38.5}}
    }


def test_a_ward_of_which_nothing_is_said_but_its_limits_has_the_default_policy() -> None:
    wards = read_wards(
        b'[default]\nlongest_alarm_pause_s = 60\n[ward."4B".limits]\nheart_rate = {high = 140}'
    )
    assert wards.policies.of("4B") == wards.policies.default


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[default]\nlongest_audio_pause_s = 121",
            "default, longest_audio_pause_s: Input should be a number of seconds from 1 to 120.",
        ),
        (
            "[default]\nlongest_alarm_pause_s = 0",
            "default, longest_alarm_pause_s: Input should be a number of seconds from 1 to 3600.",
        ),
        (
            '[ward."4B".high]\nrepeat_s = 5',
            'ward 4B, high, repeat_s: Input should be a number of seconds from 10 to 86400, or "never".',
        ),
        (
            '[ward."4B".low]\nacknowledged_s = "never"',
            "ward 4B, low, acknowledged_s: "
            'Input should be a number of seconds from 1 to 86400, or "indefinite".',
        ),
        (
            "[default.low]\nsignal_delay_s = nan",
            "default, low, signal_delay_s: Input should be a number of seconds from 0 to 300.",
        ),
        (
            "[default.low]\nsignal_delay_s = true",
            "default, low, signal_delay_s: Input should be a number of seconds from 0 to 300.",
        ),
        ("[default.low]\nlatches = 1", "default, low, latches: Input should be true or false."),
        (
            "[default.high]\nescalations = [{after_s = 60}]",
            "default, high, escalations, number 1, target: It is missing.",
        ),
        (
            '[default.high]\nescalations = [{after_s = 60, target = " "}]',
            "default, high, escalations, number 1, target: "
            "Input should be printable text of 1 to 64 characters.",
        ),
        (
            '[default.high]\nescalations = [{after_s = 60, target = "a"}, {after_s = 60, target = "b"}]',
            "default, high: Each escalation comes later than the one before it.",
        ),
        (
            "[default.high]\nescalations = 60",
            "default, high, escalations: Input should be a list of tables.",
        ),
        (
            "[default.hihg]\nlatches = true",
            "default: hihg is none of "
            "low, medium, high, longest_audio_pause_s, longest_alarm_pause_s, limits.",
        ),
        ("[wards.rehab]", "wards is none of default, ward."),
        (
            "[ward.rehab.high]\nlatch = true",
            "ward rehab, high: latch is none of "
            "signal_delay_s, acknowledged_s, repeat_s, escalations, latches.",
        ),
        (
            '[default.high]\nescalations = [{after_s = 60, target = "a", by = "phone"}]',
            "default, high, escalations, number 1: by is none of after_s, target.",
        ),
        ("[ward]\nrehab = 3", "ward rehab: Input should be a table."),
        (
            '[ward."4 B"]',
            "ward 4 B: Not a name that the roster can have: "
            "a ward's name has 1 to 64 letters, digits and . _ : + @ / -.",
        ),
        (
            "[default.limits]\noxygen_saturation = {high = 98}",
            "default, limits, oxygen_saturation: oxygen_saturation has no high limit.",
        ),
        (
            "[ward.rehab.limits]\nheart_rate = 140",
            "ward rehab, limits, heart_rate: The limits of heart_rate are low, high, or both.",
        ),
    ],
)
def test_a_fault_is_a_sentence_with_its_place_and_with_what_is_allowed(text: str, sentence: str) -> None:
    assert faults(text) == [sentence]


def test_a_ward_and_the_default_must_fit_together() -> None:
    default = "[default.limits]\nheart_rate = {low = 115, high = 130}\n"
    text = default + "[ward.rehab.limits]\nheart_rate = {high = 110}"
    assert faults(text) == ["ward rehab, limits, heart_rate: heart_rate.low is not below heart_rate.high."]


def test_all_faults_are_told_at_once_whatever_their_kind() -> None:
    text = """
    [default]
    longest_audio_pause_s = "long"
    [default.high]
    latches = "yes"
    escalations = [{ after_s = 60 }, { after_s = -1, target = "" }]
    [ward."4B".medium]
    escalations = [{ after_s = 60, target = "a" }, { after_s = 30, target = "b" }]
    [ward."4B".limits]
    heart_rate = { low = 500 }
    """
    places = [sentence.partition(": ")[0] for sentence in faults(text)]
    assert places == [
        "default, high, escalations, number 1, target",
        "default, high, escalations, number 2, after_s",
        "default, high, escalations, number 2, target",
        "default, high, latches",
        "default, longest_audio_pause_s",
        "ward 4B, medium",
        "ward 4B, limits, heart_rate",
    ]


@pytest.mark.parametrize("content", [b"\xff", b"[default", b"default = " + b"[" * 10_000])
def test_what_is_no_toml_is_a_sentence(content: bytes) -> None:
    with pytest.raises(WardsError) as caught:
        read_wards(content)
    (sentence,) = caught.value.sentences
    assert sentence.startswith("The file is not ")


_NUMBERS = ("nan", "inf", "1e300")
_PLAIN = st.one_of(
    st.booleans(), st.integers(-1000, 1000), st.sampled_from(_NUMBERS), st.text("aé ", max_size=3)
)
_KEYS = st.sampled_from(
    ("default", "ward", "low", "high", "limits", "escalations", "after_s", "target", "heart_rate", "x\\n")
)


@given(st.lists(st.tuples(st.lists(_KEYS, min_size=1, max_size=5), _PLAIN), max_size=4))
def test_whatever_is_in_the_file_is_used_or_refused_in_sentences(
    entries: list[tuple[list[str], object]],
) -> None:
    lines = []
    for path, value in entries:
        # As TOML writes numbers and truths, and texts.
        written = json.dumps(value) if value not in _NUMBERS else value
        lines.append(".".join(f'"{key}"' for key in path) + f" = {written}")
    try:
        sentences = ["It is used."] if read_wards("\n".join(lines).encode()) else []
    except WardsError as error:
        sentences = error.sentences
    assert sentences
    for sentence in sentences:
        assert re.fullmatch(r".+\.", sentence)


@given(st.text(max_size=70))
def test_a_ward_is_called_as_in_the_roster(name: str) -> None:
    try:
        msgspec.convert(name, Name)
        is_name = True
    except msgspec.ValidationError:
        is_name = False
    assert bool(_WARD_NAME.fullmatch(name)) == is_name


def test_the_example_can_be_used() -> None:
    wards = load_wards(DOCS / "wards.example.toml")
    assert set(wards.policies.wards) == set(wards.limits) == {"4B", "rehab"}
    assert wards.policies.of("5A") == WardPolicy()
    assert wards.policies.of("4B").high.escalations[-1] == Escalation(240.0, "rapid response")
    assert wards.limits["rehab"] == {"heart_rate": {"low": 45, "high": 140}}


def test_the_documentation_names_each_key_with_what_it_allows() -> None:
    text = (DOCS / "wards.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert read_wards(example.encode()).policies.of("4B").high.repeat_s == 30.0
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.MULTILINE)
    assert [name for name, _ in rows] == [
        *("signal_delay_s", "acknowledged_s", "repeat_s", "escalations", "latches"),
        *("longest_audio_pause_s", "longest_alarm_pause_s", "limits"),
    ]
    for name, allowed in rows:
        if not name.endswith("_s"):
            continue
        table = "default" if name.startswith("longest") else "default.high"
        (sentence,) = faults(f"[{table}]\n{name} = -1")
        assert sentence.endswith(f" {allowed.replace('`', '')}.")
