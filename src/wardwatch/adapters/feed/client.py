"""A small client of the feed, for the demo and for tests: what a nurse-station console receives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.feed import (
    PROTOCOL,
    Error,
    Event,
    Gone,
    Heartbeat,
    Hello,
    Snapshot,
    Subscribe,
    decode_server_message,
    encode_message,
)

# A snapshot is one message, however many alarms are open.
_MAXIMUM_MESSAGE_BYTES = 64 * 1024 * 1024


class FeedClosedError(Exception):
    """The feed is not there, or has ended the connection; ``code`` is the websocket close code."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class OpenAlarms:
    """What a console shows after the messages that it got: technical alarms apart from those of patients."""

    def __init__(self) -> None:
        self._by_name: dict[str, AlarmEvent] = {}

    def take(self, message: Snapshot | Event | Gone) -> None:
        """The next message."""
        match message:
            case Snapshot():
                self._by_name = {event.alarm: event for event in message.events()}
            case Gone():
                self._by_name.pop(message.alarm, None)
            case Event():
                event = message.event()
                self._by_name[event.alarm] = event
                if event.phase is Phase.END:
                    del self._by_name[event.alarm]

    def of_patients(self) -> list[AlarmEvent]:
        """The latest events of the alarms that tell how patients are; the most urgent first."""
        return self._sorted(is_technical=False)

    def technical(self) -> list[AlarmEvent]:
        """The latest events of the alarms about devices and the monitoring itself; the most urgent first."""
        return self._sorted(is_technical=True)

    def _sorted(self, *, is_technical: bool) -> list[AlarmEvent]:
        chosen = [each for each in self._by_name.values() if (each.kind == "technical") == is_technical]
        return sorted(chosen, key=lambda event: (-event.priority, event.onset_ms))


class ConsoleClient:
    """Subscribes to wards, and yields the snapshot and then every change.

    ``async with ConsoleClient(url, ["4B"]) as console: async for message in console: ...``

    Heartbeats are not yielded: the latest is :attr:`last_heartbeat`. There is no reconnecting: the end of
    the connection, and an answer that refuses the subscription, raise :class:`FeedClosedError`.
    """

    def __init__(self, url: str, wards: Sequence[str]) -> None:
        self._url = url
        self._wards = list(wards)
        self._connection: ClientConnection | None = None
        self.hello: Hello | None = None
        self.last_heartbeat: Heartbeat | None = None

    async def __aenter__(self) -> Self:
        try:
            self._connection = await connect(
                self._url,
                subprotocols=[Subprotocol(PROTOCOL)],
                compression=None,
                max_size=_MAXIMUM_MESSAGE_BYTES,
                proxy=None,
            )
            await self._connection.send(encode_message(Subscribe(wards=self._wards)), text=True)
        except (OSError, WebSocketException) as error:
            raise FeedClosedError(f"the feed can't be reached: {error}") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def __aiter__(self) -> AsyncIterator[Snapshot | Event | Gone]:
        while True:
            match await self._receive():
                case Hello() as hello:
                    self.hello = hello
                case Heartbeat() as heartbeat:
                    self.last_heartbeat = heartbeat
                case Error() as refused:
                    raise FeedClosedError(f"the feed refused the subscription: {refused.message}")
                case message:
                    yield message

    async def _receive(self) -> Hello | Snapshot | Event | Gone | Heartbeat | Error:
        if self._connection is None:
            raise RuntimeError("a console is used inside `async with`")
        try:
            return decode_server_message(await self._connection.recv())
        except ConnectionClosed as closed:
            if closed.rcvd is None:
                raise FeedClosedError("the connection to the feed broke") from closed
            code, reason = closed.rcvd.code, closed.rcvd.reason
            raise FeedClosedError(f"the feed closed the connection: {code} {reason}", code) from closed
