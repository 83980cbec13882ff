"""What a feed's server needs beside sockets, for tests without Kafka; and consoles that log in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tests.support.access import HOUR_MS, token_of
from tests.support.feeds import live
from wardwatch.adapters.feed.audience import Subscriber
from wardwatch.adapters.feed.census import Census
from wardwatch.adapters.feed.deliveries import DeliveryBook
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.names import NamesFile
from wardwatch.adapters.feed.server import FeedServer
from wardwatch.adapters.feed.services import Services
from wardwatch.adapters.token_keys import SigningKey
from wardwatch.adapters.tokens import Gatekeeper
from wardwatch.core.alarming.commands import Receipt, Verdict
from wardwatch.core.events import AlarmEvent, News2Status, PatientStatus
from wardwatch.core.permissions import ConsoleRole, Grant
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.asked import Order
from wardwatch.wire.feed.told import CommandReceipt, encode_message, raw
from wardwatch.wire.receipts import encode_receipt
from wardwatch.wire.status import encode_status

KEY = SigningKey.make()


def now_ms() -> int:
    """The calendar, as the feed has it."""
    return time.time_ns() // 1_000_000


def fresh_token(
    role: ConsoleRole | str = ConsoleRole.CHARGE_NURSE, *wards: str, key: SigningKey = KEY, **others: Any
) -> str:
    """A token from now on; for all wards, unless told otherwise."""
    others.setdefault("expires_ms", now_ms() + HOUR_MS)
    return token_of(key, role, *(wards or ("*",)), now_ms=now_ms(), **others)


@dataclass
class WrittenDown:
    """What sessions have told the orders and the audit. Every order is answered as if it had been done."""

    hub: FeedHub
    orders: list[tuple[Order, Grant]] = field(default_factory=list)
    is_behind: bool = False
    notes: list[tuple[str, Grant | None, str, dict[str, Any]]] = field(default_factory=list)

    def give(self, order: Order, grant: Grant, subscriber: Subscriber) -> None:
        self.orders.append((order, grant))
        receipt = Receipt(
            command=order.command,
            patient=order.patient,
            verb=order.verb,
            by=grant.actor(),
            at_ms=now_ms(),
            verdict=Verdict.DONE,
            sentence="Done.",
        )
        answer = CommandReceipt(receipt=raw([encode_receipt(receipt)])[0])
        self.hub.send(subscriber, encode_message(answer))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        yield

    def note(self, kind: str, grant: Grant | None, console: str, **what: Any) -> None:
        self.notes.append((kind, grant, console, what))

    def kinds(self) -> list[str]:
        return [kind for kind, *_ in self.notes]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [what for noted, _, _, what in self.notes if noted == kind]


@dataclass
class Station:
    """Everything behind a feed's server, and what was written down of it."""

    hub: FeedHub
    services: Services
    written: WrittenDown

    def lie(self, patient: str, ward: str) -> None:
        """A patient lies in a ward, and has a status."""
        status = PatientStatus(
            patient=patient,
            ward=ward,
            bed="12",
            observed_at_ms=now_ms(),
            vitals={"heart_rate": (72.0, now_ms())},
            news2=News2Status(lowest=0, highest=20, missing=()),
            open_alarms=(),
            learning={},
        )
        self.services.census.take(status, encode_status(status))
        self.hub.flush()

    def happen(self, *events: AlarmEvent) -> None:
        """Records of the log, all of one fetch."""
        for event in events:
            self.hub.take(event, encode_alarm(event), 0, self._offset)
            self.services.deliveries.take(event)
            self._offset += 1
        self.hub.flush()

    def __post_init__(self) -> None:
        self._offset = 0


def station(
    *, hub: FeedHub | None = None, keys: Path | None = None, revoked: Path | None = None,
    names: Path | None = None, now_ms: Callable[[], int] = now_ms, is_open: bool = True,
) -> Station:  # fmt: skip
    """Trusts :data:`KEY`, or a file of keys. With ``is_open`` the log has been read to its end."""
    hub = hub or FeedHub()
    if is_open:
        hub.begin({0: 0})
        hub.open_doors()
    written = WrittenDown(hub)
    gatekeeper = Gatekeeper.of_key(KEY, revoked) if keys is None else Gatekeeper.of_files(keys, revoked)
    services = Services(
        hub=hub,
        gatekeeper=gatekeeper,
        census=Census(hub, trend_hours=4),
        orders=cast("Any", written),
        deliveries=DeliveryBook(hub),
        audit=cast("Any", written),
        names=None if names is None else NamesFile(names, "WARDWATCH_FEED_NAMES"),
        now_ms=now_ms,
    )
    return Station(hub, services, written)


@asynccontextmanager
async def serving(behind: Station | None = None, **options: Any) -> AsyncIterator[tuple[Station, FeedServer]]:
    """A feed's server on a free port."""
    behind = behind or station()
    async with FeedServer(behind.services, options.pop("state", live), **options) as server:
        yield behind, server
