"""A real Apache Kafka on this machine, for tests, benchmarks and a developer's own trials.

Each broker has its own folder and free ports of the loopback address, and is gone with the process that
started it. Nothing here knows pytest. ``python -m tests.support.apache_kafka`` runs one until Ctrl-C.
"""

from __future__ import annotations

import atexit
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from tests.support.kafka_jars import KafkaFailedError, java_command

_START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 10
_REQUEST_TIMEOUT_S = 30
_LOG_TAIL_LINES = 40

_SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
num.partitions=4
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
# By default a group waits 3 s for more members, and allows no session time-out below 6 s.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# Recordings have clocks of their own, from years ago to the year 2110. By default a broker would drop what is
# a week old and refuse what is an hour ahead.
log.retention.ms=-1
log.message.timestamp.after.max.ms=9223372036854775807
# Tests send 10 MB for wardwatch to refuse, not the broker.
message.max.bytes=16777216
"""


class ApacheKafka:
    """A context manager around one broker. Enter it in the main thread: the broker ends with that thread."""

    def __init__(self, *, heap_mb: int = 512) -> None:
        self._heap_mb = heap_mb
        self._folder = Path()
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where clients find the broker: ``host:port``."""
        return f"127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        broker_command = java_command("kafka.Kafka", heap_mb=self._heap_mb, short_lived=False)
        self._folder = Path(tempfile.mkdtemp(prefix="wardwatch-kafka-"))
        atexit.register(self._stop)
        try:
            settings = self._write_settings()
            _format_storage(settings)
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [*_dies_with_its_parent(), *broker_command, str(settings)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C is for the tests, which end the broker themselves
                )
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def create_topics(
        self, *names: str, partitions: int = 4, config: Mapping[str, str] | None = None
    ) -> None:
        """Create topics and wait until they are there."""
        topics = [NewTopic(name, partitions, 1, config=dict(config or {})) for name in names]
        admin = self._admin()  # kept until the answers are there: they go with it
        for created in admin.create_topics(topics).values():
            created.result(_REQUEST_TIMEOUT_S)

    def delete_topics(self, *names: str) -> None:
        """Delete those of the topics that are there, and wait until they are gone."""
        admin = self._admin()
        there = set(names).intersection(admin.list_topics(timeout=_REQUEST_TIMEOUT_S).topics)
        if there:
            for deleted in admin.delete_topics(list(there)).values():
                deleted.result(_REQUEST_TIMEOUT_S)
        deadline = time.monotonic() + _REQUEST_TIMEOUT_S
        while there.intersection(admin.list_topics(timeout=_REQUEST_TIMEOUT_S).topics):
            if time.monotonic() > deadline:
                raise KafkaFailedError(f"deleted topics are still there\n{self._log_tail()}")
            time.sleep(0.05)

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.bootstrap_servers})

    @property
    def _log(self) -> Path:
        return self._folder / "broker.log"

    def _write_settings(self) -> Path:
        self._port, controller_port = free_ports(2)
        path = self._folder / "server.properties"
        path.write_text(
            _SETTINGS.format(port=self._port, controller_port=controller_port, folder=self._folder)
        )
        return path

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not _accepts_connections(self._port):
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise KafkaFailedError(f"Apache Kafka did not start\n{self._log_tail()}")
            time.sleep(0.05)
        try:
            self._admin().list_topics(timeout=_REQUEST_TIMEOUT_S)
        except KafkaException as error:
            raise KafkaFailedError(f"Apache Kafka does not answer\n{self._log_tail()}") from error

    def _log_tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])

    def _stop(self) -> None:
        atexit.unregister(self._stop)
        if self._process is not None:
            self._process.kill()  # its data goes with it: there's nothing to put in order
            self._process.wait(_STOP_TIMEOUT_S)
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address on which nothing listens now."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(listener.getsockname()[1]) for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _format_storage(settings: Path) -> None:
    cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    tool = java_command("kafka.tools.StorageTool", heap_mb=128)
    done = subprocess.run(
        # The id may start with a dash, hence the "=".
        [*tool, "format", f"--cluster-id={cluster_id}", "--config", str(settings)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise KafkaFailedError(f"Apache Kafka's storage could not be formatted\n{done.stdout}{done.stderr}")


def _accepts_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _dies_with_its_parent() -> list[str]:
    """A prefix for a command that the kernel kills when its parent dies, however that happens."""
    setpriv = shutil.which("setpriv")  # of util-linux; without it a killed test run leaves its broker behind
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


if __name__ == "__main__":
    ending_signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending_signals)
    with ApacheKafka() as kafka:
        print(f"Apache Kafka listens on {kafka.bootstrap_servers}; Ctrl-C ends it.", flush=True)  # noqa: T201
        signal.sigwait(ending_signals)
