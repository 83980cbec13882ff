"""`wardwatch audit` as whoever has to answer for the data runs it, against a real broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.access import grant_of
from tests.support.commands import finished
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.feed.audit import Audit
from wardwatch.adapters.kafka_topic import TopicReader
from wardwatch.core.permissions import ConsoleRole
from wardwatch.wire.audit import (
    NOTHING_BEFORE,
    AuditRecord,
    Note,
    chained,
    encode_audit,
    who_of,
)
from wardwatch.wire.topics import AUDIT

CHAIN = "0123456789abcdef"
OLD_MS = 1_700_000_000_000


@pytest.fixture
def kafka(embedded_broker: EmbeddedBroker) -> EmbeddedBroker:
    embedded_broker.create_topics(AUDIT)
    return embedded_broker


async def run(broker: EmbeddedBroker, *arguments: str) -> tuple[int, list[str], str]:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    status, output, errors = await finished("audit", *arguments, environment=environment)
    return status, output.splitlines(), errors


async def written(broker: EmbeddedBroker, values: Sequence[bytes | None]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for value in values:
            await producer.send_and_wait(AUDIT, value, key=b"chain", partition=1)


def chain(length: int) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    who = who_of(grant_of())
    for number in range(length):
        kind = "command" if number else "started"
        what: dict[str, Any] = (
            {"patient": f"p-{number}", "ward": "4B", "text": "\x1b[31m"} if number else {"heads": []}
        )
        note = Note(at_ms=OLD_MS + number, kind=kind, who=who, console="station-1", what=what)
        records.append(chained(note, CHAIN, number, records[-1].hash if records else NOTHING_BEFORE))
    return records


async def test_what_a_feed_has_noted_is_intact_and_its_heads_are_printed(kafka: EmbeddedBroker) -> None:
    options = {"bootstrap_servers": kafka.bootstrap_servers}
    for _ in range(2):
        audit = Audit(options, lambda: TopicReader(AUDIT, options), server="1")
        async with asyncio.timeout(30), audit.running():
            audit.note("login", grant_of(), "station-1", wards=["4B"])
    status, lines, errors = await run(kafka, "verify")
    assert (status, errors) == (0, "")
    assert lines[2] == "6 records in 2 chains: as they were written."
    heads = [line.split()[0] for line in lines[:2]]
    assert [line.split()[1] for line in lines[:2]] == ["stopped", "stopped"]
    assert all(head.split(":")[1] == "2" for head in heads)

    status, lines, _ = await run(kafka, "verify", "--json", "--head", heads[0], "--head", heads[1])
    told = json.loads(lines[0])
    assert (status, told["intact"], told["records"], told["problems"]) == (0, True, 6, [])
    assert [each["head"] for each in told["chains"]] == heads


async def test_what_has_been_changed_is_found_and_the_place_told(kafka: EmbeddedBroker) -> None:
    values = [encode_audit(record) for record in chain(6)]
    values[3] = values[3].replace(b'"p-3"', b'"p-4"')
    await written(kafka, values)
    status, lines, errors = await run(kafka, "verify")
    assert (status, errors) == (1, "")
    assert lines[1] == f"problem: chain {CHAIN}: record 3 has been changed. (partition:offset 1:3)"
    assert lines[2] == "6 records in 1 chain: 1 problem."
    status, lines, _ = await run(kafka, "verify", "--json")
    told = json.loads(lines[0])
    assert (status, told["intact"]) == (1, False)
    assert told["problems"] == [
        {"chain": CHAIN, "place": "1:3", "sentence": f"chain {CHAIN}: record 3 has been changed."}
    ]


async def test_a_tail_that_was_cut_off_is_found_by_what_was_printed_before(
    kafka: EmbeddedBroker, tmp_path: Path
) -> None:
    records = chain(6)
    await written(kafka, [encode_audit(record) for record in records[:4]])
    status, lines, _ = await run(kafka, "verify")
    assert status == 0
    kept = tmp_path / "heads.txt"
    kept.write_text("\n".join(lines))
    assert (await run(kafka, "verify", "--heads", str(kept)))[0] == 0
    kept.write_text(f"# kept\n{records[5].head}  open\n")
    for arguments in (["--heads", str(kept)], ["--head", str(records[5].head)]):
        status, lines, _ = await run(kafka, "verify", *arguments)
        assert status == 1
        assert "cut off after record 3" in lines[1]


async def test_records_that_nobody_can_read_are_problems_and_many_are_not_all_shown(
    kafka: EmbeddedBroker,
) -> None:
    await written(kafka, [b"{", None, *[b"x"] * 120])
    status, lines, _ = await run(kafka, "verify")
    assert status == 1
    assert len(lines) == 101
    assert lines[-1] == "122 records in 0 chains: 122 problems."


async def test_who_did_what_is_listed_and_can_be_searched(kafka: EmbeddedBroker) -> None:
    options = {"bootstrap_servers": kafka.bootstrap_servers}
    audit = Audit(options, lambda: TopicReader(AUDIT, options), server="1")
    async with asyncio.timeout(30), audit.running():
        nurse, screen = grant_of(), grant_of(ConsoleRole.DEVICE, subject="screen", name="Screen 3")
        audit.note("subscribed", screen, "wall", wards=["4B", "5A"])
        audit.note("command", nurse, "station-1", patient="p-17", ward="4B", verb="note")
        audit.note("history", nurse, "station-1", patient="p-2", ward="5A", minutes=60)
    await written(kafka, [b"{", *(encode_audit(record) for record in chain(2))])

    status, lines, errors = await run(kafka, "list")
    assert status == 0
    assert errors == "wardwatch: left out 1 record of vitals.audit that can't be read.\n"
    assert [line.split()[3] for line in lines] == ["started", "subscribed", "command", "history", "stopped"]
    assert "Anna Berg (nurse)" in lines[2]
    assert lines[2].endswith("patient=p-17 verb=note ward=4B")
    assert "wards=4B,5A" in lines[1]

    for arguments, kinds in (
        (["--kind", "history"], ["history"]),
        (["--subject", "screen"], ["subscribed"]),
        (["--ward", "5A"], ["subscribed", "history"]),
        (["--patient", "p-17"], ["command"]),
        (["--patient", "p-1", "--since", "2020-01-01"], ["command"]),
    ):
        _, lines, _ = await run(kafka, "list", *arguments, "--json")
        assert [json.loads(line)["kind"] for line in lines] == kinds, arguments


async def test_nothing_that_a_record_holds_steers_the_terminal(kafka: EmbeddedBroker) -> None:
    await written(kafka, [encode_audit(record) for record in chain(2)])
    _, lines, _ = await run(kafka, "list", "--since", "2020-01-01")
    assert "\\x1b[31m" in lines[1]
    assert "\x1b" not in "".join(lines)


async def test_nothing_found_and_nothing_there_are_told(kafka: EmbeddedBroker) -> None:
    status, lines, errors = await run(kafka, "list")
    assert (status, lines) == (0, [])
    assert errors.startswith("wardwatch: nothing of the kind since ")
    status, lines, _ = await run(kafka, "verify")
    assert (status, lines) == (0, ["0 records in 0 chains: as they were written."])


async def test_a_topic_or_a_broker_that_is_not_there_is_told(embedded_broker: EmbeddedBroker) -> None:
    status, lines, errors = await run(embedded_broker, "verify")
    assert (status, lines) == (1, [])
    assert "there is no topic vitals.audit" in errors
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    status, output, errors = await finished("audit", "list", environment=environment)
    assert (status, output) == (1, "")
    assert "127.0.0.1:1" in errors


async def test_what_is_no_head_is_told(kafka: EmbeddedBroker, tmp_path: Path) -> None:
    status, _, errors = await run(kafka, "verify", "--head", "x")
    assert status == 2
    assert "--head" in errors
    (tmp_path / "heads").write_text("nothing of the kind\n")
    status, _, errors = await run(kafka, "verify", "--heads", str(tmp_path / "heads"))
    assert status == 1
    assert "--heads" in errors
