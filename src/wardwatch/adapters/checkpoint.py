"""What a partition's checkpoint is: the records of the changelog topic, and what they give after a crash.

A checkpoint is written as several records, in this order: the outbox (events that only this checkpoint
knows), the changed blocks of the monitor, and at last the head. A crash may come between any two of them, so
every block says by itself what it covers.

Every owner of a partition writes under keys of its own, its *epoch*. A worker that was taken for dead, and
wakes up with its last checkpoint half sent, writes under keys that nobody reads any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self, TypeVar

import msgspec

VERSION = 1


class Message(NamedTuple):
    """One message for a topic of ours; no value takes the key's record back."""

    topic: str
    key: bytes | None
    value: bytes | None


class Epoch(NamedTuple):
    """One ownership of a partition. ``generation`` tells apart two who both followed the same ``term``."""

    term: int
    generation: int


_BEFORE_ALL = Epoch(0, 0)


class SavedBlock(msgspec.Struct, array_like=True, frozen=True):
    """One block of the monitor; ``positions`` are the offsets, a topic, below which all is in it."""

    version: int
    checkpoint: int
    positions: dict[str, int]
    state: bytes


class SavedHead(msgspec.Struct, array_like=True, frozen=True):
    """The end of a checkpoint: what all blocks cover, and when the log was last heard.

    ``blocks`` says in which checkpoint each block was last written.
    """

    version: int
    checkpoint: int
    positions: dict[str, int]
    heard_ms: int | None
    heard_at_wall_ms: int | None
    blocks: dict[int, int]


class SavedOutbox(msgspec.Struct, array_like=True, frozen=True):
    """Events that can't be computed again from the log, with the patient of each."""

    version: int
    checkpoint: int
    messages: list[tuple[str, Message]]


class IncompleteCheckpointError(Exception):
    """The changelog was not recovered whole."""


class UnreadableCheckpointError(Exception):
    """The changelog holds what this version of wardwatch can't read."""


Saved = TypeVar("Saved", SavedBlock, SavedHead, SavedOutbox)
Records = list[tuple[bytes, bytes | None]]

_HEAD, _OUTBOX = "head", "outbox"
_encode = msgspec.msgpack.Encoder().encode


class _Key(NamedTuple):
    partition: int
    epoch: Epoch
    name: str

    def encode(self) -> bytes:
        """Readable in any Kafka tool: partition/term/generation/name."""
        return f"{self.partition}/{self.epoch.term}/{self.epoch.generation}/{self.name}".encode()

    @classmethod
    def decode(cls, key: bytes) -> Self:
        try:
            partition, term, generation, name = key.decode().split("/")
            return cls(int(partition), Epoch(int(term), int(generation)), name)
        except ValueError:
            raise UnreadableCheckpointError(
                "A key of the changelog topic is not one of wardwatch's."
            ) from None


def _read(kind: type[Saved], value: bytes) -> Saved:
    try:
        saved = msgspec.msgpack.decode(value, type=kind)
    except msgspec.DecodeError:
        raise UnreadableCheckpointError(
            "A record of the changelog topic is not one of wardwatch's."
        ) from None
    if saved.version != VERSION:
        raise UnreadableCheckpointError(
            f"The checkpoint is of version {saved.version}; this reads {VERSION}."
        )
    return saved


@dataclass(slots=True)
class Recovered:
    """What a partition starts from: the newest epoch that has a whole checkpoint, or nothing."""

    epoch: Epoch = _BEFORE_ALL
    head: SavedHead | None = None
    outbox: SavedOutbox | None = None
    blocks: dict[int, SavedBlock] = field(default_factory=dict)
    keys: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, partition: int, changelog: Mapping[bytes, bytes]) -> Recovered:
        """From the changelog's latest records, among which may be other partitions'."""
        keys = [(_Key.decode(key), key) for key in changelog]
        mine = [(key, raw) for key, raw in keys if key.partition == partition]
        whole = max((key.epoch for key, _ in mine if key.name == _HEAD), default=None)
        found = cls(keys=[raw for _, raw in mine])
        found.epoch = max((key.epoch for key, _ in mine), default=_BEFORE_ALL)
        for key, raw in mine:
            if key.epoch != whole:
                continue
            if key.name == _HEAD:
                found.head = _read(SavedHead, changelog[raw])
            elif key.name == _OUTBOX:
                found.outbox = _read(SavedOutbox, changelog[raw])
            else:
                found.blocks[int(key.name)] = _read(SavedBlock, changelog[raw])
        found._check()
        return found

    def _check(self) -> None:
        for number, checkpoint in (self.head.blocks if self.head else {}).items():
            if number not in self.blocks or self.blocks[number].checkpoint < checkpoint:
                raise IncompleteCheckpointError("The changelog lacks a part of the last checkpoint.")

    @property
    def positions(self) -> dict[str, int]:
        """The offset, a topic, below which all is in all blocks."""
        return dict(self.head.positions) if self.head else {}

    def states(self) -> dict[int, bytes]:
        """The blocks as the monitor wrote them."""
        return {number: block.state for number, block in self.blocks.items()}

    def blocks_ahead(self) -> dict[int, dict[str, int]]:
        """The blocks of a checkpoint that was cut off: they cover more than the head says."""
        if self.head is None:
            return {}
        return {
            number: block.positions
            for number, block in self.blocks.items()
            if is_behind(self.head.positions, block.positions)
        }


def is_behind(positions: Mapping[str, int], others: Mapping[str, int]) -> bool:
    """Whether ``others`` are further in any topic."""
    return any(positions.get(topic, 0) < offset for topic, offset in others.items())


class CheckpointWriter:
    """Writes the checkpoints of one owner of one partition.

    The first is whole; those that follow hold what changed. With the second, the records of earlier owners
    are deleted.
    """

    def __init__(self, partition: int, epoch: Epoch, earlier_keys: list[bytes]) -> None:
        self._partition = partition
        self._epoch = epoch
        self._earlier_keys = earlier_keys
        self._number = 0
        self._blocks: dict[int, int] = {}
        self._outbox_is_empty = True

    @property
    def is_first(self) -> bool:
        """Whether the next checkpoint must hold all blocks."""
        return self._number == 0

    def records(
        self,
        blocks: Mapping[int, bytes],
        *,
        positions: Mapping[str, int],
        ahead: Mapping[int, dict[str, int]],
        heard: tuple[int | None, int | None],
        outbox: list[tuple[str, Message]],
    ) -> Records:
        """The next checkpoint, as keys and values in the order in which they must be sent.

        ``ahead`` are the blocks that cover more than ``positions``.
        """
        self._number += 1
        covered = dict(positions)
        records: Records = []
        if self._number == 2:  # the first is safe by now
            records += [(key, None) for key in self._earlier_keys]
        if outbox or not self._outbox_is_empty:
            records.append(self._record(_OUTBOX, SavedOutbox(VERSION, self._number, outbox)))
            self._outbox_is_empty = not outbox
        for number, state in blocks.items():
            further = ahead.get(number, {})
            in_it = {topic: max(offset, further.get(topic, 0)) for topic, offset in covered.items()}
            saved = SavedBlock(VERSION, self._number, in_it, state)
            records.append(self._record(str(number), saved))
        self._blocks.update(dict.fromkeys(blocks, self._number))
        records.append(self._record(_HEAD, SavedHead(VERSION, self._number, covered, *heard, self._blocks)))
        return records

    def _record(self, name: str, saved: SavedBlock | SavedHead | SavedOutbox) -> tuple[bytes, bytes]:
        return _Key(self._partition, self._epoch, name).encode(), _encode(saved)
