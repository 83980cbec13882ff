"""Records of Kafka: one, and many of one partition as columns.

An object a record takes longer to make than what is in the record takes to decode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, overload


class Record(Protocol):
    """A record as aiokafka hands it over; ``timestamp`` is in ms."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


@dataclass(slots=True)
class OneRecord:
    """A :class:`Record` out of columns."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


@dataclass(slots=True)
class Columns(Sequence[Record]):
    """Records of one partition, in log order."""

    topic: str
    partition: int
    offsets: list[int] = field(default_factory=list)
    timestamps: list[int] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)
    values: list[bytes | None] = field(default_factory=list)

    @classmethod
    def of(cls, records: Sequence[Record]) -> Columns:
        """These records, at least one, as columns, if they aren't yet."""
        if isinstance(records, Columns):
            return records
        return cls(
            records[0].topic,
            records[0].partition,
            [record.offset for record in records],
            [record.timestamp for record in records],
            [record.key for record in records],
            [record.value for record in records],
        )

    def __len__(self) -> int:
        return len(self.offsets)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Columns: ...
    def __getitem__(self, index: int | slice) -> Record | Columns:
        columns = (self.offsets[index], self.timestamps[index], self.keys[index], self.values[index])
        make = Columns if isinstance(index, slice) else OneRecord
        return make(self.topic, self.partition, *columns)  # type: ignore[arg-type] # lists, or one of each
