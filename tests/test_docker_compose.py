"""docker-compose.yml, read and run: each service as a process with its environment, beside a broker here."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]

from tests.support.apache_kafka import ApacheKafka, free_ports
from tests.support.compose import ROOT, LocalService, make_kafka_topics_script, services
from tests.support.feeds import eventually
from tests.support.stations import fresh_token
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.pending import FeedClosedError
from wardwatch.adapters.token_keys import SigningKey
from wardwatch.core.permissions import EVERY_WARD
from wardwatch.settings import unknown_variables
from wardwatch.wire.feed.codes import PROTOCOL
from wardwatch.wire.status import decode_status
from wardwatch.wire.topics import ALL, COMMANDS, COMPACTED, READINGS, RETENTION_MS, ROSTER, STATUS

_PARTITIONS = 12
_CHANGELOG = "wardwatch-patients-changelog"


@pytest.fixture
def local(apache_kafka: ApacheKafka, tmp_path: Path) -> Iterator[dict[str, LocalService]]:
    """The services as they run here, with no topics at the broker before and after."""
    (feed_port,) = free_ports(1)
    make_kafka_topics_script(tmp_path)
    (tmp_path / "trusted").mkdir()  # the image has it
    replacements = {
        "broker:9092": apache_kafka.bootstrap_servers,
        "/opt/kafka/bin": str(tmp_path),
        "/tmp/wardwatch-health": str(tmp_path / "health"),  # noqa: S108 (a path in the container)
        "/secret": str(tmp_path / "secret"),
        "/trusted": str(tmp_path / "trusted"),
        "wardwatch token": f"{sys.executable} -m wardwatch token",
        "0.0.0.0": "127.0.0.1",  # noqa: S104 (all interfaces of the container)
        "8765": str(feed_port),
    }
    apache_kafka.delete_topics(*ALL, _CHANGELOG)
    yield {name: LocalService(name, replacements) for name in services()}
    apache_kafka.delete_topics(*ALL, _CHANGELOG)


@pytest.mark.kafka
async def test_the_services_together_bring_a_simulated_wearer_to_the_status_topic_and_a_feed_to_consoles(
    apache_kafka: ApacheKafka, local: dict[str, LocalService], tmp_path: Path
) -> None:
    assert local["broker"].is_healthy()
    assert not local["worker"].is_healthy()
    assert not local["feed"].is_healthy()
    _create_topics(local["topics"])
    key = _make_key(local["keys"], tmp_path / "secret")

    with ExitStack() as stack:
        running = [
            stack.enter_context(local[name].running(tmp_path / f"{name}.log"))
            for name in ("worker", "feed", "simulator")
        ]
        async with asyncio.timeout(60), _topic(apache_kafka, STATUS) as records:
            while not (batches := await records.getmany(timeout_ms=500)):
                for service in running:
                    service.must_be_running()
        status = decode_status(next(iter(batches.values()))[0].value)
        assert status.vitals

        port = local["feed"].environment()["WARDWATCH_FEED_PORT"]
        async with asyncio.timeout(30), _console(f"ws://127.0.0.1:{port}/", key) as console:
            await anext(aiter(console))  # the snapshot
            assert console.hello is not None
            assert console.hello.protocol == PROTOCOL

        for name in ("worker", "feed"):
            await eventually(local[name].is_healthy, f"{name} is healthy", deadline_s=30)


@pytest.mark.kafka
def test_the_topics_are_created_as_the_worker_needs_them(
    apache_kafka: ApacheKafka, local: dict[str, LocalService]
) -> None:
    _create_topics(local["topics"])
    _create_topics(local["topics"])  # a restart finds them there, and ends in order

    admin = AdminClient({"bootstrap.servers": apache_kafka.bootstrap_servers})
    topics = admin.list_topics(timeout=30).topics
    assert {name: len(topics[name].partitions) for name in ALL} == dict.fromkeys(ALL, _PARTITIONS)
    compacted = {name for name in ALL if _setting(admin, name, "cleanup.policy") == "compact"}
    assert compacted == set(COMPACTED)
    for name in (READINGS, ROSTER, COMMANDS):
        assert _setting(admin, name, "message.timestamp.type") == "LogAppendTime", name
    for name, kept_ms in RETENTION_MS.items():
        assert _setting(admin, name, "retention.ms") == str(kept_ms), name


def test_all_variables_are_settings() -> None:
    for name, service in services().items():
        assert unknown_variables(service.get("environment", {})) == [], name


def test_ports_are_published_on_this_machine_alone() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_nothing_keeps_the_worker_from_being_scaled() -> None:
    assert not {"ports", "container_name", "hostname"} & services()["worker"].keys()


def test_no_other_service_has_the_secret_keys() -> None:
    volumes = {name: service.get("volumes", []) for name, service in services().items()}
    holders = {name for name, mounted in volumes.items() if any("secret" in volume for volume in mounted)}
    assert holders == {"keys"}
    assert volumes["feed"] == ["trusted-keys:/trusted:ro"]


def test_the_image_runs_the_command_as_a_user_without_rights() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert 'ENTRYPOINT ["wardwatch"]' in dockerfile
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)


def test_the_broker_has_the_version_that_the_tests_run_on() -> None:
    pom = ET.parse(ROOT / "tests/kafka/pom.xml")  # noqa: S314 (a file of ours)
    version = pom.findtext(".//{*}kafka.version")
    images = {service["image"] for service in services().values() if "kafka" in service["image"]}
    assert images == {f"apache/kafka:{version}"}


def _create_topics(service: LocalService) -> None:
    subprocess.run(service.command(), env=service.environment(), check=True, timeout=120)


def _setting(admin: AdminClient, topic: str, name: str) -> str:
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    value: str = admin.describe_configs([resource])[resource].result(30)[name].value
    return value


@asynccontextmanager
async def _topic(kafka: ApacheKafka, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest"
    ) as consumer:
        yield consumer


def _make_key(service: LocalService, secret: Path) -> SigningKey:
    """What the service leaves behind: the same, however often it runs."""
    for _ in range(2):
        subprocess.run(service.command(), env=service.environment(), check=True, timeout=120)
    (made,) = secret.glob("*.private.jwk")
    return SigningKey.read(made)


@asynccontextmanager
async def _console(url: str, key: SigningKey) -> AsyncIterator[ConsoleClient]:
    """A console, as soon as the feed listens."""
    while True:
        with suppress(FeedClosedError):
            async with ConsoleClient(url, fresh_token(key=key), [EVERY_WARD]) as console:
                yield console
                return
        await asyncio.sleep(0.1)
