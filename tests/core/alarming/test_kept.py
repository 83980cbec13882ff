"""What is kept of a patient's alarms, as bytes: all of it, equal for equal states, never a damaged one."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.desks import SPO2, DeskOfOne
from wardwatch.core.alarming.commands import Label, Receipt, Verb, Verdict
from wardwatch.core.alarming.kept import Alarm, AudioPause, Kept, read
from wardwatch.core.alarming.machine import State
from wardwatch.core.blocks import SnapshotError
from wardwatch.core.events import Actor, Priority, Role

INSTANTS = st.integers(0, 2**50)
COUNTS = st.integers(0, 1000)
TEXTS = st.text(max_size=20)
PRIORITIES = st.sampled_from(Priority)
REASONS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ALARMS = st.builds(
    Alarm,
    condition=TEXTS,
    source=TEXTS,
    kind=st.sampled_from(["physiological", "technical"]),
    onset_ms=INSTANTS,
    priority=PRIORITIES,
    text=TEXTS,
    why=st.dictionaries(TEXTS, REASONS, max_size=3),
    state=st.sampled_from(State),
    number=COUNTS,
    since_ms=INSTANTS,
    escalation=COUNTS,
    sounded_ms=INSTANTS,
    repeats=COUNTS,
    until_ms=st.none() | INSTANTS,
    eased_to=st.none() | PRIORITIES,
)
RECEIPTS = st.builds(
    Receipt,
    command=TEXTS,
    patient=TEXTS,
    verb=st.sampled_from(Verb),
    by=st.builds(Actor, name=TEXTS, role=st.sampled_from(Role)),
    at_ms=INSTANTS,
    verdict=st.sampled_from(Verdict),
    sentence=TEXTS,
    alarm=st.none() | TEXTS,
    label=st.none() | st.sampled_from(Label),
    text=st.none() | TEXTS,
    until_ms=st.none() | INSTANTS,
)
KEPT = st.builds(
    Kept,
    alarms=st.dictionaries(TEXTS, ALARMS, max_size=3),
    audio=st.none() | st.builds(AudioPause, until_ms=INSTANTS, priority=PRIORITIES),
    inhibited=st.dictionaries(TEXTS, st.none() | INSTANTS, max_size=3),
    receipts=st.lists(RECEIPTS, max_size=3).map(lambda all_: {each.command: each for each in all_}),
    told_ms=INSTANTS,
)


@settings(max_examples=100)
@given(KEPT)
def test_what_is_written_is_read_again_whole_and_writes_the_same(kept: Kept) -> None:
    again = read(kept.written())
    assert again == kept
    assert again.written() == kept.written()


def written() -> bytes:
    """A state in which there is something of everything."""
    desk = DeskOfOne()
    desk.starts(0)
    desk.starts(1, condition=SPO2)
    desk.wants(Verb.PAUSE_AUDIO, 2)
    desk.wants(Verb.ALARM_OFF, 3, condition=SPO2)
    desk.wants(Verb.FEEDBACK, 4, label=Label.ACTIONABLE)
    return desk.state()


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_bytes_that_were_damaged_are_never_taken_for_a_state(place: int, by: int) -> None:
    damaged = bytearray(written())
    damaged[place % len(damaged)] ^= by
    try:
        kept = read(bytes(damaged))
    except SnapshotError:
        return
    # A bit of the compression's header says nothing about what follows.
    assert kept.written() == written()


@given(st.integers(0, 10_000))
def test_nor_are_bytes_that_were_cut_off(length: int) -> None:
    whole = written()
    with pytest.raises(SnapshotError):
        read(whole[: length % len(whole)])


@pytest.mark.parametrize("name", ["v", "alarms", "audio", "inhibited", "receipts", "told_ms"])
def test_what_misses_a_part_is_refused(name: str) -> None:
    plain = json.loads(zlib.decompress(written()))
    del plain[name]
    with pytest.raises(SnapshotError):
        read(zlib.compress(json.dumps(plain).encode()))


@pytest.mark.parametrize(
    "change",
    [
        {"alarms": []},
        {"alarms": {"heart_rate.high": {"state": "asleep"}}},
        {"audio": [1]},
        {"audio": 5},
        {"audio": [1, 9]},
        {"receipts": [{}]},
        {"receipts": 7},
    ],
)
def test_what_is_something_else_than_a_state_is_refused(change: dict[str, Any]) -> None:
    plain = json.loads(zlib.decompress(written())) | change
    with pytest.raises(SnapshotError, match="can't be read"):
        read(zlib.compress(json.dumps(plain).encode()))


def test_another_version_is_refused_by_name() -> None:
    plain = json.loads(zlib.decompress(written())) | {"v": 99}
    with pytest.raises(SnapshotError, match="have version 99, not 1"):
        read(zlib.compress(json.dumps(plain).encode()))


def test_the_latest_commands_are_remembered_and_no_more() -> None:
    desk = DeskOfOne()
    first, _ = desk.wants(Verb.RESUME_AUDIO, 0, command="first")
    for number in range(10):
        desk.wants(Verb.RESUME_AUDIO, 1, command=f"next-{number}")
    assert desk.wants(Verb.RESUME_AUDIO, 2, command="first")[0] == first
    for number in range(200):
        desk.wants(Verb.RESUME_AUDIO, 3, command=f"later-{number}")
    assert 10 < len(read(desk.state()).receipts) < 50
