"""Random histories of one patient at a desk: conditions, people, moves, crashes, and who looks when."""

from __future__ import annotations

from typing import Any

from tests.support.alarm_claims import Told
from tests.support.desks import HR, PATIENT, SPO2, DeskOfOne, at_ms
from wardwatch.core.alarming.commands import Label, Receipt, Verb
from wardwatch.core.alarming.policy import Escalation, Handling, Policies, WardPolicy
from wardwatch.core.events import AlarmEvent, Phase, Priority

_CALLS = (Escalation(45.0, "nurse"), Escalation(120.0, "charge nurse"), Escalation(300.0, "physician"))
# In "slow" signals are delayed and all but low priorities latch; "4B" is as wards are by default.
WARDS = {
    "slow": WardPolicy(
        low=Handling(signal_delay_s=100.0, acknowledged_s=60.0),
        medium=Handling(signal_delay_s=90.0, acknowledged_s=120.0, latches=True, escalations=_CALLS[1:]),
        high=Handling(
            signal_delay_s=60.0, acknowledged_s=90.0, latches=True, repeat_s=33.3, escalations=_CALLS
        ),
        longest_audio_pause_s=300.0,
    ),
    "hasty": WardPolicy(
        low=Handling(repeat_s=20.0, escalations=_CALLS[:1]),
        high=Handling(latches=True, acknowledged_s=30.0, repeat_s=45.0, escalations=_CALLS[1:]),
        longest_audio_pause_s=300.0,
    ),
    "4B": WardPolicy(longest_audio_pause_s=300.0),
}
POLICIES = Policies(default=WARDS["4B"], wards=WARDS)
CONDITIONS = ((HR, ""), (SPO2, ""), ("device.off_body", "e4-1"), ("device.off_body", "e4-2"))
_WAITS_S = (0.0, 1.0, 0.001, 7.0, 20.0, 44.0, 60.0, 61.0, 120.0, 310.0)
_DURATIONS_S: tuple[float | None, ...] = (None, 5.0, 60.0, 119.0, 301.0, -1.0)
_VERBS = (*Verb, Verb.ACKNOWLEDGE, Verb.ACKNOWLEDGE, Verb.PAUSE_AUDIO, Verb.PAUSE_ALARM, Verb.PAUSE_ALARM)
_BYTES_A_STEP = 4


class DeskHistory(DeskOfOne):
    """What four bytes each say: how long to wait, what happens, to what, and how.

    With ``looks`` somebody also looks at whatever falls due, and at other times, as the bytes say.
    """

    def __init__(self, *, looks: bytes = b"", crashes: bool = False) -> None:
        super().__init__(WARDS["4B"], WARDS)
        self.told: list[Told] = []
        self.now_s = 0.0
        self._latest: tuple[Verb, dict[str, Any]] | None = None
        self._exists: dict[tuple[str, str], Priority] = {}
        self._looks, self._may_crash = looks, crashes

    def live(self, tape: bytes) -> None:
        """Go through all of it."""
        for first in range(0, len(tape) - _BYTES_A_STEP + 1, _BYTES_A_STEP):
            wait, what, which, how = tape[first : first + _BYTES_A_STEP]
            self._pass(_WAITS_S[wait % len(_WAITS_S)], first // _BYTES_A_STEP)
            match what % 16:
                case 0 | 1 | 2 | 3 | 4 | 5 | 6:
                    self._happens(*CONDITIONS[which % len(CONDITIONS)], how)
                case 7:
                    self.moves(self.now_s, list(WARDS)[how % len(WARDS)])
                case 8:
                    self._leaves(how)
                case _:
                    self._wants(_VERBS[which % len(_VERBS)], how)
            if self._may_crash and how % 3 == 0:
                self.crashes()
        self.waits(self.now_s)

    def _pass(self, wait_s: float, step: int) -> None:
        until_s = round(self.now_s + wait_s, 3)
        if self._looks:
            look = self._looks[step % len(self._looks)]
            self.waits(self.now_s + (until_s - self.now_s) * (look % 7) / 7)
            while look % 2 and (due_s := self.due_s()) is not None and due_s <= until_s:
                if due_s > self.now_s:
                    assert self.waits(due_s - 0.001) == [], "it falls due when it is said to"
                self.waits(due_s)
        self.now_s = until_s

    def _happens(self, condition: str, source: str, how: int) -> None:
        key, priority = (condition, source), Priority(1 + how % 3)
        existing = self._exists.get(key)
        if existing is None:
            self.starts(self.now_s, priority, condition=condition, source=source)
            self._exists[key] = priority
        elif how % 5 < 2 or priority is existing:
            self.ends(self.now_s, self._exists.pop(key), condition=condition, source=source)
            # The next episode has another onset.
            self.now_s += 0.001
        else:
            self.becomes(self.now_s, priority, condition=condition, source=source)
            self._exists[key] = priority

    def _leaves(self, how: int) -> None:
        if how % 4 == 0:
            self.leaves(self.now_s)
            self.told.append(None)
            self._latest = None
            self._exists.clear()
            # Who comes back later has no alarm that began in the same instant.
            self.now_s += 0.001

    def _wants(self, verb: Verb, how: int) -> None:
        wishes: dict[str, Any] = {}
        self.waits(self.now_s)
        started = [event.alarm for event in self.events if event.phase is Phase.START]
        if verb in (Verb.ACKNOWLEDGE, Verb.NOTE, Verb.FEEDBACK):
            recent = started[-6:] or ["of nobody"]
            wishes = {"alarm": recent[how % len(recent)], "text": "Seen.", "label": Label.ACTIONABLE}
        if verb in (Verb.PAUSE_ALARM, Verb.ALARM_OFF, Verb.RESUME_ALARM):
            wishes["condition"] = (None, HR, SPO2, "device.off_body")[how % 4]
        if verb in (Verb.PAUSE_ALARM, Verb.PAUSE_AUDIO):
            wishes["duration_s"] = _DURATIONS_S[how // 4 % len(_DURATIONS_S)]
        again = verb, wishes | {"command": f"c-{len(self.told)}-{self.now_s}"}
        if how % 16 == 15:
            # The latest one is sent again.
            again = self._latest or again
        self._latest = again
        self.wants(again[0], self.now_s, **again[1])

    def wants(self, verb: Verb, at_s: float, **wishes: Any) -> tuple[Receipt, list[AlarmEvent]]:
        """As of any desk, and the receipt is told before what comes of it."""
        place = len(self.told)
        receipt, events = super().wants(verb, at_s, **wishes)
        if receipt.at_ms == at_ms(at_s):
            self.told.insert(place, receipt)
        return receipt, events

    def _told(self, events: list[AlarmEvent]) -> list[AlarmEvent]:
        self.told += events
        return super()._told(events)


__all__ = ["PATIENT", "POLICIES", "DeskHistory"]
