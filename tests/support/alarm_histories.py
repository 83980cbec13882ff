"""Random histories of a ward: what devices measure, what people want, who is moved, and when a worker dies.

A history's log is made while a monitor takes it in, for people answer the alarms that there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.support.alarm_claims import Told
from tests.support.desk_histories import POLICIES
from tests.support.logs import START_MS
from tests.support.people import NURSE
from tests.support.wards import Sent, receive
from wardwatch.core.alarming.commands import Command, Label, Receipt, Verb
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.monitor import Monitor, Outcome, Rules
from wardwatch.core.reading import Reading
from wardwatch.core.roster import RosterEntry

PATIENTS = ("p-1", "p-2")
RULES = Rules(policies=POLICIES)
Entry = Sent | Command | RosterEntry

_USUAL: Mapping[str, Any] = {
    "heart_rate": 72.0,
    "oxygen_saturation": 97.0,
    "body_temperature": 36.8,
    "worn": True,
}
# From a patient who is well to one who is silent.
_MODES: tuple[Mapping[str, Any] | None, ...] = (
    {},
    {"heart_rate": 140.0},
    {"heart_rate": 155.0},
    {"heart_rate": 190.0},
    {"body_temperature": 39.6},
    {"body_temperature": 40.6},
    {"oxygen_saturation": 91.0},
    {"oxygen_saturation": 84.0, "heart_rate": 152.0},
    {"worn": False},
    None,
)
_STEPS_S = (20, 20, 30, 60, 5, 150)
_VERBS = (*Verb, Verb.ACKNOWLEDGE, Verb.ACKNOWLEDGE, Verb.PAUSE_ALARM, Verb.PAUSE_AUDIO)
_CONDITIONS = (None, "heart_rate.high", "body_temperature.high", "oxygen_saturation.low")
_DURATIONS_S: tuple[float | None, ...] = (None, 5.0, 60.0, 119.0, 301.0)
_LIMITS: tuple[Mapping[str, Mapping[str, float]], ...] = ({}, {"heart_rate": {"high": 145.0}})
# Devices' clocks, against ours.
_AHEAD_MS = (0, 0, 0, 0, 240_000, 3_000, -45_000, -700_000)
_BYTES_A_STEP = 3


class WardHistory:
    """What three bytes each say, and what a monitor that nobody disturbs makes of it."""

    def __init__(self, tape: bytes) -> None:
        self._ahead_ms = {name: _AHEAD_MS[tape[0] // 8**i % 8] for i, name in enumerate(PATIENTS)}
        self.log: list[Entry] = []
        self.told: defaultdict[str, list[Told]] = defaultdict(list)
        self.monitor = Monitor(rules=RULES)
        self.now_ms = START_MS
        self._modes: dict[str, Mapping[str, Any] | None] = {name: {} for name in PATIENTS}
        self._latest: dict[str, Command] = {}
        self._measure(3, 20)
        for first in range(0, len(tape) - _BYTES_A_STEP + 1, _BYTES_A_STEP):
            self._live(*tape[first : first + _BYTES_A_STEP])
        # Long enough for all pauses and acknowledgements, and for nobody to be forgotten.
        self.now_ms += 3_600_000
        self.monitor.tick(self.now_ms)
        self._note(self.monitor.drain())

    def _live(self, what: int, which: int, how: int) -> None:
        patient = PATIENTS[which % len(PATIENTS)]
        match what % 12:
            case 0 | 1 | 2 | 3:
                self._modes[patient] = _MODES[how % len(_MODES)]
                self._measure(1 + which % 6, _STEPS_S[how % len(_STEPS_S)])
            case 4 | 5:
                self._measure(1 + how % 12, _STEPS_S[which % len(_STEPS_S)])
            case 6:
                self._enter(patient, which // 8, how)
            case _:
                self._want(patient, _VERBS[which // 2 % len(_VERBS)], how)

    def _measure(self, count: int, step_s: int) -> None:
        for _ in range(count):
            self.now_ms += step_s * 1000
            readings = [
                Sent(self._reading(name, {**_USUAL, **mode}), self.now_ms)
                for name, mode in self._modes.items()
                if mode is not None
            ]
            self._take(readings)

    def _reading(self, name: str, measured: Mapping[str, Any]) -> Reading:
        at_ms = self.now_ms + self._ahead_ms[name]
        return Reading(patient=name, device=f"e-{name}", observed_at_ms=at_ms, **measured)

    def _enter(self, patient: str, which: int, how: int) -> None:
        self.now_ms += 1
        entry = RosterEntry(
            patient=patient,
            ward=("4B", "slow", "hasty", "4B", "slow")[how % 5],
            bed="12",
            limits=_LIMITS[how // 5 % len(_LIMITS)],
            discharged=which % 8 == 0,
            at_ms=self.now_ms,
        )
        self._take([entry])
        if entry.discharged:
            self.told[patient].append(None)
            self._latest.pop(patient, None)

    def _want(self, patient: str, verb: Verb, how: int) -> None:
        self.now_ms += 1 + how % 5 * 1000
        heard = [event for event in self.told[patient] if isinstance(event, AlarmEvent)]
        started = [event.alarm for event in heard if event.phase is Phase.START][-4:] or ["of nobody"]
        wishes: dict[str, Any] = {}
        if verb in (Verb.ACKNOWLEDGE, Verb.NOTE, Verb.FEEDBACK):
            wishes = {"alarm": started[how % len(started)], "text": "Seen.", "label": Label.ACTIONABLE}
        if verb in (Verb.PAUSE_ALARM, Verb.ALARM_OFF, Verb.RESUME_ALARM):
            wishes["condition"] = _CONDITIONS[how % len(_CONDITIONS)]
        if verb in (Verb.PAUSE_ALARM, Verb.PAUSE_AUDIO):
            wishes["duration_s"] = _DURATIONS_S[how // 4 % len(_DURATIONS_S)]
        name, at_ms = f"c-{len(self.log)}", self.now_ms
        wish = Command(command=name, patient=patient, verb=verb, by=NURSE, at_ms=at_ms, **wishes)
        if how % 16 == 15:
            # The latest one is sent again.
            wish = replace(self._latest.get(patient, wish), at_ms=at_ms)
        self._latest[patient] = wish
        self._take([wish])

    def _take(self, entries: Sequence[Entry]) -> None:
        self.log += entries
        give(self.monitor, entries)
        self._note(self.monitor.drain())

    def _note(self, outcome: Outcome) -> None:
        """A receipt before what people have brought about, and after what fell due before."""
        assert not outcome.refusals
        for event in outcome.events:
            if event.by is None:
                self.told[event.patient].append(event)
        for receipt in outcome.receipts:
            latest = [each for each in self.told[receipt.patient] if isinstance(each, Receipt)]
            if receipt not in latest:
                self.told[receipt.patient].append(receipt)
        for event in outcome.events:
            if event.by is not None:
                self.told[event.patient].append(event)


def instant_of(entry: Entry) -> int:
    """When it arrived."""
    at_ms = entry.arrived_at_ms if isinstance(entry, Sent) else entry.at_ms
    assert at_ms is not None
    return at_ms


def give(monitor: Monitor, entries: Sequence[Entry]) -> None:
    """Have a monitor take these in: readings that follow each other as one batch."""
    for batch in _batches(entries):
        match batch[0]:
            case Sent():
                receive(monitor, [each for each in batch if isinstance(each, Sent)])
            case Command():
                monitor.command([each for each in batch if isinstance(each, Command)])
            case _:
                monitor.admit([each for each in batch if isinstance(each, RosterEntry)])


def _batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        if batch and type(entry) is not type(batch[-1]):
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


class Worker:
    """Takes a history's log in as a worker does, with a timer, checkpoints and crashes, as bytes say.

    What the log brings about is told at once, and told again after a crash; what time alone brings about is
    told once a checkpoint has it. Whoever listens knows by the sequence what it has heard already.
    """

    def __init__(self, log: Sequence[Entry]) -> None:
        self.log = log
        self.monitor = Monitor(rules=RULES)
        self.position = self.furthest = 0
        self.heard: defaultdict[str, list[AlarmEvent]] = defaultdict(list)
        self.receipts: set[Receipt] = set()
        self._saved: tuple[dict[int, bytes], int] = {}, 0

    def live(self, until_ms: int, bits: bytes) -> None:
        """Go through all of the log, and then wait."""
        turn = 0
        while self.position < len(self.log):
            what, turn = bits[turn % len(bits)], turn + 1
            if self.position == self.furthest:
                self._wait(instant_of(self.log[self.position]), exact=what % 3 > 0)
            self._take(1 + what % 7)
            if what % 5 == 0:
                self._checkpoint()
            if what % 11 == 0 and turn < 4 * len(self.log):
                self._crash()
        self._wait(until_ms, exact=True)
        self.monitor.tick(until_ms)
        self._hear(self.monitor.drain())

    def _take(self, count: int) -> None:
        give(self.monitor, self.log[self.position : self.position + count])
        self.position = min(self.position + count, len(self.log))
        self.furthest = max(self.furthest, self.position)
        self._hear(self.monitor.drain())

    def _wait(self, until_ms: int, *, exact: bool) -> None:
        """Look when something falls due, and, unless ``exact``, only some time later."""
        while (due_ms := self.monitor.next_due_ms()) is not None and due_ms < until_ms:
            if exact:
                self.monitor.tick(due_ms - 1)
                assert self.monitor.drain().events == [], "nothing falls due before it is said to"
            self.monitor.tick(due_ms if exact else until_ms - 1)
            outcome = self.monitor.drain()
            again_ms = self.monitor.next_due_ms()
            assert again_ms is None or again_ms > due_ms, "what fell due is over"
            if outcome.events:
                self._checkpoint()
                self._hear(outcome)

    def _checkpoint(self) -> None:
        blocks, _ = self._saved
        self._saved = blocks | dict(self.monitor.snapshot(only_changed=True)), self.position

    def _crash(self) -> None:
        blocks, self.position = self._saved
        self.monitor = Monitor.restore(blocks, RULES)

    def _hear(self, outcome: Outcome) -> None:
        for event in outcome.events:
            known = self.heard[event.patient]
            if not known or event.sequence > known[-1].sequence:
                known.append(event)
        self.receipts |= set(outcome.receipts)
