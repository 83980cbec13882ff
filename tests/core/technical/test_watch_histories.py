"""However the log is cut, however often somebody looks, and whatever restarts: the same changes and state."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.devices import PATIENTS, Watched, every, told, troubled_log
from tests.support.logs import START_MS
from tests.support.wards import Sent
from wardwatch.core.alarming.changes import Change
from wardwatch.core.events import Phase

SEEDS = st.integers(0, 2**32)


def by_patient(changes: list[Change]) -> dict[str, list[Change]]:
    return {name: [each for each in changes if each.patient == name] for name in PATIENTS}


def states(watched: Watched) -> dict[str, bytes | None]:
    return {name: watched.state_of(name) for name in PATIENTS}


def test_the_random_logs_bring_out_what_they_are_for() -> None:
    """Else what follows would prove less than it says."""
    found: set[tuple[str, str]] = set()
    ended_by_another = False
    for seed in range(40):
        watched = Watched()
        log = troubled_log(seed)
        changes = watched.receive(log) + watched.tick(log[-1].arrived_at_ms + 10**9)
        found |= {(condition, phase) for _, condition, phase, _ in told(changes)}
        ended_by_another |= any("no longer watched" in change.text for change in changes)
    assert ended_by_another
    names = [
        "no_data",
        "off_body",
        "poor_signal",
        "battery_low",
        "clock_wrong",
        "refused",
        "stuck",
        "drift",
        "duplicates",
    ]
    assert found >= {(f"device.{name}", phase) for name in names for phase in ("start", "end")}
    assert found >= {("device.no_data", "update"), ("device.battery_low", "update")}


@settings(max_examples=25)
@given(SEEDS, st.sampled_from((1, 2, 7, 64)))
def test_batches_of_any_size_give_the_same_changes_and_state(seed: int, size: int) -> None:
    log, whole, cut = troubled_log(seed), Watched(), Watched()
    assert cut.receive(log, size) == whole.receive(log)
    assert states(cut) == states(whole)


@settings(max_examples=25)
@given(SEEDS, SEEDS)
def test_ticks_and_restarts_change_nothing(seed: int, other: int) -> None:
    log, undisturbed, disturbed = troubled_log(seed), Watched(), Watched()
    rng = random.Random(other)
    changes: list[Change] = []
    first = 0
    while first < len(log):
        last = first + rng.choice((1, 3, 20, 200))
        changes += disturbed.receive(log[first:last])
        if last < len(log):
            until_ms, now_ms = log[last].arrived_at_ms, log[last - 1].arrived_at_ms
            for _ in range(rng.choice((0, 1, 3))):
                now_ms = rng.randint(now_ms, until_ms)
                changes += disturbed.tick(now_ms)
        if rng.random() < 0.3:
            disturbed = disturbed.restarted()
        first = last
    expected = undisturbed.receive(log)
    end_ms = log[-1].arrived_at_ms + 10**8
    changes, expected = changes + disturbed.tick(end_ms), expected + undisturbed.tick(end_ms)
    assert by_patient(changes) == by_patient(expected)
    assert states(disturbed) == states(undisturbed)


@settings(max_examples=25)
@given(SEEDS)
def test_whoever_ticks_when_something_is_due_misses_nothing(seed: int) -> None:
    """The next deadline drives one timer, and a tick at it is enough."""
    log, expected, driven = troubled_log(seed), Watched(), Watched()
    end_ms = log[-1].arrived_at_ms + 10**8
    changes: list[Change] = []
    for each in [*log, None]:
        until_ms = end_ms if each is None else each.arrived_at_ms
        while (due_ms := driven.watch.next_due_ms()) is not None and due_ms <= until_ms:
            of_tick = driven.tick(due_ms)
            assert all(change.at_ms == due_ms for change in of_tick)
            changes += of_tick
        if each is not None:
            changes += driven.receive([each])
    assert by_patient(changes) == by_patient(expected.receive(log) + expected.tick(end_ms))


@settings(max_examples=25)
@given(SEEDS)
def test_each_condition_of_a_device_starts_then_changes_then_ends(seed: int) -> None:
    log, watched = troubled_log(seed), Watched()
    changes = watched.receive(log) + watched.tick(log[-1].arrived_at_ms + 10**8)
    opened: dict[tuple[str, str], Change] = {}
    names: set[tuple[str, str, int]] = set()
    latest_ms: dict[tuple[str, str], int] = {}
    for change in changes:
        key = (change.patient, change.key)
        assert change.at_ms >= latest_ms.get(key, 0)
        latest_ms[key] = change.at_ms
        assert (change.phase is Phase.START) == (key not in opened)
        assert change.kind == "technical"
        if change.phase is Phase.START:
            assert (*key, change.onset_ms) not in names, "each episode has a name of its own"
            names.add((*key, change.onset_ms))
        elif change.phase is Phase.UPDATE:
            assert change.onset_ms == opened[key].onset_ms
        if change.phase is Phase.END:
            assert change.onset_ms == opened.pop(key).onset_ms
        else:
            opened[key] = change


@settings(max_examples=25)
@given(
    st.floats(0.5, 250.0),
    st.lists(st.floats(0.0, 20.0), min_size=1, max_size=40),
    st.sampled_from((0.0, 5.0, 45.0, -10.0)),
)
def test_nothing_is_told_while_all_is_well(step_s: float, jitters_s: list[float], late_s: float) -> None:
    log: list[Sent] = []
    good = {"signal_quality": 0.8, "worn": True, "battery": 60.0, "oxygen_saturation": 97.0}
    at_s = 0.0
    for jitter_s in jitters_s:
        at_s += step_s + jitter_s
        log += every(1.0, at_s + 0.5, since_s=at_s, late_s=late_s, **good)
    assert Watched().receive(log) == []


@settings(max_examples=25)
@given(st.lists(st.integers(1, 2_000), min_size=1, max_size=30))
def test_silence_beyond_the_limit_is_always_told_and_ends_with_the_next_value(gaps_s: list[int]) -> None:
    """Of a device that sends all the time: so often that no silence makes its vital one of those by hand."""
    log, expected, at_s = [], [], 0.0
    for gap_s in gaps_s:
        log += every(1.0, at_s + 9.5, since_s=at_s)
        at_s += 9 + gap_s
        if gap_s >= 330:
            expected += [
                (at_s - gap_s + 330, "device.no_data", "start", "medium"),
                (at_s, "device.no_data", "end", "medium"),
            ]
    log += every(1.0, at_s + 0.5, since_s=at_s)
    assert told(Watched().receive(log)) == expected
    assert log[0].arrived_at_ms == START_MS
