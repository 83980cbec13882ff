"""Whatever is done to the topic of the audit shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wardwatch.wire.audit import (
    NOTHING_BEFORE,
    AuditRecord,
    Head,
    Note,
    audit_fields,
    chained,
    decode_audit,
    encode_audit,
)
from wardwatch.wire.audit_check import AuditCheck

_KINDS = ("login", "subscribed", "command", "shown", "closed")


@dataclass(frozen=True)
class Stored:
    """A record where it stands."""

    partition: int
    payload: bytes


def chain_of(
    name: str, length: int, heads: Iterable[Head] = (), *, stopped: bool = False
) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    for number in range(length):
        kind = "started" if number == 0 else _KINDS[number % len(_KINDS)]
        if stopped and number == length - 1:
            kind = "stopped"
        what: dict[str, Any] = {"heads": [str(head) for head in heads]} if number == 0 else {"at": number}
        note = Note(at_ms=1_795_288_000_000 + number, kind=kind, what=what)
        records.append(chained(note, name, number, records[-1].hash if records else NOTHING_BEFORE))
    return records


def stored(records: Iterable[AuditRecord], partition: int = 0) -> list[Stored]:
    return [Stored(partition, encode_audit(record)) for record in records]


def check(topic: Sequence[Stored], *kept: Head) -> AuditCheck:
    checked = AuditCheck()
    offsets: dict[int, int] = {}
    for record in topic:
        offset = offsets.get(record.partition, 0)
        offsets[record.partition] = offset + 1
        checked.take(record.partition, offset, record.payload)
    checked.finish(kept)
    return checked


def sentences(topic: Sequence[Stored], *kept: Head) -> list[str]:
    return [problem.sentence for problem in check(topic, *kept).problems]


A, B, C = "a" * 16, "b" * 16, "c" * 16
FIRST = chain_of(A, 6, stopped=True)
SECOND = chain_of(B, 8)
# As a feed does that starts when the other two have come so far.
THIRD = chain_of(C, 5, [FIRST[-1].head, SECOND[4].head])


@st.composite
def topics(draw: st.DrawFn) -> list[Stored]:
    """Three chains in two partitions, as their records may have come in."""
    waiting = [stored(FIRST, 0), stored(SECOND, 1), stored(THIRD, draw(st.integers(0, 1)))]
    topic = []
    while any(waiting):
        chain = draw(st.sampled_from([each for each in waiting if each]))
        topic.append(chain.pop(0))
    return topic


TOPICS = topics()


@given(TOPICS)
def test_what_feeds_have_written_is_intact(topic: list[Stored]) -> None:
    found = check(topic)
    assert found.problems == []
    assert found.records == 19
    assert {chain.head for chain in found.chains.values()} == {
        FIRST[-1].head,
        SECOND[-1].head,
        THIRD[-1].head,
    }
    assert {name: chain.has_stopped for name, chain in found.chains.items()} == {A: True, B: False, C: False}


@given(TOPICS, st.data())
def test_any_altered_byte_is_found(topic: list[Stored], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(topic) - 1))
    payload = bytearray(topic[number].payload)
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.integers(1, 255))
    topic[number] = replace(topic[number], payload=bytes(payload))
    assert sentences(topic)


@given(TOPICS, st.data())
def test_a_record_that_was_changed_and_hashed_anew_is_found_by_the_next_or_by_a_head(
    topic: list[Stored], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(topic) - 1))
    record = decode_audit(topic[number].payload)
    fields = audit_fields(record)
    what = {**fields["what"], "forged": True}
    note = Note(at_ms=record.at_ms, kind=record.kind, what=what)
    forged = chained(note, record.chain, record.number, record.previous)
    topic[number] = replace(topic[number], payload=encode_audit(forged))
    kept = [FIRST[-1].head, SECOND[-1].head, THIRD[-1].head]
    assert sentences(topic, *kept)
    if record.head not in kept or record.chain == A:
        assert sentences(topic)


@given(TOPICS, st.data())
def test_any_record_that_is_taken_out_is_found(topic: list[Stored], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(topic) - 1))
    gone = decode_audit(topic.pop(number).payload)
    ends = {SECOND[-1].head, THIRD[-1].head}
    assert sentences(topic) or gone.head in ends
    assert sentences(topic, gone.head)


@given(TOPICS, st.data())
def test_any_run_of_records_that_is_taken_out_is_found_by_the_heads_that_were_kept(
    topic: list[Stored], data: st.DataObject
) -> None:
    begin = data.draw(st.integers(0, len(topic) - 1))
    end = data.draw(st.integers(begin + 1, len(topic)))
    assert sentences(topic[:begin] + topic[end:], FIRST[-1].head, SECOND[-1].head, THIRD[-1].head)


@given(TOPICS, st.data())
def test_any_other_order_of_a_partition_is_found(topic: list[Stored], data: st.DataObject) -> None:
    moved = data.draw(st.permutations(topic))
    assume(any(of_chain(moved, chain) != of_chain(topic, chain) for chain in (A, B, C)))
    assert sentences(moved)


@given(TOPICS, st.data())
def test_a_record_that_is_put_in_again_is_found(topic: list[Stored], data: st.DataObject) -> None:
    copied = data.draw(st.sampled_from(topic))
    place = data.draw(st.integers(0, len(topic)))
    assert sentences([*topic[:place], copied, *topic[place:]])


@given(TOPICS, st.data())
def test_a_record_that_is_put_in_and_hashed_as_it_should_be_is_found(
    topic: list[Stored], data: st.DataObject
) -> None:
    """Wherever a chain goes on; after its end it takes a head that was kept elsewhere, or the next record."""
    place = data.draw(st.integers(1, len(topic)))
    before = [(each.partition, decode_audit(each.payload)) for each in topic[:place]]
    partition, last = before[-1]
    note = Note(at_ms=last.at_ms, kind="shown", what={"forged": True})
    forged = encode_audit(chained(note, last.chain, last.number + 1, last.hash))
    is_last = last.head in (SECOND[-1].head, THIRD[-1].head)
    assert sentences([*topic[:place], Stored(partition, forged), *topic[place:]]) or is_last


@given(TOPICS, st.data())
def test_a_record_that_has_moved_to_another_partition_is_found(
    topic: list[Stored], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(topic) - 1))
    topic[number] = replace(topic[number], partition=2)
    assert sentences(topic)


@given(TOPICS, st.data(), st.binary(max_size=200))
def test_what_is_no_record_at_all_is_found(topic: list[Stored], data: st.DataObject, payload: bytes) -> None:
    place = data.draw(st.integers(0, len(topic)))
    assert sentences([*topic[:place], Stored(0, payload), *topic[place:]])


def test_a_problem_is_told_once_with_its_place_and_the_rest_is_checked_all_the_same() -> None:
    topic = stored(SECOND)
    assert sentences([*topic[:3], *topic[4:]]) == [
        f"chain {B}: record 4 stands after record 2: what was between is missing."
    ]
    assert sentences([*topic[:3], topic[4], topic[3], *topic[5:]]) == [
        f"chain {B}: record 4 stands after record 2: what was between is missing.",
        f"chain {B}: record 3 stands after record 4.",
        f"chain {B}: record 5 stands after record 3: what was between is missing.",
    ]
    (problem,) = check([*topic[:3], *topic[4:]]).problems
    assert (problem.chain, problem.place) == (B, "0:3")


def test_a_beginning_that_is_gone_is_told_once() -> None:
    assert sentences(stored(SECOND)[3:]) == [
        f"chain {B}: record 3 is the first that there is: all before it are missing."
    ]


def test_a_chain_begins_with_its_start_and_nothing_before_it() -> None:
    note = Note(at_ms=1, kind="login")
    for record in (
        chained(note, A, 0, NOTHING_BEFORE),
        chained(replace(note, kind="started"), A, 0, "1" * 64),
    ):
        assert sentences(stored([record])) == [f"chain {A}: record 0 does not begin a chain as a feed does."]


def test_nothing_comes_after_the_end_of_a_chain() -> None:
    more = chained(Note(at_ms=1, kind="login"), A, 6, FIRST[-1].hash)
    assert sentences(stored([*FIRST, more])) == [f"chain {A}: record 6 comes after the end of its chain."]


def test_a_tail_that_was_cut_off_is_found_by_the_head_that_a_later_chain_names() -> None:
    found = sentences([*stored(FIRST), *stored(SECOND[:4]), *stored(THIRD)])
    assert found == [f"chain {B}: it is cut off after record 3: chain {C} names record 4."]


@pytest.mark.parametrize("length", range(1, 8))
def test_a_tail_that_was_cut_off_is_found_by_a_head_that_was_kept(length: int) -> None:
    assert sentences(stored(SECOND[:length])) == []
    assert sentences(stored(SECOND[:length]), SECOND[-1].head) == [
        f"chain {B}: it is cut off after record {length - 1}: a head that was kept names record 7."
    ]


def test_a_chain_that_is_missing_altogether_is_found_by_a_head() -> None:
    assert sentences(stored(FIRST), SECOND[2].head) == [
        f"chain {B}: it is missing altogether, and a head that was kept names its record 2."
    ]


def test_a_chain_that_was_written_anew_is_found_by_a_head() -> None:
    forged = chain_of(B, 8, [FIRST[0].head])
    assert sentences(stored([*FIRST, *forged]), SECOND[5].head) == [
        f"chain {B}: record 5 is not the one that a head that was kept names."
    ]


def test_a_forged_number_costs_no_memory() -> None:
    forged = chained(Note(at_ms=1, kind="login"), B, 10**15 - 1, SECOND[2].hash)
    found = check(stored([*SECOND[:3], forged, *SECOND[3:]]))
    assert len(found.problems) == 2
    assert len(found.chains[B].hashes) < 1000


def of_chain(topic: Sequence[Stored], chain: str) -> list[bytes]:
    return [each.payload for each in topic if msgspec.json.decode(each.payload)["chain"] == chain]
