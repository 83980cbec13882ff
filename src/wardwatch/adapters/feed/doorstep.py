"""Connections that have not said yet what they want. Anybody can make such, and makes them for nothing."""

from __future__ import annotations

from typing import Protocol

# A browser fetches the page over several connections at once. Our own choice.
ROOM_FOR_PAGES = 256


class Caller(Protocol):
    """A connection, from its beginning to the end of its first request."""

    def give_up(self) -> None:
        """End it, without a word."""


class Doorstep:
    """Has room for so many callers: then who has stood there longest has to go.

    Whoever means well says at once what it wants. Without a limit, others could take all the files that this
    process may have open, and nobody could connect any more, nor the feed to its broker.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._callers: dict[Caller, None] = {}

    def __len__(self) -> int:
        """How many stand there."""
        return len(self._callers)

    def arrive(self, caller: Caller) -> None:
        """Somebody has connected."""
        self._callers[caller] = None
        if len(self._callers) > self._room:
            oldest = next(iter(self._callers))
            del self._callers[oldest]
            oldest.give_up()

    def leave(self, caller: Caller) -> None:
        """Somebody has come in, or is gone."""
        self._callers.pop(caller, None)
