"""Questions of a console that wait for their answers, and what comes instead of one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed

from wardwatch.wire.errors import Unreadable
from wardwatch.wire.feed.codes import ErrorCode
from wardwatch.wire.feed.told import (
    CommandReceipt,
    Deliveries,
    Error,
    History,
    NameOf,
    ServerMessage,
    Welcome,
)
from wardwatch.wire.receipts import decode_receipt


class FeedClosedError(Exception):
    """The feed is not there, or has ended the connection; ``code`` is the websocket close code."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


def closed_error(closed: ConnectionClosed) -> FeedClosedError:
    """The end of a connection, as a console tells of it."""
    if closed.rcvd is None:
        return FeedClosedError("the connection to the feed broke")
    code, reason = closed.rcvd.code, closed.rcvd.reason
    return FeedClosedError(f"the feed closed the connection: {code} {reason}", code)


class RefusedError(Exception):
    """The feed has answered with an error: its code, and its sentence."""

    def __init__(self, code: ErrorCode, sentence: str) -> None:
        super().__init__(f"the feed refused ({code}): {sentence}")
        self.code = code
        self.sentence = sentence


@dataclass(slots=True)
class _Waiting:
    missing: int
    done: asyncio.Future[list[ServerMessage]]
    answers: list[ServerMessage] = field(default_factory=list)


class PendingRequests:
    """Which answers are waited for, by the name of the request."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}

    def expect(self, name: str, count: int = 1) -> asyncio.Future[list[ServerMessage]]:
        """What will hold so many answers to the request ``name``, or its refusal."""
        waiting = _Waiting(count, asyncio.get_running_loop().create_future())
        self._waiting[name] = waiting
        return waiting.done

    def forget(self, name: str) -> None:
        """Nobody waits any more."""
        waiting = self._waiting.pop(name, None)
        if waiting is not None and not waiting.done.cancel() and not waiting.done.cancelled():
            waiting.done.exception()  # told, or not wanted: not to be logged as lost

    def answer(self, message: ServerMessage) -> bool:
        """Hand ``message`` to whoever waits for it; ``False`` where nobody does."""
        name = _name_of(message)
        waiting = None if name is None else self._waiting.get(name)
        if waiting is None or waiting.done.done():
            return False
        if isinstance(message, Error):
            waiting.done.set_exception(RefusedError(message.code, message.message))
            return True
        waiting.answers.append(message)
        waiting.missing -= 1
        if not waiting.missing:
            waiting.done.set_result(waiting.answers)
        return True

    def fail(self, error: Exception) -> None:
        """The connection is gone, and the answers with it."""
        for waiting in self._waiting.values():
            if not waiting.done.done():
                waiting.done.set_exception(error)


def _name_of(message: ServerMessage) -> str | None:
    match message:
        case Welcome() | History() | NameOf() | Deliveries() | Error():
            return message.request
        case CommandReceipt():
            try:
                return decode_receipt(bytes(message.receipt)).command
            except Unreadable:
                return None
        case _:
            return None
