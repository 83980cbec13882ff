"""Checks what ``vitals.audit`` holds: that no chain was changed, cut, mixed up or added to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wardwatch.wire.audit import NOTHING_BEFORE, AuditKind, AuditRecord, Head, decode_audit, has_right_hash
from wardwatch.wire.errors import Unreadable


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as feeds have written it; ``place`` is where in the topic it shows."""

    chain: str | None
    place: str | None
    sentence: str


@dataclass(slots=True)
class ChainSummary:
    """What there is of one chain: ``head`` is the record with the highest number, ``last`` the last read."""

    head: Head
    last: Head
    began_ms: int
    at_ms: int
    has_stopped: bool
    partition: int
    # Those of all records from ``first`` on, 32 bytes each: heads are compared with them.
    first: int
    hashes: bytearray

    def hash_at(self, number: int) -> str | None:
        """Of a record, if it was read and none before it was missing."""
        start = 32 * (number - self.first)
        return self.hashes[start : start + 32].hex() if 0 <= start < len(self.hashes) else None

    def add(self, record: AuditRecord) -> None:
        """The next that was read, wherever it belongs."""
        after = self.first + len(self.hashes) // 32
        if record.number > after:
            self.first, self.hashes = record.number, bytearray.fromhex(record.hash)
        elif record.number == after:
            self.hashes += bytes.fromhex(record.hash)
        self.last = record.head
        if record.number > self.head.number:
            self.head, self.at_ms = record.head, record.at_ms
        self.has_stopped = self.has_stopped or record.kind == AuditKind.STOPPED


class AuditCheck:
    """Takes the records as they stand in the topic, each partition's in order; :meth:`finish` comes last."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.chains: dict[str, ChainSummary] = {}
        self.records = 0
        self._named: list[tuple[Head, str]] = []

    def take(self, partition: int, offset: int, payload: bytes | None) -> None:
        """The next record."""
        self.records += 1
        place = f"{partition}:{offset}"
        try:
            record = decode_audit(payload)
        except Unreadable as error:
            self.problems.append(Problem(None, place, error.detail))
            return
        if not has_right_hash(record):
            self._blame(record, place, "has been changed")
        chain = self.chains.get(record.chain)
        if chain is None:
            self._begin(record, partition, place)
        else:
            self._go_on(chain, record, partition, place)
        self._named += [(head, f"chain {record.chain}") for head in record.heads()]

    def finish(self, kept: Iterable[Head] = ()) -> None:
        """All has been taken: compare with the heads that records named, and with those kept elsewhere."""
        for head, source in [*self._named, *((head, "a head that was kept") for head in kept)]:
            self._compare(head, source)
        self._named.clear()

    def _begin(self, record: AuditRecord, partition: int, place: str) -> None:
        if record.number > 0:
            self._blame(record, place, "is the first that there is: all before it are missing")
        elif record.previous != NOTHING_BEFORE or record.kind != AuditKind.STARTED:
            self._blame(record, place, "does not begin a chain as a feed does")
        self.chains[record.chain] = ChainSummary(
            head=record.head,
            last=record.head,
            began_ms=record.at_ms,
            at_ms=record.at_ms,
            has_stopped=record.kind == AuditKind.STOPPED,
            partition=partition,
            first=record.number,
            hashes=bytearray.fromhex(record.hash),
        )

    def _go_on(self, chain: ChainSummary, record: AuditRecord, partition: int, place: str) -> None:
        last, expected = chain.last, chain.last.number + 1
        if partition != chain.partition:
            # Of two partitions nobody knows the order: what stands here may have stood anywhere.
            self._blame(record, place, f"is in another partition than the others, {chain.partition}")
            return
        if record.number < expected:
            self._blame(record, place, f"stands after record {last.number}")
        elif record.number > expected:
            self._blame(record, place, f"stands after record {last.number}: what was between is missing")
        elif record.previous != last.hash:
            self._blame(record, place, "does not follow from the one before it: one of them was replaced")
        if chain.has_stopped:
            self._blame(record, place, "comes after the end of its chain")
        chain.add(record)

    def _compare(self, known: Head, source: str) -> None:
        chain = self.chains.get(known.chain)
        sentence = None
        if chain is None:
            sentence = f"it is missing altogether, and {source} names its record {known.number}"
        elif known.number > chain.head.number:
            sentence = f"it is cut off after record {chain.head.number}: {source} names record {known.number}"
        elif chain.hash_at(known.number) not in (None, known.hash):
            sentence = f"record {known.number} is not the one that {source} names"
        if sentence is not None:
            problem = Problem(known.chain, None, f"chain {known.chain}: {sentence}.")
            if problem not in self.problems:
                self.problems.append(problem)

    def _blame(self, record: AuditRecord, place: str, what: str) -> None:
        sentence = f"chain {record.chain}: record {record.number} {what}."
        self.problems.append(Problem(record.chain, place, sentence))
