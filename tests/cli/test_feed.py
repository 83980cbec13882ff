"""`wardwatch feed` as a process: it serves, it ends in order, and it says what is wrong in a sentence."""

from __future__ import annotations

import asyncio
import signal
import socket
import urllib.error
import urllib.request

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.alerts import alarm_event
from tests.support.commands import finished, next_line, started
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.feed.client import ConsoleClient, FeedClosedError
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed import Snapshot


async def url_of(process: asyncio.subprocess.Process) -> str:
    line = await next_line(process.stdout)
    assert line.startswith("wardwatch feed at ws://")
    return line.split()[-1]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_what_is_in_the_log_and_ends_in_order(
    embedded_broker: EmbeddedBroker, ending: signal.Signals
) -> None:
    event = alarm_event(patient="p-secret")
    async with AIOKafkaProducer(bootstrap_servers=embedded_broker.bootstrap_servers) as producer:
        await producer.send_and_wait("vitals.alerts", encode_alarm(event), key=b"p-secret")
        await producer.send_and_wait("vitals.alerts", b'{"patient":"p-secret"}', key=b"p-secret")
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": embedded_broker.bootstrap_servers}
    async with started("feed", "--port", "0", environment=environment) as process:
        async with ConsoleClient(await url_of(process), ["4B"]) as console:
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


async def test_without_kafka_it_serves_all_the_same_and_says_once_that_it_is_not_live() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{closed.getsockname()[1]}"
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": nowhere, "WARDWATCH_FEED_PORT": "0"}
    async with started("feed", environment=environment) as process:
        url = await url_of(process)
        said = [
            await next_line(process.stderr),
            await next_line(process.stderr),
        ]  # of the alarms, of the pulses
        assert [line.count("no broker answers") for line in said] == [1, 1]
        assert "".join(said).count("not live") == 1
        with pytest.raises(urllib.error.HTTPError, match="503"):
            await asyncio.to_thread(urllib.request.urlopen, url.replace("ws:", "http:") + "health")
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), 20)
        assert (process.returncode, errors) == (0, b"")


async def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        status, output, errors = await finished("feed", "--port", port)
    assert (status, output) == (1, "")
    assert errors.startswith(f"wardwatch: the feed can't listen at 127.0.0.1:{port} (Address already in use)")
    assert "choose another --host or --port" in errors
    assert errors.count("\n") == 1


async def test_listening_beyond_this_machine_is_warned_of() -> None:
    async with started("feed", "--host", "0.0.0.0", "--port", "0") as process:  # noqa: S104
        assert "whoever can reach this port can read every ward" in await next_line(process.stderr)
