"""Who is connected: those who have not said yet who they are, and those who have."""

from __future__ import annotations

from websockets.protocol import OPEN

from wardwatch.adapters.feed.audience import Subscriber
from wardwatch.adapters.feed.connection import FeedConnection
from wardwatch.adapters.feed.frames import text_frame
from wardwatch.adapters.feed.limits import HANG_UP_WITHIN_S, Limits
from wardwatch.adapters.feed.services import Services
from wardwatch.adapters.feed.session import EndOfSession, Session
from wardwatch.wire.feed.codes import CloseCode


class Guest:
    """A connection, and the conversation over it."""

    def __init__(
        self, attendance: Attendance, connection: FeedConnection, services: Services, limits: Limits
    ) -> None:
        self.connection = connection
        self._attendance = attendance
        self._hub = services.hub
        self.session = Session(services, self, limits, unnamed=f"unnamed-{connection.id.hex[:8]}")

    def say(self, payload: bytes) -> None:
        """Send at once; for the time before the login."""
        self.connection.write(text_frame(payload))

    def join(self) -> Subscriber:
        """Let the hub know of the console: it has logged in."""
        if self._attendance.is_full:
            raise EndOfSession(CloseCode.TRY_AGAIN_LATER, "too many consoles")
        self._attendance.welcome(self)
        return self._hub.join(self.connection)

    async def drained(self) -> bool:
        """Wait until the console has taken what it was sent; ``False`` if it is gone."""
        while self.connection.paused and self.connection.state is OPEN:
            await self.connection.drain()
        return self.connection.state is OPEN

    def send_away(self, end: EndOfSession) -> None:
        """End the session now, and the connection as soon as the console has heard of it."""
        self.session.end(end.code)
        self.connection.hang_up(end.code, end.reason, within_s=HANG_UP_WITHIN_S)


class Attendance:
    """All guests of a server, in the order in which they came.

    There is as much room for those who have not logged in as for those who have. Where it is full, whoever
    has waited longest has to go: a console logs in at once, and only somebody who means ill holds a place.
    """

    def __init__(self, services: Services, limits: Limits) -> None:
        self._services = services
        self._limits = limits
        self._since_s: dict[Guest, float] = {}
        self._logged_in: dict[Guest, None] = {}

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another console."""
        return len(self._logged_in) >= self._limits.consoles

    def admit(self, connection: FeedConnection, now_s: float) -> Guest:
        """Somebody has connected."""
        guest = Guest(self, connection, self._services, self._limits)
        self._since_s[guest] = now_s
        if len(self._since_s) > self._limits.consoles:
            self._give_up(next(iter(self._since_s)))
        return guest

    def welcome(self, guest: Guest) -> None:
        """Somebody has logged in."""
        self._since_s.pop(guest, None)
        self._logged_in[guest] = None

    def dismiss(self, guest: Guest, code: int | None) -> None:
        """Somebody is gone."""
        self._since_s.pop(guest, None)
        self._logged_in.pop(guest, None)
        guest.session.end(code)

    def check(self, now_s: float) -> None:
        """Send away who has not logged in in time, and whose token no longer counts."""
        for guest, since_s in list(self._since_s.items()):
            if now_s - since_s < self._limits.login_within_s:
                break  # the others came later
            self._give_up(guest)
        for guest in list(self._logged_in):
            try:
                guest.session.check()
            except EndOfSession as end:
                del self._logged_in[guest]
                guest.send_away(end)

    def _give_up(self, guest: Guest) -> None:
        del self._since_s[guest]
        guest.send_away(EndOfSession(CloseCode.LOGIN_TIMEOUT, "no login came in time"))
