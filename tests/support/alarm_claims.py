"""What must hold of everything that is told of alarms, whatever happens: held against it event by event.

Only what is told is looked at, and what wards want; nothing of how the desk comes to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wardwatch.core.alarming.commands import Receipt, Verb, Verdict
from wardwatch.core.alarming.policy import MOST_REPEATS, Policies
from wardwatch.core.events import AlarmEvent, Cause, Phase, Priority

# None is where the patient has left.
Told = AlarmEvent | Receipt | None

AUDIO, PAUSED, OFF, SEEN = "audio-paused", "alarm-paused", "alarm-off", "alert-acknowledged"


def waits(event: AlarmEvent) -> bool:
    """Whether the alarm sounds by then, unless audio is paused."""
    return event.state in ("active", "latched") and event.inactivation in ("enabled", AUDIO)


@dataclass(slots=True)
class Life:
    """An alarm that has not ended, as whoever hears of it knows it."""

    latest: AlarmEvent
    waits_since_ms: int
    escalations: int = 0
    sounded_ms: int = 0
    repeats: int = 0
    # It was of high priority, and nobody has done anything about it since.
    is_lost_if_it_ends: bool = False


@dataclass(slots=True)
class Claims:
    """Raises ``AssertionError`` at whatever should not have been told to a console about one patient.

    High priorities latch in all wards of ``policies``.
    """

    policies: Policies
    lives: dict[str, Life] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    told_ms: int = 0
    sequence: int = -1
    audio: tuple[int, Priority] | None = None

    def hear_all(self, told: Sequence[Told]) -> None:
        """All of it, in order."""
        for place, each in enumerate(told):
            if each is None:
                assert not self.lives, "whoever leaves has no alarm any more"
                self.audio = None
            elif isinstance(each, Receipt):
                self._hear_receipt(each)
            else:
                self._hear(each, told[place + 1 :])

    def finish(self, now_ms: int) -> None:
        """Time has passed up to here, and all that fell due was told."""
        for life in self.lives.values():
            assert life.latest.until_ms is None or life.latest.until_ms > now_ms, "it ends by itself"
            self._nothing_was_due(life, now_ms + 1)

    def _hear(self, event: AlarmEvent, later: Sequence[Told]) -> None:
        assert event.event not in self.names, "each event has a name of its own"
        assert event.at_ms >= self.told_ms, "events come in the order of time"
        self.names.add(event.event)
        for each in self.lives.values():
            self._nothing_was_due(each, event.at_ms)
        life = self.lives.get(event.alarm)
        if life is None:
            life = self._begin(event)
        else:
            assert event.phase is not Phase.START, "an alarm starts once"
            self._go_on(life, event)
        self._hear_sound(event, later)
        self._hear_end(life, event)
        life.latest, self.told_ms = event, event.at_ms

    def _begin(self, event: AlarmEvent) -> Life:
        assert event.alarm not in self.ended, "what is over is over"
        assert event.phase is Phase.START, "an alarm starts with its start"
        assert event.inactivation in ("enabled", AUDIO, PAUSED, OFF), "nobody has acknowledged it before"
        for other in self.lives.values():
            key = other.latest.condition, other.latest.source
            assert key != (event.condition, event.source), "a condition has one alarm"
        life = Life(latest=event, waits_since_ms=event.at_ms, sounded_ms=event.at_ms)
        self.lives[event.alarm] = life
        return life

    def _go_on(self, life: Life, event: AlarmEvent) -> None:
        before = life.latest
        if before.until_ms is not None:
            assert event.at_ms <= before.until_ms, "a pause, an acknowledgement ends by itself"
        if event.inactivation == SEEN:
            if before.inactivation == SEEN:
                assert event.priority <= before.priority, "nobody has acknowledged that it is worse"
            else:
                assert (event.cause, event.by is None) == (Cause.ACKNOWLEDGED, False), "people acknowledge"
        if waits(before) and not waits(event):
            is_back = before.state == "latched" and event.cause is Cause.CONDITION
            assert event.by or is_back or event.phase is Phase.END, "only people take an alarm's voice"
        if waits(event) and (not waits(before) or event.priority > before.priority):
            life.waits_since_ms, life.escalations = event.at_ms, 0
        is_back = waits(event) and before.state == "latched" and event.cause is Cause.CONDITION
        if life.waits_since_ms == event.at_ms or is_back:
            life.sounded_ms, life.repeats = event.at_ms, 0
        if event.cause is Cause.ESCALATION:
            self._hear_escalation(life, event)
        if event.cause is Cause.REPEAT:
            assert event.at_ms == self._repeat_ms(life), "it sounds again when it should"
            life.sounded_ms, life.repeats = event.at_ms, life.repeats + 1
        assert event.escalation == (life.escalations if waits(event) else event.escalation)

    def _hear_escalation(self, life: Life, event: AlarmEvent) -> None:
        assert event.at_ms == self._escalation_ms(life), "it escalates when it should"
        wanted = self.policies.of(event.ward).of(event.priority).escalations[life.escalations]
        assert event.target == wanted.target, "whom the ward wants"
        life.escalations += 1

    def _hear_end(self, life: Life, event: AlarmEvent) -> None:
        if waits(event) or event.inactivation == PAUSED:
            life.is_lost_if_it_ends |= event.priority is Priority.HIGH
        elif event.phase is not Phase.END:
            life.is_lost_if_it_ends = False
        if event.phase is Phase.END:
            is_known = event.by is not None or event.cause is Cause.PLACEMENT
            assert is_known or not life.is_lost_if_it_ends, "no alarm of high priority is lost"
            assert event.until_ms is None
            self.ended.add(event.alarm)
            del self.lives[event.alarm]

    def _hear_sound(self, event: AlarmEvent, later: Sequence[Told]) -> None:
        if self.audio is not None and self.audio[0] <= event.at_ms and event.inactivation != AUDIO:
            self.audio = None
        if not waits(event):
            return
        if event.inactivation == AUDIO:
            assert self.audio is not None
            assert event.until_ms == self.audio[0], "a pause is shown with its end"
        elif self.audio is not None:
            assert self._breaks(event, later), "only a higher priority breaks a pause"
            self.audio = None

    def _breaks(self, event: AlarmEvent, later: Iterable[Told]) -> bool:
        assert self.audio is not None
        at_once = [event] + [
            each for each in later if isinstance(each, AlarmEvent) and each.at_ms == event.at_ms
        ]
        breaking = [each for each in at_once if each.cause is not Cause.AUDIO_RESUMED]
        return any(each.priority > self.audio[1] for each in breaking)

    def _hear_receipt(self, receipt: Receipt) -> None:
        if receipt.verdict is not Verdict.DONE:
            return
        if receipt.verb is Verb.RESUME_AUDIO:
            self.audio = None
        if receipt.verb is Verb.PAUSE_AUDIO:
            assert receipt.until_ms is not None
            waiting = [life.latest for life in self.lives.values() if waits(life.latest)]
            assert waiting, "there was something to pause"
            longest_s = self.policies.of(waiting[0].ward).longest_audio_pause_s
            assert 0 < receipt.until_ms - receipt.at_ms <= longest_s * 1000, "no longer than the ward allows"
            self.audio = receipt.until_ms, Priority(max(each.priority for each in waiting))

    def _nothing_was_due(self, life: Life, before_ms: int) -> None:
        if not waits(life.latest):
            return
        for due_ms in self._escalation_ms(life), self._repeat_ms(life):
            assert due_ms is None or due_ms >= before_ms, "nothing that falls due is left out"

    def _escalation_ms(self, life: Life) -> int | None:
        """When the next one is due; another ward, or a lower priority, may make it due at once."""
        latest = life.latest
        left = self.policies.of(latest.ward).of(latest.priority).escalations[life.escalations :]
        if not left:
            return None
        return max(life.waits_since_ms + round(left[0].after_s * 1000), self.told_ms)

    def _repeat_ms(self, life: Life) -> int | None:
        latest = life.latest
        repeat_s = self.policies.of(latest.ward).of(latest.priority).repeat_s
        if repeat_s is None or life.repeats == MOST_REPEATS:
            return None
        return max(life.sounded_ms + round(repeat_s * 1000), self.told_ms)
