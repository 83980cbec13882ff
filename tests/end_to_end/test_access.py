"""A station's day with keys and tokens, by the commands that are documented, against a feed of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.commands import finished, next_line, started
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.wire.topics import ALL

# Expired and withdrawn tokens end what they have opened within so long.
ENDS_WITHIN_S = 1.0


class Office:
    """Where tokens are issued and withdrawn, and the audit is read."""

    def __init__(self, folder: Path, broker: EmbeddedBroker) -> None:
        self.folder = folder
        self.environment = {
            "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "WARDWATCH_FEED_KEYS": str(folder / "keys.json"),
            "WARDWATCH_FEED_REVOKED": str(folder / "revoked.txt"),
        }

    async def does(self, *arguments: str) -> str:
        status, output, errors = await finished(*arguments, environment=self.environment)
        assert status == 0, errors
        return output

    async def key(self) -> Path:
        made = await self.does("token", "key", "--out", str(self.folder), "--json")
        return Path(json.loads(made)["private"])

    async def token(self, key: Path, name: str, lifetime: str = "1h") -> str:
        about = ("--name", name, "--role", "nurse", "--ward", "4B", "--for", lifetime)
        return (await self.does("token", "issue", "--key", str(key), *about)).strip()


@pytest.fixture
def office(tmp_path: Path, embedded_broker: EmbeddedBroker) -> Office:
    embedded_broker.create_topics(*ALL)
    (tmp_path / "revoked.txt").touch()
    return Office(tmp_path, embedded_broker)


@asynccontextmanager
async def logged_in(url: str, token: str) -> AsyncIterator[ClientConnection]:
    async with connect(url) as console:
        await console.send(json.dumps({"type": "login", "token": token, "console": "station-4B"}))
        await told(console, "welcome")
        yield console


async def told(console: ClientConnection, kind: str) -> None:
    async with asyncio.timeout(10):
        while json.loads(await console.recv())["type"] != kind:
            pass


async def ending_of(console: ClientConnection) -> tuple[int | None, float]:
    """With which code a console is closed, and when."""
    async with asyncio.timeout(60):
        try:
            while True:
                await console.recv()
        except ConnectionClosed:
            return console.close_code, time.time()


def expiry_of(token: str) -> float:
    claims = token.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])


async def test_tokens_let_in_until_they_expire_are_withdrawn_or_lose_their_key_and_all_is_noted(
    office: Office,
) -> None:
    first = await office.key()
    second = await office.key()
    async with started("feed", "--port", "0", "--json", environment=office.environment) as feed:
        url = json.loads(await next_line(feed.stdout))["feed"]
        tokens = [
            await office.token(key, name) for key, name in ((first, "Anna"), (first, "Ben"), (second, "Cora"))
        ]
        brief = await office.token(first, "Brief", "10s")
        expires_s = expiry_of(brief)
        async with (
            logged_in(url, tokens[0]) as anna,
            logged_in(url, tokens[1]) as ben,
            logged_in(url, tokens[2]) as cora,
            logged_in(url, brief) as expiring,
        ):
            endings = [asyncio.create_task(ending_of(each)) for each in (anna, ben, expiring)]
            await office.does("token", "revoke", "--subject", "Anna")
            withdrawn_s = time.time()
            code, at_s = await endings[0]
            assert (code, at_s - withdrawn_s < ENDS_WITHIN_S) == (4003, True)

            code, at_s = await endings[2]
            assert (code, abs(at_s - expires_s) < ENDS_WITHIN_S) == (4002, True)

            assert not endings[1].done()
            await office.does("token", "retire", first.name.partition(".")[0])
            retired_s = time.time()
            code, at_s = await endings[1]
            assert (code, at_s - retired_s < ENDS_WITHIN_S) == (4003, True)

            await cora.send('{"type":"subscribe","wards":["4B"]}')
            await told(cora, "subscribed")
        feed.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(feed.communicate(), 20)
        assert feed.returncode == 0
        assert b"Anna" not in errors
        assert brief.encode() not in errors

    assert "as they were written" in await office.does("audit", "verify")
    noted = [json.loads(line) for line in (await office.does("audit", "list", "--json")).splitlines()]
    assert (noted[0]["kind"], noted[-1]["kind"]) == ("started", "stopped")
    by_name = {
        name: [each["kind"] for each in noted if each["who"] and each["who"]["name"] == name]
        for name in ("Anna", "Ben", "Cora", "Brief")
    }
    assert by_name == {
        "Anna": ["login", "closed"],
        "Ben": ["login", "closed"],
        "Brief": ["login", "closed"],
        "Cora": ["login", "subscribed", "closed"],
    }
    codes = {each["who"]["name"]: each["what"].get("code") for each in noted if each["kind"] == "closed"}
    assert (codes["Anna"], codes["Ben"], codes["Brief"]) == (4003, 4003, 4002)
