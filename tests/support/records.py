"""Hypothesis strategies for the records on the wire."""

from __future__ import annotations

from string import ascii_letters, digits
from typing import Any

from hypothesis import strategies as st

from wardwatch.core.alarming.commands import Command, Label, Receipt, Verb, Verdict
from wardwatch.core.events import (
    Actor,
    AlarmEvent,
    Cause,
    DeviceStatus,
    News2Status,
    PatientStatus,
    Phase,
    Priority,
    Role,
)
from wardwatch.core.reading import CONSCIOUSNESS_LEVELS, Reading
from wardwatch.core.roster import LIMIT_NAMES, RosterEntry, limit_errors
from wardwatch.core.vitals import VITAL_INDEX, VITAL_NAMES, VITALS
from wardwatch.wire.commands import CONDITIONS, MAXIMUM_TEXT, USES
from wardwatch.wire.rejections import Rejection

names = st.text(ascii_letters + digits + "._:+@/-", min_size=1, max_size=64)
# Unicode that UTF-8 can carry: all but lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
instants = st.integers(0, 253_402_300_799_999)
numbers = st.floats(allow_nan=False, allow_infinity=False)


def readings() -> st.SearchStrategy[Reading]:
    """Any reading, plausible or not."""
    measured: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(VITAL_NAMES, numbers)
    measured |= {
        "seq": instants,
        "steps": numbers,
        "signal_quality": numbers,
        "worn": st.booleans(),
        "battery": numbers,
        "on_oxygen": st.booleans(),
        "consciousness": st.sampled_from(CONSCIOUSNESS_LEVELS),
    }
    return st.builds(
        Reading,
        patient=names,
        device=names,
        observed_at_ms=instants,
        **{name: st.none() | values for name, values in measured.items()},
    )


_reasons: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


# What people type: any letters of any script on one line, and no space around them.
typed = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40)


def actors() -> st.SearchStrategy[Actor]:
    """Anybody."""
    return st.builds(Actor, name=typed, role=st.sampled_from(Role))


def commands() -> st.SearchStrategy[Command]:
    """Any command that is in order: with what its verb needs, and maybe with what it allows."""
    return st.sampled_from(Verb).flatmap(_commands_of)


def _commands_of(verb: Verb) -> st.SearchStrategy[Command]:
    wishes: dict[str, st.SearchStrategy[Any]] = {
        "alarm": names,
        "condition": st.sampled_from(sorted(CONDITIONS)),
        "duration_s": st.floats(0, exclude_min=True, allow_infinity=False),
        "text": st.lists(typed, min_size=1, max_size=9)
        .map(" ".join)
        .filter(lambda t: len(t) <= MAXIMUM_TEXT),
        "label": st.sampled_from(Label),
    }
    needed = {name: wishes[name] for name in USES[verb].needed}
    allowed = {name: st.none() | wishes[name] for name in USES[verb].allowed}
    return st.builds(
        Command,
        command=names,
        patient=names,
        verb=st.just(verb),
        by=actors(),
        at_ms=instants,
        **needed,
        **allowed,
    )


def receipts() -> st.SearchStrategy[Receipt]:
    """Any answer to a command, also to one that could hardly be read."""
    return st.builds(
        Receipt,
        command=names,
        patient=names,
        verb=st.none() | st.sampled_from(Verb),
        by=st.none() | actors(),
        at_ms=instants,
        verdict=st.sampled_from(Verdict),
        sentence=texts,
        alarm=st.none() | names,
        label=st.none() | st.sampled_from(Label),
        text=st.none() | texts,
        until_ms=st.none() | instants,
    )


def alarm_events() -> st.SearchStrategy[AlarmEvent]:
    """Any alarm event that the wire can carry."""
    return st.builds(
        AlarmEvent,
        event=texts,
        alarm=texts,
        sequence=instants,
        patient=names,
        ward=names,
        bed=texts,
        condition=texts,
        kind=st.sampled_from(["physiological", "technical", "other"]),
        priority=st.sampled_from(Priority),
        phase=st.sampled_from(Phase),
        state=texts,
        inactivation=texts,
        onset_ms=instants,
        observed_at_ms=instants,
        text=texts,
        why=st.dictionaries(texts, _reasons, max_size=4),
        at_ms=instants,
        source=texts,
        cause=st.sampled_from(Cause),
        by=st.none() | actors(),
        until_ms=st.none() | instants,
        escalation=st.integers(0, 9),
        target=texts,
    )


def rejections() -> st.SearchStrategy[Rejection]:
    """Any rejection."""
    return st.builds(
        Rejection,
        reason=texts,
        detail=texts,
        topic=texts,
        partition=st.integers(0, 2**31 - 1),
        offset=st.integers(0, 2**63 - 1),
        patient=st.none() | texts,
        vital=st.none() | st.sampled_from(VITAL_NAMES),
    )


@st.composite
def own_limits(draw: st.DrawFn) -> dict[str, dict[str, float]]:
    """Any limits that are possible for a patient or a ward."""
    limits: dict[str, dict[str, float]] = {}
    for name in draw(st.lists(st.sampled_from(LIMIT_NAMES), unique=True)):
        vital, _, bound = name.partition(".")
        table = VITALS[VITAL_INDEX[vital]]
        steps = st.integers(round(table.plausible_low), round(table.plausible_high))
        wanted = {**limits.get(vital, {}), bound: float(draw(steps))}
        if not limit_errors({vital: wanted}):
            limits[vital] = wanted
    return limits


def roster_entries() -> st.SearchStrategy[RosterEntry]:
    """Any line of the roster."""
    return st.builds(
        RosterEntry,
        patient=names,
        ward=names,
        bed=names,
        devices=st.lists(names, max_size=4, unique=True).map(tuple),
        limits=own_limits(),
        news2_scale_2=st.booleans(),
        on_oxygen=st.none() | st.booleans(),
        discharged=st.booleans(),
    )


_devices = st.builds(
    DeviceStatus,
    device=names,
    seen_ms=instants,
    battery=st.none() | st.integers(0, 100),
    signal_quality=st.none() | st.floats(0, 1),
    worn=st.none() | st.booleans(),
)


def statuses() -> st.SearchStrategy[PatientStatus]:
    """Any status, also one in which nothing is known."""
    news2 = st.builds(
        News2Status,
        lowest=st.integers(0, 20),
        highest=st.integers(0, 20),
        missing=st.lists(texts, max_size=7).map(tuple),
    )
    return st.builds(
        PatientStatus,
        patient=names,
        ward=names,
        bed=texts,
        observed_at_ms=instants,
        vitals=st.dictionaries(texts, st.tuples(numbers, instants), max_size=8),
        news2=news2,
        open_alarms=st.lists(texts, max_size=4).map(tuple),
        learning=st.dictionaries(texts, numbers, max_size=6),
        inhibited=st.dictionaries(texts, st.none() | instants, max_size=3),
        audio_paused_until_ms=st.none() | instants,
        usual=st.dictionaries(texts, st.tuples(numbers, numbers), max_size=6),
        limits=st.dictionaries(texts, st.tuples(st.none() | numbers, st.none() | numbers), max_size=5),
        devices=st.lists(_devices, max_size=4).map(tuple),
    )
