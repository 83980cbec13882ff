"""`wardwatch feed` as a process: it serves, it ends in order, and it says what is wrong in a sentence."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import trustme
from aiokafka import AIOKafkaProducer

from tests.support.access import write_keys
from tests.support.alerts import alarm_event
from tests.support.commands import finished, next_line, started
from tests.support.stations import fresh_token
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.pending import FeedClosedError, RefusedError
from wardwatch.adapters.token_keys import SigningKey
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.told import Snapshot
from wardwatch.wire.topics import ALL


async def told_by(process: asyncio.subprocess.Process) -> tuple[str, str]:
    """Where consoles connect, and the token for trying out."""
    line = await next_line(process.stdout)
    assert line.startswith("wardwatch feed at ws://")
    assert (await next_line(process.stdout)).startswith("console at http://127.0.0.1:")
    assert (await next_line(process.stdout)).startswith("No WARDWATCH_FEED_KEYS: ")
    return line.split()[-1], (await next_line(process.stdout)).strip()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_what_is_in_the_log_and_ends_in_order(
    embedded_broker: EmbeddedBroker, ending: signal.Signals
) -> None:
    embedded_broker.create_topics(*ALL)
    event = alarm_event(patient="p-secret")
    async with AIOKafkaProducer(bootstrap_servers=embedded_broker.bootstrap_servers) as producer:
        await producer.send_and_wait("vitals.alerts", encode_alarm(event), key=b"p-secret")
        await producer.send_and_wait("vitals.alerts", b'{"patient":"p-secret"}', key=b"p-secret")
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": embedded_broker.bootstrap_servers}
    async with started("feed", "--port", "0", environment=environment) as process:
        url, token = await told_by(process)
        async with ConsoleClient(url, token, ["4B"]) as console:
            stream = aiter(console)
            snapshot = await asyncio.wait_for(anext(stream), 20)
            assert isinstance(snapshot, Snapshot)
            assert snapshot.events() == [event]
            process.send_signal(ending)
            with pytest.raises(FeedClosedError) as closed:
                await anext(stream)
            assert closed.value.code == 1001
        output, errors = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 0
        assert b"secret" not in output + errors
        assert token.encode() not in errors


async def test_it_trusts_the_keys_of_the_file_and_prints_no_token(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    key = SigningKey.make()
    write_keys(tmp_path / "keys.json", key)
    environment = {
        "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": embedded_broker.bootstrap_servers,
        "WARDWATCH_FEED_KEYS": str(tmp_path / "keys.json"),
    }
    async with started("feed", "--port", "0", "--json", environment=environment) as process:
        told = json.loads(await next_line(process.stdout))
        assert told.keys() == {"feed", "console", "token"}
        assert told["token"] is None
        async with ConsoleClient(told["feed"], fresh_token("nurse", "4B", key=key), ["4B"]) as console:
            assert console.welcome is not None
            assert console.welcome.wards == ["4B"]
        with pytest.raises(RefusedError, match="not trusted"):
            await ConsoleClient(told["feed"], fresh_token("nurse", "4B"), ["4B"]).__aenter__()


async def test_without_kafka_it_serves_all_the_same_and_says_once_that_it_is_not_live() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{closed.getsockname()[1]}"
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": nowhere, "WARDWATCH_FEED_PORT": "0"}
    async with started("feed", environment=environment) as process:
        url, _ = await told_by(process)
        # Of the audit, the alarms, the pulses, the statuses, the trends and the receipts.
        said = [await next_line(process.stderr) for _ in range(6)]
        assert [line.count("no broker answers") for line in said] == [1] * 6
        assert "".join(said).count("not live") == 1
        with pytest.raises(urllib.error.HTTPError, match="503"):
            await asyncio.to_thread(urllib.request.urlopen, url.replace("ws:", "http:") + "health")
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 0
        assert b"notes for the audit could not be written" in errors
        assert errors.count(b"\n") == 1


async def test_a_port_that_is_taken_is_said_in_one_sentence(embedded_broker: EmbeddedBroker) -> None:
    embedded_broker.create_topics(*ALL)
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": embedded_broker.bootstrap_servers}
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        status, output, errors = await finished("feed", "--port", port, environment=environment)
    assert (status, output) == (1, "")
    assert errors.startswith(f"wardwatch: the feed can't listen at 127.0.0.1:{port} (Address already in use)")
    assert "choose another --host or --port" in errors
    assert errors.count("\n") == 1


async def test_without_keys_it_listens_on_this_machine_alone() -> None:
    status, output, errors = await finished("feed", "--host", "0.0.0.0")  # noqa: S104
    assert (status, output) == (2, "")
    assert errors.startswith("wardwatch: WARDWATCH_FEED_HOST: without WARDWATCH_FEED_KEYS ")
    assert "wardwatch token key" in errors
    assert errors.count("\n") == 1


async def test_listening_beyond_this_machine_without_tls_is_warned_of(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.json", SigningKey.make())
    environment = {"WARDWATCH_FEED_KEYS": str(tmp_path / "keys.json")}
    async with started("feed", "--host", "0.0.0.0", "--port", "0", environment=environment) as process:  # noqa: S104
        assert "unencrypted: set WARDWATCH_FEED_CERTFILE" in await next_line(process.stderr)


async def test_with_a_certificate_it_is_at_a_secure_address(tmp_path: Path) -> None:
    certificate = trustme.CA().issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    for part in certificate.cert_chain_pems:
        part.write_to_path(tmp_path / "cert.pem", append=True)
    environment = {
        "WARDWATCH_FEED_CERTFILE": str(tmp_path / "cert.pem"),
        "WARDWATCH_FEED_KEYFILE": str(tmp_path / "key.pem"),
    }
    async with started("feed", "--port", "0", environment=environment) as process:
        assert (await next_line(process.stdout)).startswith("wardwatch feed at wss://127.0.0.1:")
        assert (await next_line(process.stdout)).startswith("console at https://127.0.0.1:")


@pytest.mark.parametrize("name", ["FEED_KEYS", "FEED_REVOKED", "FEED_NAMES", "FEED_CERTFILE"])
async def test_a_file_that_can_not_be_used_is_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("nonsense here\n")
    status, output, errors = await finished("feed", environment={f"WARDWATCH_{name}": str(tmp_path / "file")})
    assert (status, output) == (2, "")
    assert errors.startswith(f"wardwatch: WARDWATCH_{name}")
    assert errors.count("\n") == 1
    assert "nonsense" not in errors
