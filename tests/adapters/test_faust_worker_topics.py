"""The topics that a worker creates where they are missing."""

from __future__ import annotations

import asyncio

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]

from tests.support.apache_kafka import ApacheKafka
from tests.support.commands import started
from wardwatch.wire.topics import ALL, COMPACTED, RETENTION_MS


@pytest.mark.kafka
async def test_a_worker_creates_what_is_missing_and_says_how_long_it_is_kept(
    apache_kafka: ApacheKafka,
) -> None:
    apache_kafka.delete_topics(*ALL)
    environment = {
        "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": apache_kafka.bootstrap_servers,
        "WARDWATCH_CONSUMER_GROUP": "topics-test",
    }
    admin = AdminClient({"bootstrap.servers": apache_kafka.bootstrap_servers})
    async with asyncio.timeout(60), started("worker", environment=environment) as worker:
        while not admin.list_topics(timeout=30).topics.keys() >= set(ALL):
            assert worker.returncode is None
            await asyncio.sleep(0.2)
        for topic, kept_ms in RETENTION_MS.items():
            assert _setting(admin, topic, "retention.ms") == str(kept_ms), topic
        assert {topic for topic in ALL if _setting(admin, topic, "cleanup.policy") == "compact"} == set(
            COMPACTED
        )
        worker.terminate()
        await worker.communicate()
    apache_kafka.delete_topics(*ALL, "topics-test-patients-changelog")


def _setting(admin: AdminClient, topic: str, name: str) -> str:
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    value: str = admin.describe_configs([resource])[resource].result(30)[name].value
    return value
