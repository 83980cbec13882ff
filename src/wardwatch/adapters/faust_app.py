"""The Faust application as wardwatch wants it: quick to notice a death, silent, and nothing on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import faust

from wardwatch.adapters.faust_transport import FAUST_LOGGER, BatchingTransport

# What a message may have, with all around it: Apache Kafka's own default (message.max.bytes). The monitor's
# blocks keep well below.
_LARGEST_REQUEST_BYTES = 1_048_588

# A send that the broker has not acknowledged by then has failed, and the worker stops: nothing is committed.
_REQUEST_TIMEOUT_S = 30.0

# Batches that wait for the agent, over all partitions; while there is no room, nothing is fetched.
_WAITING_BATCHES = 8

# Takeover reads the changelog from its start, and the segment that is being written is never compacted: with
# Kafka's default of 1 GiB a takeover would take minutes.
_CHANGELOG_SETTINGS = {
    "segment.bytes": str(16 * 1024 * 1024),
    "segment.ms": "60000",
    "min.cleanable.dirty.ratio": "0.1",
    "max.compaction.lag.ms": "120000",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOptions:
    """The consumer group, and how soon it gives a dead worker's partitions to another."""

    name: str = "wardwatch"
    session_timeout_s: float = 6.0
    rebalance_timeout_s: float = 6.0
    batch_maximum_records: int = 4096
    declare_topics: bool = True
    partitions: int = 4


class _App(faust.App):
    logger = FAUST_LOGGER

    def _create_directories(self) -> None:
        """Create none: there is nothing that this application keeps on disk."""


def new_app(client_options: Mapping[str, Any], group: GroupOptions) -> faust.App:
    """An app without agents. ``client_options`` are aiokafka's: where the broker is, and how to log in."""
    servers = str(client_options["bootstrap_servers"]).split(",")
    app = _App(
        group.name,
        id_format="{id}",
        broker=[f"kafka://{server.strip()}" for server in servers],
        broker_credentials=_credentials(client_options),
        broker_session_timeout=group.session_timeout_s,
        broker_heartbeat_interval=group.session_timeout_s / 3,
        broker_rebalance_timeout=group.rebalance_timeout_s,
        broker_request_timeout=_REQUEST_TIMEOUT_S,
        broker_max_poll_records=group.batch_maximum_records,
        consumer_auto_offset_reset="earliest",
        producer_request_timeout=_REQUEST_TIMEOUT_S,
        producer_max_request_size=_LARGEST_REQUEST_BYTES,
        stream_buffer_maxsize=_WAITING_BATCHES,
        stream_wait_empty=False,
        topic_allow_declare=group.declare_topics,
        topic_disable_leader=True,
        topic_partitions=group.partitions,
        table_standby_replicas=0,
        store="memory://",
        web_enabled=False,
    )
    app.transport = BatchingTransport(app.conf.broker_consumer, app)
    return app


def state_table(app: faust.App, partitions: int) -> Any:
    """The table whose changelog holds the checkpoints.

    The worker writes to the changelog itself, to know when a write is safe; the table is what Faust fills
    when a partition is assigned.
    """
    return app.Table(
        "patients",
        key_type=bytes,
        value_type=bytes,
        partitions=partitions,
        extra_topic_configs=_CHANGELOG_SETTINGS,
    )


def _credentials(options: Mapping[str, Any]) -> Any:
    """Faust's name for aiokafka's options."""
    protocol = options.get("security_protocol", "PLAINTEXT")
    ssl_context = options.get("ssl_context")
    if protocol.startswith("SASL_"):
        return faust.SASLCredentials(
            mechanism=options["sasl_mechanism"],
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            ssl_context=ssl_context,
        )
    return faust.SSLCredentials(ssl_context) if protocol == "SSL" else None
