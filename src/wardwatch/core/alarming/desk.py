"""The alarm system of many patients: what it hears of conditions, of people and of time, and what it tells.

It is scalar, patient by patient, because few have alarms; `machine` is its table of what may happen. All
instants are absolute and on our clock, so that after a restart a delay, a pause or an escalation is late
rather than lost. :meth:`AlarmDesk.advance` brings about whatever falls due, in the order of the instants;
whoever tells the desk something at an instant has to let time pass up to it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wardwatch.core.alarming import answering, timing
from wardwatch.core.alarming.changes import Change
from wardwatch.core.alarming.commands import Command, Receipt
from wardwatch.core.alarming.kept import Alarm, Kept, read
from wardwatch.core.alarming.machine import State, Trigger
from wardwatch.core.alarming.policy import Policies
from wardwatch.core.alarming.signalling import Bedside, inhibition_of
from wardwatch.core.events import AlarmEvent, Cause, Phase


class AlarmDesk:
    """The alarms of all patients of a partition; an attachment of the patients' table."""

    def __init__(self, policies: Policies | None = None) -> None:
        self._policies = policies or Policies()
        self._patients: dict[str, Kept] = {}

    def hear(self, change: Change, *, ward: str, bed: str) -> list[AlarmEvent]:
        """Take in what has become of a condition; time has passed up to ``change.at_ms``."""
        bedside = self._bedside(change.patient, ward, bed)
        alarm = bedside.kept.alarms.get(change.key)
        if alarm is None and change.phase is not Phase.START:
            # The condition began before there was a desk, in a state from an older version.
            alarm = bedside.adopt(change)
        if change.phase is Phase.START:
            _begin(bedside, change, alarm)
        elif alarm is not None:
            _go_on(bedside, change, alarm)
        return self._told(bedside)

    def advance(self, patient: str, until_ms: int, *, ward: str, bed: str) -> list[AlarmEvent]:
        """Let time pass for a patient."""
        if patient not in self._patients:
            return []
        bedside = self._bedside(patient, ward, bed)
        while (deadline := timing.next_deadline(bedside)) is not None and deadline.at_ms <= until_ms:
            timing.pass_deadline(bedside, deadline)
        return self._told(bedside)

    def answer(self, command: Command, *, ward: str, bed: str) -> tuple[Receipt, list[AlarmEvent]]:
        """Do what somebody wants, at ``command.at_ms``, up to which time has passed.

        A command that was answered before is only answered again. One that is refused changes nothing.
        """
        bedside = self._bedside(command.patient, ward, bed)
        known = bedside.kept.receipts.get(command.command)
        if known is not None:
            return replace(known, text=command.text), []
        receipt = answering.answer(bedside, command)
        bedside.kept.remember(receipt)
        return receipt, self._told(bedside)

    def has_answered(self, command: Command) -> bool:
        """Whether this command has come before."""
        kept = self._patients.get(command.patient)
        return kept is not None and command.command in kept.receipts

    def holds(self, patient: str) -> bool:
        """Whether the patient has an alarm that is not only about a device."""
        kept = self._patients.get(patient)
        return kept is not None and any(alarm.kind == "physiological" for alarm in kept.alarms.values())

    def place(self, patient: str, at_ms: int, *, ward: str, bed: str) -> list[AlarmEvent]:
        """Tell of all alarms anew: the patient has been moved."""
        if patient not in self._patients:
            return []
        bedside = self._bedside(patient, ward, bed)
        for alarm in bedside.kept.alarms.values():
            if alarm.state is not State.DELAYED:
                bedside.tell(alarm, Phase.UPDATE, Cause.PLACEMENT, at_ms)
        return self._told(bedside)

    def discharge(self, patient: str, at_ms: int, *, ward: str, bed: str) -> list[AlarmEvent]:
        """End all alarms of a patient who leaves, and forget the patient."""
        if patient not in self._patients:
            return []
        bedside = self._bedside(patient, ward, bed)
        for key, alarm in list(bedside.kept.alarms.items()):
            del bedside.kept.alarms[key]
            if alarm.state is not State.DELAYED:
                alarm.state, alarm.until_ms = State.NONE, None
                bedside.tell(alarm, Phase.END, Cause.PLACEMENT, at_ms)
        self.forget(patient)
        return bedside.take_told()

    def next_due_ms(self, patient: str, *, ward: str) -> int | None:
        """When something falls due of itself, if nothing happens before."""
        if patient not in self._patients:
            return None
        deadline = timing.next_deadline(self._bedside(patient, ward, ""))
        return None if deadline is None else deadline.at_ms

    def open_conditions(self, patient: str) -> Iterator[str]:
        """The conditions of which the patient has an alarm that is told, latched ones included."""
        kept = self._patients.get(patient)
        if kept is not None:
            yield from (a.condition for a in kept.alarms.values() if a.state is not State.DELAYED)

    def inhibited(self, patient: str) -> dict[str, int | None]:
        """The patient's conditions that are paused, with the end, or off, with ``None``; ``*`` is all."""
        kept = self._patients.get(patient)
        return {} if kept is None else {name or "*": until_ms for name, until_ms in kept.inhibited.items()}

    def audio_paused_until_ms(self, patient: str) -> int | None:
        """Until when the patient's alarms make no sound, if somebody has paused it."""
        kept = self._patients.get(patient)
        return None if kept is None or kept.audio is None else kept.audio.until_ms

    def __contains__(self, patient: object) -> bool:
        return patient in self._patients

    def state_of(self, patient: str) -> bytes:
        """All that is kept of a patient of whom something is."""
        return self._patients[patient].written()

    def restore(self, patient: str, state: bytes) -> None:
        """Take back what :meth:`state_of` gave; raises :class:`wardwatch.core.blocks.SnapshotError`."""
        self._patients[patient] = read(state)

    def forget(self, patient: str) -> None:
        """Drop what is kept of a patient, and tell nobody."""
        self._patients.pop(patient, None)

    def _bedside(self, patient: str, ward: str, bed: str) -> Bedside:
        kept = self._patients.setdefault(patient, Kept())
        return Bedside(patient, ward, bed, kept, self._policies.of(ward))

    def _told(self, bedside: Bedside) -> list[AlarmEvent]:
        if bedside.kept.is_empty:
            self.forget(bedside.patient)
        return bedside.take_told()


def _begin(bedside: Bedside, change: Change, latched: Alarm | None) -> None:
    """The condition exists: of an alarm that is latched still, it has come back."""
    alarm, is_worse = latched or Alarm.of(change), False
    if latched is not None:
        alarm.text, alarm.why = change.text, change.why
        is_worse = change.priority > alarm.priority
        # Milder than before, it is still as urgent as it was, until somebody has seen that.
        alarm.eased_to = change.priority if change.priority < alarm.priority else None
        alarm.priority = max(alarm.priority, change.priority)
    bedside.kept.alarms[change.key] = alarm
    inhibited, until_ms = inhibition_of(bedside.kept, change.condition)
    delay_ms = _delay_ms(bedside, alarm)
    if inhibited:
        trigger = Trigger.EXISTS_OFF if until_ms is None else Trigger.EXISTS_PAUSED
        alarm.until_ms = until_ms
    elif delay_ms > 0:
        trigger = Trigger.EXISTS_BEFORE_DELAY
        alarm.until_ms = change.at_ms + delay_ms if latched is None else None
    else:
        trigger = Trigger.EXISTS
    bedside.step(
        alarm,
        trigger,
        Cause.CONDITION,
        change.at_ms,
        observed_at_ms=change.observed_at_ms,
        waits_anew=is_worse,
    )


def _delay_ms(bedside: Bedside, alarm: Alarm) -> int:
    return round(bedside.policy.of(alarm.priority).signal_delay_s * 1000)


def _go_on(bedside: Bedside, change: Change, alarm: Alarm) -> None:
    """The condition's priority is another one, or it is over."""
    alarm.text, alarm.why = change.text, change.why
    latches, cause = bedside.policy.of(alarm.priority).latches, Cause.CONDITION
    if change.phase is Phase.END:
        trigger = Trigger.OVER_UNSEEN if latches else Trigger.OVER
    elif change.priority > alarm.priority:
        trigger = Trigger.RISES
        alarm.priority, alarm.eased_to = change.priority, None
        if alarm.state is State.DELAYED and alarm.until_ms is not None:
            alarm.until_ms = min(alarm.until_ms, change.at_ms + _delay_ms(bedside, alarm))
    elif change.priority == alarm.priority:
        # As urgent again as nobody has seen it yet.
        alarm.eased_to = None
        return
    elif alarm.is_unseen and latches:
        # Whoever comes to see shall see how urgent it was.
        alarm.eased_to = change.priority
        return
    else:
        trigger, cause = Trigger.EASES, Cause.EASED
        alarm.priority = change.priority
    bedside.step(alarm, trigger, cause, change.at_ms, observed_at_ms=change.observed_at_ms)
