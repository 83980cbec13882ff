"""One patient's alarms while something is done with them: the table's steps, and what is told of each."""

from __future__ import annotations

from wardwatch.core.alarming.changes import Change
from wardwatch.core.alarming.kept import Alarm, Kept
from wardwatch.core.alarming.machine import State, Trigger, row_of
from wardwatch.core.alarming.policy import WardPolicy
from wardwatch.core.events import Actor, AlarmEvent, Cause, Phase, Priority, alarm_identity

# In the words of IHE ACM.
_STATES = {
    State.NONE: "off",
    State.LATCHED: "latched",
    State.PAUSED: "inactive",
    State.OFF: "inactive",
}
_INACTIVATIONS = {
    State.ACKNOWLEDGED: "alert-acknowledged",
    State.PAUSED: "alarm-paused",
    State.OFF: "alarm-off",
}
# A latched alarm is one again whose condition exists.
_BACK = (Trigger.EXISTS, Trigger.EXISTS_BEFORE_DELAY)


class Bedside:
    """A patient's alarms, where the patient lies, and what the ward wants; collects the events."""

    def __init__(self, patient: str, ward: str, bed: str, kept: Kept, policy: WardPolicy) -> None:
        self.patient = patient
        self.kept = kept
        self.policy = policy
        self._ward = ward
        self._bed = bed
        self._told: list[AlarmEvent] = []

    def take_told(self) -> list[AlarmEvent]:
        """The events since the last call. Their ``sequence`` is still to be given."""
        told, self._told = self._told, []
        return told

    def name_of(self, alarm: Alarm) -> str:
        """The name of an episode, from its cause alone."""
        return alarm_identity(self.patient, alarm.key, alarm.onset_ms)

    def adopt(self, change: Change) -> Alarm:
        """An alarm that has been told of before, but of which nothing is kept."""
        alarm = Alarm.of(change)
        if change.phase is Phase.UPDATE:
            # It was another one before, else there were nothing to tell.
            alarm.priority = Priority.MEDIUM if change.priority is Priority.LOW else Priority.LOW
        # Its events had numbers from 0 on, of which nobody knows how many.
        alarm.state, alarm.number = State.ACTIVE, 100
        alarm.since_ms = alarm.sounded_ms = change.at_ms
        self.kept.alarms[change.key] = alarm
        return alarm

    def step(
        self,
        alarm: Alarm,
        trigger: Trigger,
        cause: Cause,
        at_ms: int,
        *,
        observed_at_ms: int | None = None,
        by: Actor | None = None,
        waits_anew: bool = False,
    ) -> None:
        """What the table says; raises :class:`IllegalTransitionError`, and has changed nothing then."""
        row = row_of(alarm.state, trigger)
        # What gets worse waits for an answer anew. What only comes back sounds, but goes on waiting: if it
        # came and went often enough, it would never escalate.
        anew = waits_anew or not alarm.waits or trigger is Trigger.RISES
        alarm.state = row.to
        if alarm.waits and anew:
            alarm.since_ms, alarm.escalation, alarm.until_ms = at_ms, 0, None
            self._break_audio_pause(alarm, at_ms)
        if alarm.waits and (anew or trigger in _BACK):
            alarm.sounded_ms, alarm.repeats = at_ms, 0
        if row.to is State.NONE:
            alarm.until_ms = None
            self._remove(alarm)
        if row.told is not None:
            self.tell(alarm, row.told, cause, at_ms, observed_at_ms=observed_at_ms, by=by)

    def tell(
        self,
        alarm: Alarm,
        phase: Phase,
        cause: Cause,
        at_ms: int,
        *,
        observed_at_ms: int | None = None,
        by: Actor | None = None,
    ) -> None:
        """Tell how an alarm stands now."""
        inactivation, until_ms = _INACTIVATIONS.get(alarm.state, "enabled"), alarm.until_ms
        if alarm.waits and self.kept.audio is not None:
            inactivation, until_ms = "audio-paused", self.kept.audio.until_ms
        name = self.name_of(alarm)
        # Who has been called is called no longer once somebody has answered, or it is over.
        escalations = self.policy.of(alarm.priority).escalations if alarm.waits else ()
        reached = escalations[: alarm.escalation][-1:]
        event = AlarmEvent(
            event=f"{name}-{alarm.number}",
            alarm=name,
            sequence=0,
            patient=self.patient,
            ward=self._ward,
            bed=self._bed,
            condition=alarm.condition,
            kind=alarm.kind,
            priority=alarm.priority,
            phase=phase,
            state=_STATES.get(alarm.state, "active"),
            inactivation=inactivation,
            onset_ms=alarm.onset_ms,
            observed_at_ms=at_ms if observed_at_ms is None else observed_at_ms,
            at_ms=at_ms,
            text=alarm.text,
            why=alarm.why,
            source=alarm.source,
            cause=cause,
            by=by,
            until_ms=until_ms,
            escalation=alarm.escalation,
            target=reached[0].target if reached else "",
        )
        alarm.number += 1
        self.kept.told_ms = max(self.kept.told_ms, at_ms)
        self._told.append(event)

    def tell_waiting(self, cause: Cause, at_ms: int, *, by: Actor | None = None) -> None:
        """Tell how all alarms stand that make sounds unless these are paused."""
        for _, alarm in sorted(self.kept.alarms.items()):
            if alarm.waits:
                self.tell(alarm, Phase.UPDATE, cause, at_ms, by=by)

    def _break_audio_pause(self, alarm: Alarm, at_ms: int) -> None:
        audio = self.kept.audio
        if audio is None or alarm.priority <= audio.priority:
            return
        self.kept.audio = None
        for _, other in sorted(self.kept.alarms.items()):
            if other.waits and other is not alarm:
                self.tell(other, Phase.UPDATE, Cause.AUDIO_RESUMED, at_ms)

    def _remove(self, alarm: Alarm) -> None:
        self.kept.alarms = {key: each for key, each in self.kept.alarms.items() if each is not alarm}


def inhibition_of(kept: Kept, condition: str) -> tuple[bool, int | None]:
    """Whether alarms of a condition are paused or turned off, and until when; ``None`` is for good."""
    ends = [kept.inhibited[name] for name in ("", condition) if name in kept.inhibited]
    if not ends:
        return False, None
    return True, None if None in ends else max(end for end in ends if end is not None)
