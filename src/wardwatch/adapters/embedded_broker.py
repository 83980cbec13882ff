"""A Kafka broker inside this process, for the demo and the tests: librdkafka's own mock cluster.

It speaks the real protocol on a loopback port, consumer groups included, so any Kafka client on this machine
can join. It is no database. Its limits, found by trial and in librdkafka's source:

- All is in memory, and gone at exit.
- A topic is there on first use, with 4 partitions and no settings: nothing is compacted. The admin API is
  missing.
- A partition keeps at most :data:`RETAINED_BYTES_PER_PARTITION`, as sent (compression counts), and at most
  100,000 batches. What is older is dropped in silence; a consumer that has not read it yet jumps over it.
  One message larger than that drops all before it.
- One member a consumer group, so one worker. A group's first member waits 3 seconds, a later one the session
  time-out less a second, also when the one before it left in order. With a session time-out below 3 seconds
  nobody ever gets in.
- A fetch that finds nothing waits its full ``fetch_max_wait_ms``, also when data comes in meanwhile: a
  consumer whose latency counts should ask for a short wait.
- A fetch answers with one producer's batch a partition: large batches make it fast.
- Offsets can't be looked up by time, and timestamps are the producers' own.
"""

from __future__ import annotations

from typing import Self

from confluent_kafka import KafkaException, Producer

PARTITIONS_PER_TOPIC = 4
RETAINED_BYTES_PER_PARTITION = 5 * 1024 * 1024  # rd_kafka_mock_partition_init in librdkafka's rdkafka_mock.c

_START_TIMEOUT_S = 10
_WARNINGS = 4  # of syslog's levels: at 5 librdkafka announces on standard error that its cluster is a mock


class EmbeddedBrokerError(RuntimeError):
    """The embedded broker did not start."""


class EmbeddedBroker:
    """A context manager around one broker on a free loopback port.

    >>> with EmbeddedBroker() as broker:
    ...     broker.bootstrap_servers.startswith("127.0.0.1:")
    True
    """

    def __init__(self) -> None:
        self._host: Producer | None = None  # a producer that never sends; the broker lives in its threads
        self._bootstrap_servers = ""

    @property
    def bootstrap_servers(self) -> str:
        """Where clients find the broker: ``host:port``. Empty before the start and after the end."""
        return self._bootstrap_servers

    def __enter__(self) -> Self:
        # The address is ignored, but librdkafka wants one.
        host = Producer({"bootstrap.servers": "embedded", "test.mock.num.brokers": 1, "log_level": _WARNINGS})
        try:
            brokers = host.list_topics(timeout=_START_TIMEOUT_S).brokers
        except KafkaException as error:
            raise EmbeddedBrokerError("the embedded broker does not answer") from error
        self._host = host
        self._bootstrap_servers = ",".join(f"{broker.host}:{broker.port}" for broker in brokers.values())
        return self

    def create_topics(self, *names: str) -> None:
        """Let topics be there before their first use, for who only reads them."""
        if self._host is None:
            raise EmbeddedBrokerError("the embedded broker is not running")
        for name in names:
            self._host.list_topics(name, timeout=_START_TIMEOUT_S)  # asking for a topic is a use

    def __exit__(self, *_: object) -> None:
        self._bootstrap_servers = ""
        self._host = None  # the last reference: librdkafka stops its threads
