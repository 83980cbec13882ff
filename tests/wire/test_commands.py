"""Commands on the wire: what is in order is read whole, and what isn't is refused in a sentence."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import commands
from wardwatch.core.alarming.commands import Command, Label, Verb, Verdict
from wardwatch.core.events import Actor, Role
from wardwatch.wire.commands import USES, decode_command, encode_checked, encode_command, refusal_of
from wardwatch.wire.errors import Fault, Unreadable

AT_MS = 1795288033250
NURSE = {"name": "Anna Berg", "role": "nurse"}
HEAD = {"v": 1, "command": "c-1", "patient": "p-17", "by": NURSE}
NOTE = HEAD | {"verb": "note", "alarm": "a1b2c3", "text": "Coughing."}
PAUSE = HEAD | {"verb": "pause_alarm", "condition": "heart_rate.high", "duration_s": 300}


def refused(fields: dict[str, Any], at_ms: int = AT_MS) -> Unreadable:
    with pytest.raises(Unreadable) as refusal:
        decode_command(msgspec.json.encode(fields), at_ms)
    assert re.fullmatch(r"[A-Z][^\n]*\.", refusal.value.detail)
    return refusal.value


@given(command=commands())
def test_what_is_written_is_what_is_read(command: Command) -> None:
    assert decode_command(encode_command(command), command.at_ms) == command


@given(command=commands())
def test_what_is_checked_before_it_is_written_can_be_read(command: Command) -> None:
    assert encode_checked(command) == encode_command(command)


def test_what_could_not_be_read_is_not_written() -> None:
    nurse = Actor(name="Anna Berg", role=Role.NURSE)
    nameless = Command(command="c-1", patient="p-17", verb=Verb.ACKNOWLEDGE, by=nurse, at_ms=AT_MS)
    with pytest.raises(Unreadable, match="needs the field `alarm`"):
        encode_checked(nameless)


def test_a_command_tells_who_wants_what_and_its_instant_is_kafkas() -> None:
    command = Command(
        command="c-1",
        patient="p-17",
        verb=Verb.FEEDBACK,
        by=Actor(name="Anna Berg", role=Role.NURSE),
        at_ms=AT_MS,
        alarm="a1b2c3",
        label=Label.NOT_ACTIONABLE,
    )
    fields = msgspec.json.decode(encode_command(command))
    assert fields == HEAD | {"verb": "feedback", "alarm": "a1b2c3", "label": "not_actionable"}


def test_every_verb_has_its_use_of_the_fields() -> None:
    assert set(USES) == set(Verb)


@pytest.mark.parametrize(
    ("verb", "field"),
    [(verb, field) for verb, use in USES.items() for field in use.needed],
)
def test_what_a_verb_needs_must_be_there(verb: Verb, field: str) -> None:
    wishes = {"alarm": "a1b2c3", "text": "Coughing.", "label": "artefact"}
    fields = HEAD | {"verb": verb} | {name: wishes[name] for name in USES[verb].needed if name != field}
    refusal = refused(fields)
    assert refusal.fault == Fault.MISSING_FIELD
    assert f"`{verb}`" in refusal.detail
    assert f"`{field}`" in refusal.detail


@given(data=st.data(), command=commands())
def test_what_a_verb_has_no_use_for_is_refused(data: st.DataObject, command: Command) -> None:
    wishes = {
        "alarm": "a1b2c3",
        "condition": "news2.high",
        "duration_s": 60,
        "text": "Hm.",
        "label": "artefact",
    }
    use = USES[command.verb]
    field = data.draw(st.sampled_from(sorted(set(wishes).difference(use.needed, use.allowed))))
    refusal = refused(msgspec.json.decode(encode_command(command)) | {field: wishes[field]})
    assert refusal.fault == Fault.WRONG_VALUE
    assert f"no use for `{field}`" in refusal.detail


@pytest.mark.parametrize(
    ("fields", "fault", "says"),
    [
        (HEAD, Fault.MISSING_FIELD, "verb"),
        (NOTE | {"verb": "shout"}, Fault.WRONG_VALUE, "verb"),
        (NOTE | {"v": 2}, Fault.UNKNOWN_VERSION, "version"),
        (NOTE | {"command": ""}, Fault.WRONG_VALUE, "command"),
        (NOTE | {"patient": "p 17"}, Fault.WRONG_VALUE, "patient"),
        (NOTE | {"by": None}, Fault.WRONG_TYPE, "by"),
        (NOTE | {"by": {"name": "Anna"}}, Fault.MISSING_FIELD, "role"),
        (NOTE | {"by": NURSE | {"role": "visitor"}}, Fault.WRONG_VALUE, "role"),
        (NOTE | {"by": NURSE | {"name": " "}}, Fault.WRONG_VALUE, "name"),
        (NOTE | {"by": NURSE | {"name": "A\u202eB"}}, Fault.WRONG_VALUE, "name"),
        (NOTE | {"by": NURSE | {"pin": "1234"}}, Fault.UNKNOWN_FIELD, "by"),
        (NOTE | {"alarm": "a b"}, Fault.WRONG_VALUE, "alarm"),
        (NOTE | {"text": " "}, Fault.WRONG_VALUE, "text"),
        (NOTE | {"text": "x" * 501}, Fault.WRONG_VALUE, "text"),
        (NOTE | {"text": "red\x1b[31m"}, Fault.WRONG_VALUE, "text"),
        (NOTE | {"text": "two\nlines"}, Fault.WRONG_VALUE, "text"),
        (PAUSE | {"condition": "heart_rate.hihg"}, Fault.WRONG_VALUE, "condition"),
        (PAUSE | {"duration_s": 0}, Fault.WRONG_VALUE, "duration_s"),
        (PAUSE | {"duration_s": "1m"}, Fault.WRONG_TYPE, "duration_s"),
        (PAUSE | {"durations": 60}, Fault.UNKNOWN_FIELD, "field"),
    ],
    ids=str,
)
def test_each_fault_is_named_and_no_value_is_repeated(
    fields: dict[str, Any], fault: Fault, says: str
) -> None:
    refusal = refused(fields)
    assert refusal.fault == fault
    assert says in refusal.detail
    assert not re.search("p-17|p 17|Anna|hihg|visitor|1234|shout|durations", refusal.detail)


@pytest.mark.parametrize("at_ms", [-1, 2**62])
def test_a_message_without_a_good_timestamp_is_refused(at_ms: int) -> None:
    assert "timestamp" in refused(NOTE, at_ms).detail


def test_who_sent_what_can_not_be_read_is_answered() -> None:
    payload = msgspec.json.encode(HEAD | {"verb": "note", "alarm": "a1b2c3"})
    receipt = refusal_of(payload, AT_MS, "The text is missing.")
    assert receipt is not None
    assert (receipt.command, receipt.patient, receipt.verb) == ("c-1", "p-17", Verb.NOTE)
    assert (receipt.verdict, receipt.sentence) == (Verdict.REFUSED, "The text is missing.")
    assert receipt.by == Actor(name="Anna Berg", role=Role.NURSE)
    assert receipt.at_ms == AT_MS


def test_what_can_not_be_read_of_it_is_left_out_of_the_answer() -> None:
    payload = msgspec.json.encode({"command": "c-1", "patient": "p-17", "verb": "shout", "by": "Anna"})
    receipt = refusal_of(payload, AT_MS, "No.")
    assert receipt is not None
    assert (receipt.verb, receipt.by) == (None, None)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        b"{",
        b"\xff",
        b"[]",
        b"[" * 50_000,
        b'{"command":"c-1"}',
        b'{"command":"c 1","patient":"p-17"}',
        b'{"patient":"p-17"}',
        b'{"command":"c-1","patient":"p-17"}' + b" " * 100_000,
    ],
    ids=repr,
)
def test_without_command_and_patient_there_is_nobody_to_answer(payload: bytes | None) -> None:
    assert refusal_of(payload, AT_MS, "No.") is None


@given(payload=st.binary(max_size=200), at_ms=st.integers())
def test_garbage_gives_no_answer_and_no_other_error(payload: bytes, at_ms: int) -> None:
    assert refusal_of(payload, at_ms, "No.") is None
