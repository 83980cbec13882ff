"""A console's websocket connection, on which frames that were made for many are written as they are."""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.protocol import OPEN

from wardwatch.adapters.feed.doorstep import Doorstep
from wardwatch.adapters.feed.outbox import Outbox
from wardwatch.wire.feed.codes import CloseCode

# How long a console may take to answer the end of its connection before the socket is closed on it.
CLOSE_TIMEOUT_S = 2.0

SLOW_CONSUMER = "slow consumer: log in again and subscribe with your last position"

# The loop only keeps weak references to tasks.
_hanging_up: set[asyncio.Task[None]] = set()


class FeedConnection(ServerConnection):
    """For ``serve(create_connection=FeedConnection, compression=None, ping_interval=None)``.

    Frames go past the library's own, to the same transport: whole ones, and none after its close frame. So
    a fan-out to a thousand consoles needs neither a thousand tasks nor a thousand copies; and of thousands of
    connections none has a task of its own for pings either, the hub asks them all.
    """

    # With more attributes Python would no longer let all connections share the names of them: 1 KB for each.
    __slots__ = ("_doorstep", "heard", "outbox")

    def __init__(self, *arguments: Any, doorstep: Doorstep | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._doorstep = doorstep
        self.outbox: Outbox | None = None
        self.heard = True

    def forget_handshake(self) -> None:
        """Let go of what was said in HTTP: nobody will ask again, and the library would keep it for good."""
        self._leave_doorstep()
        for message in (self.request, self.response):
            if message is not None:
                message.headers.clear()

    def write(self, frames: bytes) -> None:
        """Send whole frames, unless the connection is ending."""
        # Between its loss and `connection_lost` asyncio would log each write.
        if self.protocol.state is OPEN and not self.transport.is_closing():
            self.transport.write(frames)

    def cut_off(self) -> None:
        """End the connection to a console that does not keep up."""
        self.hang_up(CloseCode.SLOW_CONSUMER, SLOW_CONSUMER)

    def give_up(self) -> None:
        """End the connection to a console that is no longer there."""
        self.transport.abort()

    def hang_up(self, code: CloseCode, reason: str, *, within_s: float = CLOSE_TIMEOUT_S) -> None:
        """End the connection: in order if the console reads at all, else without more ado."""
        task = asyncio.get_running_loop().create_task(self._hang_up(code, reason, within_s))
        _hanging_up.add(task)
        task.add_done_callback(_hanging_up.discard)

    async def _hang_up(self, code: CloseCode, reason: str, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                await self.close(code, reason)
        except TimeoutError:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has connected."""
        super().connection_made(transport)
        if self._doorstep is not None:
            self._doorstep.arrive(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more."""
        self._leave_doorstep()
        super().connection_lost(exc)

    def _leave_doorstep(self) -> None:
        if self._doorstep is not None:
            self._doorstep.leave(self)
            self._doorstep = None

    def data_received(self, data: bytes) -> None:
        """Bytes have come from the console: it is there."""
        self.heard = True
        super().data_received(data)

    def resume_writing(self) -> None:
        """The console has taken most of what it was sent: go on with what waits."""
        super().resume_writing()
        if self.outbox is not None:
            self.outbox.pump()
