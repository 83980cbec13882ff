"""One console's conversation with the feed, from its login to its end. No sockets here."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from wardwatch.adapters.feed.limits import Allowance, Limits
from wardwatch.adapters.feed.requests import Requests
from wardwatch.adapters.feed.services import Services, Visitor
from wardwatch.adapters.tokens import TokenError
from wardwatch.core.permissions import Action, Grant
from wardwatch.wire.feed.asked import BadRequestError, ClientMessage, Login, decode_request
from wardwatch.wire.feed.codes import CloseCode, ErrorCode
from wardwatch.wire.feed.told import Error, ServerMessage, Welcome, encode_message

if TYPE_CHECKING:
    from wardwatch.adapters.feed.audience import Subscriber


class EndOfSession(Exception):  # noqa: N818 (no error: it is how a session ends)
    """The conversation is over: the close code, and why, for whoever reads the console's log."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Line(Protocol):
    """The way to the console, before the hub knows of it and after."""

    def say(self, payload: bytes) -> None:
        """Send at once; for the time before the login."""

    def join(self) -> Subscriber:
        """Let the hub know of the console; raises :class:`EndOfSession` where there is no room."""

    async def drained(self) -> bool:
        """Wait until the console has taken what it was sent; ``False`` if it is gone."""


class Session:
    """From the first message to the last. :meth:`take` and :meth:`check` raise :class:`EndOfSession`."""

    def __init__(
        self,
        services: Services,
        line: Line,
        limits: Limits,
        *,
        unnamed: str = "unnamed",
    ) -> None:
        """``unnamed`` is what the console is called as long as it gives itself no name."""
        self._services = services
        self._line = line
        self._console = unnamed
        self._allowance = Allowance(a_second=limits.messages_a_second, at_once=limits.messages_at_once)
        self._visitor: Visitor | None = None
        self._requests: Requests | None = None
        self._is_over = False

    async def take(self, frame: str | bytes) -> None:
        """The console's next message."""
        if self._is_over:
            return
        if not self._allowance.spend(time.monotonic()):
            raise EndOfSession(CloseCode.TOO_MANY_MESSAGES, "too many messages: mend the console")
        request = None
        try:
            request = decode_request(frame)
            await self._do(request)
        except BadRequestError as fault:
            self._services.hub.counters.bad_requests += 1
            if self._requests is not None:
                self._requests.refuse(fault, request)
            else:
                self._say(Error(code=fault.code, message=fault.message, request=fault.request))
        # Whoever asks without reading the answers has to wait, and fills no queue; and a hundred questions
        # that have come at once take turns with the alarms of others.
        await asyncio.sleep(0)
        await self._line.drained()

    def check(self) -> None:
        """Raise :class:`EndOfSession` if the right to be here has ended."""
        if self._visitor is None:
            return
        if self._services.now_ms() >= self._visitor.grant.expires_ms:
            raise EndOfSession(CloseCode.EXPIRED, "the token has expired: log in with another")
        if self._services.gatekeeper.is_revoked(self._visitor.grant):
            raise EndOfSession(CloseCode.REVOKED, "the token has been withdrawn")

    def end(self, code: int | None) -> None:
        """From now on the console hears nothing. May be called twice: the first time counts."""
        if self._is_over:
            return
        self._is_over = True
        if self._visitor is not None:
            self._services.hub.leave(self._visitor.subscriber)
            self._services.deliveries.left(self._visitor.subscriber)
            self._services.audit.note("closed", self._visitor.grant, self._console, code=code)

    async def _do(self, request: ClientMessage) -> None:
        if isinstance(request, Login):
            self._log_in(request)
            return
        if self._requests is None:
            raise BadRequestError(ErrorCode.NOT_LOGGED_IN, "Log in first.", request.request)
        self.check()
        await self._requests.answer(request)

    async def _let_others(self) -> None:
        """A hundred charts take a while to be written; alarms must not wait for them."""
        await asyncio.sleep(0)
        if not await self._line.drained():
            raise EndOfSession(CloseCode.SLOW_CONSUMER, "gone before all was told")
        self.check()

    def _log_in(self, request: Login) -> None:
        try:
            grant = self._services.gatekeeper.admit(request.token, self._services.now_ms())
        except TokenError as error:
            self._refuse_token(request, error)
            return
        if self._visitor is None:
            self._console = request.console or self._console
            self._visitor = Visitor(grant, self._line.join(), self._console)
            self._requests = Requests(self._services, self._visitor, self._let_others)
        else:
            self._renew(self._visitor, grant)
        self._services.deliveries.logged_in(self._visitor.subscriber, self._console, grant)
        self._services.audit.note("login", grant, self._console, wards=sorted(grant.wards))
        self._say(
            Welcome(
                name=grant.name,
                role=grant.role,
                wards=sorted(grant.wards),
                may=[action for action in Action if grant.may(action)],
                expires_ms=grant.expires_ms,
                notice=self._services.notice,
                request=request.request,
            )
        )

    def _renew(self, visitor: Visitor, grant: Grant) -> None:
        try:
            _check_renewal(visitor, grant)
        except EndOfSession:
            what = {"reason": "no_renewal", "refused": grant}
            self._services.audit.note("login_refused", visitor.grant, self._console, **what)
            raise
        visitor.grant = grant

    def _refuse_token(self, request: Login, error: TokenError) -> None:
        grant = None if self._visitor is None else self._visitor.grant
        noted = self._services.strangers_noted if error.grant is None else self._services.outdated_noted
        if grant or noted.spend(time.monotonic()):
            console = self._console if grant else request.console
            what = {"reason": error.refusal.value, "refused": error.grant}
            self._services.audit.note("login_refused", grant, console, **what)
        self._say(Error(code=ErrorCode.BAD_TOKEN, message=str(error), request=request.request))
        if grant is None:
            raise EndOfSession(CloseCode.UNAUTHORIZED, "the token is not valid")

    def _say(self, message: ServerMessage) -> None:
        payload = encode_message(message)
        if self._visitor is None:
            self._line.say(payload)
        else:
            self._services.hub.send(self._visitor.subscriber, payload)


def _check_renewal(visitor: Visitor, grant: Grant) -> None:
    """A new token must not leave a console with what it does not allow, nor be somebody else's."""
    if grant.subject != visitor.grant.subject:
        raise EndOfSession(CloseCode.UNAUTHORIZED, "the token is somebody else's: connect anew")
    wish = visitor.subscription
    if wish is not None and not (
        all(grant.covers(ward) for ward in wish.wards)
        and grant.may(Action.READ)
        and (grant.may(Action.VITALS) or not wish.vitals)
    ):
        raise EndOfSession(CloseCode.UNAUTHORIZED, "the token allows less than before: connect anew")
