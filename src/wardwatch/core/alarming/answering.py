"""What becomes of a command: who may not have what, and why, or what is done."""

from __future__ import annotations

import math
from collections.abc import Callable

from wardwatch.core.alarming.commands import Command, Receipt, Verb, Verdict
from wardwatch.core.alarming.kept import Alarm, AudioPause
from wardwatch.core.alarming.machine import IllegalTransitionError, State, Trigger, row_of
from wardwatch.core.alarming.signalling import Bedside, inhibition_of
from wardwatch.core.events import Cause, Priority


class RefusedError(ValueError):
    """What can't be done; the message is for whoever wanted it, and nothing has changed."""


# What was done, in a sentence, and when it ends by itself.
_Done = tuple[str, int | None]


def answer(bedside: Bedside, command: Command) -> Receipt:
    """Do it, or say why not."""
    try:
        sentence, until_ms = _DOERS[command.verb](bedside, command)
    except (RefusedError, IllegalTransitionError) as refusal:
        return refused(command, str(refusal))
    return _receipt(command, Verdict.DONE, sentence, until_ms)


def refused(command: Command, why: str) -> Receipt:
    """The answer to a command that can't be done."""
    return _receipt(command, Verdict.REFUSED, why, None)


def _receipt(command: Command, verdict: Verdict, sentence: str, until_ms: int | None) -> Receipt:
    return Receipt(
        command=command.command,
        patient=command.patient,
        verb=command.verb,
        by=command.by,
        at_ms=command.at_ms,
        verdict=verdict,
        sentence=sentence,
        alarm=command.alarm,
        label=command.label,
        text=command.text,
        until_ms=until_ms,
    )


def _acknowledge(bedside: Bedside, command: Command) -> _Done:
    alarm = _alarm(bedside, command)
    row_of(alarm.state, Trigger.ACKNOWLEDGE)
    if alarm.eased_to is not None and alarm.state is not State.LATCHED:
        # Only now does it show what its condition has become meanwhile.
        alarm.priority, alarm.eased_to = alarm.eased_to, None
    until_ms, handling = None, bedside.policy.of(alarm.priority)
    if alarm.state is not State.LATCHED and handling.acknowledged_s is not None:
        until_ms = command.at_ms + round(handling.acknowledged_s * 1000)
    alarm.until_ms = until_ms
    bedside.step(alarm, Trigger.ACKNOWLEDGE, Cause.ACKNOWLEDGED, command.at_ms, by=command.by)
    return "Acknowledged.", until_ms


def _pause_audio(bedside: Bedside, command: Command) -> _Done:
    waiting = [alarm.priority for alarm in bedside.kept.alarms.values() if alarm.waits]
    if not waiting:
        raise RefusedError("There is no sound to pause: the patient has no active alarm.")
    until_ms = _end_of_pause_ms(command, bedside.policy.longest_audio_pause_s)
    bedside.kept.audio = AudioPause(until_ms, Priority(max(waiting)))
    bedside.tell_waiting(Cause.AUDIO_PAUSED, command.at_ms, by=command.by)
    return "Audio paused.", until_ms


def _resume_audio(bedside: Bedside, command: Command) -> _Done:
    if bedside.kept.audio is None:
        raise RefusedError("Audio is not paused.")
    bedside.kept.audio = None
    bedside.tell_waiting(Cause.AUDIO_RESUMED, command.at_ms, by=command.by)
    return "Audio is on again.", None


def _pause_alarm(bedside: Bedside, command: Command) -> _Done:
    until_ms = _end_of_pause_ms(command, bedside.policy.longest_alarm_pause_s)
    _check_not_all(bedside, command, is_off=True)
    bedside.kept.inhibited[command.condition or ""] = until_ms
    _inhibit_or_resume(bedside, command)
    return f"Alarms of {command.condition or 'all conditions'} paused.", until_ms


def _turn_off(bedside: Bedside, command: Command) -> _Done:
    bedside.kept.inhibited[command.condition or ""] = None
    _inhibit_or_resume(bedside, command)
    return f"Alarms of {command.condition or 'all conditions'} turned off.", None


def _resume_alarm(bedside: Bedside, command: Command) -> _Done:
    kept, name = bedside.kept, command.condition or ""
    _check_not_all(bedside, command, is_off=False)
    if name not in kept.inhibited and (name or not kept.inhibited):
        raise RefusedError(f"Alarms of {command.condition or 'all conditions'} are not paused or off.")
    # Whoever resumes all resumes each.
    kept.inhibited = {other: until for other, until in kept.inhibited.items() if name and other != name}
    _inhibit_or_resume(bedside, command)
    return f"Alarms of {command.condition or 'all conditions'} are on again.", None


def _check_not_all(bedside: Bedside, command: Command, *, is_off: bool) -> None:
    """Refuse what would change nothing for one condition, because all are paused or off (or only off)."""
    kept = bedside.kept
    if command.condition is not None and "" in kept.inhibited and not (is_off and kept.inhibited[""]):
        what = "turned off" if kept.inhibited[""] is None else "paused"
        raise RefusedError(f"All alarms of the patient are {what}: resume all of them first.")


def _inhibit_or_resume(bedside: Bedside, command: Command) -> None:
    """Bring the alarms that there are in line with what is now paused or off."""
    for _, alarm in sorted(bedside.kept.alarms.items()):
        if alarm.state is State.LATCHED or command.condition not in (None, alarm.condition):
            # What is latched is no longer so: there is nothing to pause, but to be seen by somebody.
            continue
        inhibited, until_ms = inhibition_of(bedside.kept, alarm.condition)
        if not inhibited and alarm.state in (State.PAUSED, State.OFF):
            trigger, cause = Trigger.RESUME, Cause.ALARM_RESUMED
        elif inhibited and until_ms is not None:
            trigger, cause = Trigger.PAUSE, Cause.ALARM_PAUSED
        elif inhibited and alarm.state is not State.OFF:
            trigger, cause = Trigger.TURN_OFF, Cause.ALARM_OFF
        else:
            continue
        alarm.until_ms = until_ms
        bedside.step(alarm, trigger, cause, command.at_ms, by=command.by)


def _note(_: Bedside, command: Command) -> _Done:
    # Of an alarm that is over as well: its name is enough to file it.
    if not command.alarm or not command.text:
        raise RefusedError("A note names its alarm and has a text.")
    return "Noted.", None


def _feedback(_: Bedside, command: Command) -> _Done:
    if not command.alarm or command.label is None:
        raise RefusedError("Feedback names its alarm and says what it was worth.")
    return "Thank you.", None


def _new_normal(_: Bedside, __: Command) -> _Done:
    # The bank does it: the alarm then ends with its condition.
    return "What is now is usual from now on.", None


_DOERS: dict[Verb, Callable[[Bedside, Command], _Done]] = {
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.PAUSE_AUDIO: _pause_audio,
    Verb.RESUME_AUDIO: _resume_audio,
    Verb.PAUSE_ALARM: _pause_alarm,
    Verb.ALARM_OFF: _turn_off,
    Verb.RESUME_ALARM: _resume_alarm,
    Verb.NOTE: _note,
    Verb.FEEDBACK: _feedback,
    Verb.NEW_NORMAL: _new_normal,
}


def _alarm(bedside: Bedside, command: Command) -> Alarm:
    for alarm in bedside.kept.alarms.values():
        if bedside.name_of(alarm) == command.alarm:
            return alarm
    raise RefusedError("The patient has no such alarm now: it is over, or another patient's.")


def _end_of_pause_ms(command: Command, longest_s: float) -> int:
    duration_s = longest_s if command.duration_s is None else command.duration_s
    if not (math.isfinite(duration_s) and 0 < duration_s <= longest_s):
        raise RefusedError(f"A pause lasts more than 0 and at most {longest_s:g} s.")
    return command.at_ms + round(duration_s * 1000)
