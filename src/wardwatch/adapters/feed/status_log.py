"""Follows ``vitals.status`` and ``vitals.trends`` into the census.

The feed is live without them: an alarm must not wait until it is known how everybody else is.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable

from wardwatch.adapters.feed.census import Census
from wardwatch.adapters.feed.log import LogFollower
from wardwatch.adapters.kafka_topic import Extent, LogRecord, TopicReader
from wardwatch.core.events import PatientStatus
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.status import decode_status

_HOUR_MS = 3_600_000


class _CensusLog(LogFollower):
    """A log of statuses. What can't be read is counted, and changes nothing."""

    def __init__(self, census: Census, open_reader: Callable[[], TopicReader]) -> None:
        super().__init__(open_reader)
        self._census = census
        self.unreadable_records = 0

    def _take(self, record: LogRecord) -> None:
        try:
            if record.value is None:
                self._take_back((record.key or b"").decode())
            else:
                self._tell(decode_status(record.value), record.value)
        except (Unreadable, RecursionError, UnicodeError):
            self.unreadable_records += 1

    @abstractmethod
    def _tell(self, status: PatientStatus, record: bytes) -> None:
        """A status that could be read."""

    def _take_back(self, patient: str) -> None:
        """A patient's record was taken back."""


class StatusLog(_CensusLog):
    """The feed's end of the latest statuses."""

    _told_of_outage = "statuses of patients can't be read"
    _told_of_recovery = "statuses of patients are read again"

    def __init__(
        self, census: Census, open_reader: Callable[[], TopicReader], *, flush: Callable[[], None]
    ) -> None:
        """``flush`` is called when all of a fetch has been told."""
        super().__init__(census, open_reader)
        self._flush = flush

    def _tell(self, status: PatientStatus, record: bytes) -> None:
        self._census.take(status, record)

    def _take_back(self, patient: str) -> None:
        self._census.discharge(patient)

    def _taken_batch(self) -> None:
        self._flush()

    def _start_over(self) -> None:
        self._census.doubt()

    def _reached_end(self) -> None:
        if self._census.end_doubt():
            self._flush()


class TrendLog(_CensusLog):
    """The feed's end of the last hours."""

    _told_of_outage = "the last hours of patients can't be read"
    _told_of_recovery = "the last hours of patients are read again"

    def __init__(self, census: Census, open_reader: Callable[[], TopicReader], *, trend_hours: float) -> None:
        super().__init__(census, open_reader)
        self._trend_ms = round(trend_hours * _HOUR_MS)

    async def _find_beginning(self, reader: TopicReader, extents: dict[int, Extent]) -> dict[int, int]:
        """Where the last hours begin; where the broker can't tell, with all that there is."""
        found = await reader.offsets_at(time.time_ns() // 1_000_000 - self._trend_ms)
        return self._begin_at(extents) | {
            partition: offset for partition, offset in found.items() if offset is not None
        }

    def _tell(self, status: PatientStatus, record: bytes) -> None:  # noqa: ARG002 (only the statuses need it)
        self._census.take_trend(status)

    def _start_over(self) -> None:
        self._census.forget_trends()

    def _reached_end(self) -> None:
        """Whatever is there is shown to whoever asks."""
