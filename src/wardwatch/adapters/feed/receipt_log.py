"""Follows ``vitals.receipts``, and brings each receipt to the consoles that have asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wardwatch.adapters.feed.log import LogFollower
from wardwatch.core.alarming.commands import Verdict
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.feed.codes import NotLive
from wardwatch.wire.feed.told import CommandReceipt, encode_message, raw
from wardwatch.wire.receipts import decode_receipt

if TYPE_CHECKING:
    from wardwatch.adapters.feed.audience import Subscriber
    from wardwatch.adapters.feed.deliveries import DeliveryBook
    from wardwatch.adapters.feed.orders import Orders
    from wardwatch.adapters.kafka_topic import Extent, LogRecord, TopicReader


class ReceiptLog(LogFollower):
    """The feed's end of the receipts.

    A receipt that is in the log twice, as after a crash, finds nobody who still waits for it. What is asked
    again is answered again.
    """

    _told_of_outage = "consoles get no receipts for their commands"
    _told_of_recovery = "consoles get receipts for their commands again"

    def __init__(
        self,
        orders: Orders,
        deliveries: DeliveryBook,
        send: Callable[[Subscriber, bytes], None],
        open_reader: Callable[[], TopicReader],
    ) -> None:
        """``send`` gives a console its answer."""
        super().__init__(open_reader)
        self._orders = orders
        self._deliveries = deliveries
        self._send = send
        self._has_begun = False
        self.unreadable_records = 0

    def _begin_at(self, extents: dict[int, Extent]) -> dict[int, int]:
        """At the end, for nobody has asked for anything yet; but what somebody may wait for is in a log that
        was not there before, or was another one.
        """
        is_new = self._has_begun or self._obstacle is NotLive.NO_TOPIC
        self._has_begun = True
        return {part: extent.first if is_new else extent.end for part, extent in extents.items()}

    def _take(self, record: LogRecord) -> None:
        try:
            receipt = decode_receipt(record.value)
        except (Unreadable, RecursionError):
            self.unreadable_records += 1
            return
        asked = self._orders.answered(receipt.patient, receipt.command)
        if asked is None:
            return
        payload = encode_message(CommandReceipt(receipt=raw([record.value or b""])[0]))
        for subscriber in asked.subscribers:
            self._send(subscriber, payload)
            if receipt.verdict is Verdict.DONE:
                self._deliveries.acted(subscriber, asked.order)

    def _start_over(self) -> None:
        """What is asked for is asked for still."""

    def _reached_end(self) -> None:
        """A receipt counts by itself."""
