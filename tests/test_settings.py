"""Settings: what is refused, and how it is said."""

from __future__ import annotations

import pytest

from wardwatch.settings import Settings, SettingsError, load_settings, unknown_variables


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WARDWATCH_{name.upper()}", raising=False)


def complaints(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        monkeypatch.setenv(f"WARDWATCH_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return caught.value.sentences


def test_the_defaults_can_be_used() -> None:
    assert load_settings().kafka_bootstrap_servers == "127.0.0.1:9092"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KAFKA_BOOTSTRAP_SERVERS", "broker"),
        ("KAFKA_BOOTSTRAP_SERVERS", "broker:9092, other"),
        ("KAFKA_SECURITY_PROTOCOL", "TLS"),
        ("KAFKA_SSL_CAFILE", "/nowhere/ca.pem"),
        ("WARDS", "/nowhere/wards.toml"),
        ("PARTITIONS", "0"),
        ("PARTITIONS", "four"),
        ("SESSION_TIMEOUT_S", "-1"),
        ("CHECKPOINT_INTERVAL_S", "nan"),
        ("STALL_LIMIT_S", "inf"),
        ("CONSUMER_GROUP", "two words"),
        ("FEED_PORT", "70000"),
        ("FEED_CERTFILE", "/nowhere/feed.pem"),
        ("FEED_ORIGINS", "ward.example"),
        ("FEED_ORIGINS", "https://ward.example/"),
        ("FEED_ORIGINS", "https://ward.example, https://other.example"),
        ("FEED_ORIGINS", "*"),
        ("FEED_MAXIMUM_CONSOLES", "0"),
        ("FEED_NOTICE", "x" * 61),
        ("FEED_NOTICE", "trial\u202e"),
        ("RIVER_DETECTORS", "HalfSpaceTrees"),
        ("RIVER_DETECTORS", "{}"),
        ("RIVER_DETECTORS", '[{"detector": "HalfSpaceTrees", "vitals": ["heart_rate"]}]'),
        ("RIVER_DETECTORS", '[{"detector": "HalfSpaceTrees", "vitals": [], "threshold": 0.9}]'),
        ("RIVER_DETECTORS", '[{"detector": "LODA", "vitals": ["heart_rate"], "threshold": NaN}]'),
        ("RIVER_DETECTORS", '[{"detector": "LODA", "vitals": ["heart_rate"], "threshold": 9, "seed": 1}]'),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    (sentence,) = complaints(monkeypatch, **{variable: value})
    assert sentence.startswith(f"WARDWATCH_{variable}: ")
    assert sentence.endswith(".")


def test_detectors_of_river_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "WARDWATCH_RIVER_DETECTORS",
        '[{"detector": "LODA", "parameters": {"seed": 1}, "vitals": ["heart_rate"], "threshold": 9}]',
    )
    (detector,) = load_settings().river_detectors
    assert detector.detector == "LODA"
    assert detector.parameters == {"seed": 1}
    assert detector.vitals == ("heart_rate",)
    assert detector.threshold == 9.0


def test_what_is_wrong_inside_of_a_setting_has_its_place_told(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = '[{"detector": "LODA", "vitals": ["heart_rate"], "threshold": "high"}]'
    (sentence,) = complaints(monkeypatch, RIVER_DETECTORS=bad)
    assert sentence.startswith("WARDWATCH_RIVER_DETECTORS: 1, threshold: Input should be a valid number")


def test_every_bad_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(complaints(monkeypatch, PARTITIONS="0", FEED_PORT="x")) == 2


def test_a_log_in_needs_name_and_password(monkeypatch: pytest.MonkeyPatch) -> None:
    (sentence,) = complaints(monkeypatch, KAFKA_SECURITY_PROTOCOL="SASL_SSL", KAFKA_SASL_USERNAME="ward")
    assert "WARDWATCH_KAFKA_SASL_PASSWORD" in sentence


def test_a_password_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = complaints(monkeypatch, KAFKA_SASL_PASSWORD="geheim", PARTITIONS="x")  # noqa: S106
    assert "geheim" not in str(sentences)
    monkeypatch.delenv("WARDWATCH_PARTITIONS")
    assert "geheim" not in repr(load_settings())


@pytest.mark.parametrize("limit", ["STALL_LIMIT_S", "PULSE_LIMIT_S", "LATE_LIMIT_S"])
def test_a_takeover_must_not_look_like_a_stall(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    (sentence,) = complaints(monkeypatch, **{limit: "12"})
    assert f"WARDWATCH_{limit}" in sentence


def test_misspelt_variables_are_found() -> None:
    environment = {
        "WARDWATCH_PARTITIONS": "1",
        "WARDWATCH_PARTITOINS": "1",
        "WARDWATCH_TEST_RECORDINGS": "/data",
        "HOME": "/",
    }
    assert unknown_variables(environment) == ["WARDWATCH_PARTITOINS"]
