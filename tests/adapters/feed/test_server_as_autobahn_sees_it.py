"""Autobahn's test suite against the feed's port: it fails nothing that the library passes by itself."""

from __future__ import annotations

import asyncio
import logging

from websockets.asyncio.server import ServerConnection, serve

from tests.support.autobahn import verdicts
from tests.support.feeds import live
from tests.support.stations import station
from wardwatch.adapters.feed.server import FeedServer
from wardwatch.wire.feed.codes import MAXIMUM_REQUEST_BYTES


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


class EchoingFeed(FeedServer):
    """The feed's port as it is, with somebody behind it who repeats everything."""

    async def _attend(self, connection: ServerConnection) -> None:
        await echo(connection)


async def test_the_feeds_port_fails_no_case_that_the_library_passes() -> None:
    quiet = logging.Logger("quiet", logging.CRITICAL + 1)
    feed = EchoingFeed(station().services, live)
    plain = serve(echo, "127.0.0.1", 0, compression=None, max_size=MAXIMUM_REQUEST_BYTES, logger=quiet)
    async with feed, plain as library:
        port = library.sockets[0].getsockname()[1]
        by_feed, by_library = await asyncio.gather(verdicts(feed.url), verdicts(f"ws://127.0.0.1:{port}/"))
        # On a busy machine something may take too long for one and not for the other: once more, by itself.
        failed = [case for case, passed in by_feed.items() if by_library[case] and not passed]
        if failed:
            by_feed |= await verdicts(feed.url, failed)
    assert by_feed.keys() == by_library.keys()
    assert sum(by_library.values()) > 250
    assert {case for case, passed in by_feed.items() if by_library[case] and not passed} == set()


async def test_a_server_that_forgets_something_would_be_noticed() -> None:
    async def forgetful(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message[:100])

    async with serve(forgetful, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = await verdicts(f"ws://127.0.0.1:{port}/", ["1.1.1", "1.1.2", "1.1.3"])
    assert found == {"1.1.1": True, "1.1.2": False, "1.1.3": False}
