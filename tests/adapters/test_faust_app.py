"""The Faust application's settings, where a default of Faust's would do harm."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from faust.types.auth import AuthProtocol, SASLMechanism

from wardwatch.adapters.faust_app import GroupOptions, new_app

OPTIONS = {"bootstrap_servers": "one:9092,two:9093", "security_protocol": "PLAINTEXT"}


def test_all_bootstrap_servers_are_used() -> None:
    app = new_app(OPTIONS, GroupOptions())
    assert [f"{url.host}:{url.port}" for url in app.conf.broker_consumer] == ["one:9092", "two:9093"]


def test_nothing_is_served_and_nothing_is_written_to_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = new_app(OPTIONS, GroupOptions())
    assert not app.conf.web_enabled
    app._create_directories()
    assert list(tmp_path.iterdir()) == []


def test_a_death_is_noticed_within_the_session_timeout() -> None:
    conf = new_app(OPTIONS, GroupOptions(session_timeout_s=6, rebalance_timeout_s=5)).conf
    assert (conf.broker_session_timeout, conf.broker_rebalance_timeout) == (6, 5)
    assert conf.broker_heartbeat_interval == 2


def test_a_log_in_reaches_faust() -> None:
    context = ssl.create_default_context()
    options = OPTIONS | {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "ward",
        "sasl_plain_password": "geheim",
        "ssl_context": context,
    }
    credentials: Any = new_app(options, GroupOptions()).conf.broker_credentials
    assert credentials.protocol is AuthProtocol.SASL_SSL
    assert credentials.mechanism is SASLMechanism.SCRAM_SHA_512
    assert (credentials.username, credentials.password) == ("ward", "geheim")
    assert credentials.ssl_context is context


def test_tls_reaches_faust() -> None:
    context = ssl.create_default_context()
    options = OPTIONS | {"security_protocol": "SSL", "ssl_context": context}
    credentials: Any = new_app(options, GroupOptions()).conf.broker_credentials
    assert (credentials.protocol, credentials.context) == (AuthProtocol.SSL, context)
