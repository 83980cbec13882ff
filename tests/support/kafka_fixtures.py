"""Fixtures for tests that need a broker: the embedded one everywhere, Apache Kafka where it can run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from tests.support.apache_kafka import ApacheKafka
from tests.support.kafka_jars import KafkaMissingError
from wardwatch.adapters.embedded_broker import EmbeddedBroker


class Broker(Protocol):
    """What both brokers offer."""

    @property
    def bootstrap_servers(self) -> str: ...


@pytest.fixture(scope="session")
def apache_kafka() -> Iterator[ApacheKafka]:
    """One Apache Kafka for the whole session: use topics and groups of your own, or delete what you used."""
    with ExitStack() as stack:
        try:
            kafka = stack.enter_context(ApacheKafka())
        except KafkaMissingError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing))
            pytest.skip(str(missing))
        yield kafka


@pytest.fixture
def embedded_broker() -> Iterator[EmbeddedBroker]:
    """A fresh embedded broker, without topics."""
    with EmbeddedBroker() as broker:
        yield broker


@pytest.fixture(
    params=["embedded_broker", pytest.param("apache_kafka", marks=pytest.mark.kafka)],
    ids=["embedded", "apache"],
)
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each broker in turn: the test runs once on either."""
    chosen: Broker = request.getfixturevalue(request.param)
    return chosen
