"""A network between a console and its feed that can be cut, and stays cut until it is mended."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self

_CHUNK = 65_536


class CuttableNetwork:
    """Passes TCP connections on to a port of this machine. While it is cut nothing gets through, and nobody
    is told: as with a cable that was pulled out, connections stay open, and what was under way comes later.
    """

    def __init__(self, feed_port: int) -> None:
        self._feed_port = feed_port
        self._whole = asyncio.Event()
        self._whole.set()
        self._server: asyncio.Server | None = None
        self._ways: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where the console's page is, through this network."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    def cut(self) -> None:
        """From now on nothing gets through."""
        self._whole.clear()

    def mend(self) -> None:
        """What waits gets through now, and all that comes."""
        self._whole.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for way in self._ways:
            way.cancel()
        await asyncio.gather(*self._ways, return_exceptions=True)

    async def _connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        try:
            far, forth = await asyncio.open_connection("127.0.0.1", self._feed_port)
        except OSError:
            back.transport.abort()  # the feed is gone: as if nobody listened
            return
        for reader, writer in ((near, forth), (far, back)):
            way = asyncio.create_task(self._pass_on(reader, writer))
            self._ways.add(way)
            way.add_done_callback(self._ways.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        await self._whole.wait()
        writer.close()
