"""What the conversations of a feed have at their disposal."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wardwatch.adapters.feed.limits import Allowance

if TYPE_CHECKING:
    from wardwatch.adapters.feed.audience import Subscriber
    from wardwatch.adapters.feed.audit import Audit
    from wardwatch.adapters.feed.census import Census
    from wardwatch.adapters.feed.deliveries import DeliveryBook
    from wardwatch.adapters.feed.hub import FeedHub
    from wardwatch.adapters.feed.names import NamesFile
    from wardwatch.adapters.feed.orders import Orders
    from wardwatch.adapters.feed.subscription import Subscription
    from wardwatch.adapters.tokens import Gatekeeper
    from wardwatch.core.permissions import Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of one feed."""

    hub: FeedHub
    gatekeeper: Gatekeeper
    census: Census
    orders: Orders
    deliveries: DeliveryBook
    audit: Audit
    names: NamesFile | None = None
    notice: str = ""
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    # Whom the feed does not let in must not be able to fill the audit: of their attempts only so many are
    # noted, and strangers can't crowd out those whose tokens were good once. Our own choice.
    strangers_noted: Allowance = field(default_factory=lambda: Allowance(a_second=10, at_once=100))
    outdated_noted: Allowance = field(default_factory=lambda: Allowance(a_second=10, at_once=100))


@dataclass(slots=True)
class Visitor:
    """Somebody who has logged in: with what right, at which console, and what it has subscribed to."""

    grant: Grant
    subscriber: Subscriber
    console: str
    subscription: Subscription | None = None
