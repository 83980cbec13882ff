"""A level of one device in the course of time: pending, open, back, over (`conditions.Level`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wardwatch.core.events import Phase
from wardwatch.core.technical import signs
from wardwatch.core.technical.conditions import Level
from wardwatch.core.technical.steps import Step, duration

NEVER_DUE_MS = 2**62
# How far a clock that is slow may seem to wander; what a device delivers late catches up. Own choices.
_WANDERS_MS, _WANDERS_SHARE = 30_000, 0.1


@dataclass(slots=True)
class Episode:
    """Since ``since_ms`` it has been beyond; ``number`` is what was measured then.

    An open one has been back since ``back_ms``, or is not.
    """

    since_ms: int
    number: float
    is_severe: bool = False
    is_open: bool = False
    back_ms: int | None = None


def begun(level: Level, said: int, number: float, now_ms: int) -> Episode | None:
    """The episode that begins with a reading, if one does."""
    if not said & level.begins:
        return None
    since_ms = now_ms - level.delay_ms if level.said_late else now_ms
    return Episode(since_ms, number, bool(said & level.worsens))


def goes_on(level: Level, episode: Episode, said: int) -> bool:
    """Whether there is still an episode after a reading which says so."""
    return episode.is_open or not said & level.ends


def hear(level: Level, episode: Episode, said: int, number: float, now_ms: int, device: str) -> Step | None:
    """Take in what a reading says during an episode that goes on; time has passed up to ``now_ms``."""
    if not episode.is_open:
        return _confirm(level, episode, said, number, now_ms, device)
    if said & level.ends:
        if not level.clear_ms:
            return _step(level, episode, Phase.END, now_ms, number, device)
        episode.back_ms = now_ms if episode.back_ms is None else episode.back_ms
    elif said & level.begins:
        episode.back_ms = None
    return _weigh(level, episode, said, number, now_ms, device)


def _confirm(
    level: Level, episode: Episode, said: int, number: float, now_ms: int, device: str
) -> Step | None:
    """A reading during the delay, or after it, that does not end the episode."""
    _note_severity(level, episode, said, number)
    if not (level.confirmed and said & level.begins and now_ms >= episode.since_ms + level.delay_ms):
        return None
    wanders = abs(number - episode.number) > max(_WANDERS_MS, _WANDERS_SHARE * abs(episode.number))
    if level.steady and wanders:
        episode.since_ms, episode.number = now_ms, number
        return None
    episode.is_open = True
    # Of two sights of a clock the one nearer to ours has less of the way in it.
    nearer = min(episode.number, number, key=abs) if level.source == signs.LATE_SOURCE else number
    return _step(level, episode, Phase.START, now_ms, nearer, device)


def _weigh(level: Level, episode: Episode, said: int, number: float, now_ms: int, device: str) -> Step | None:
    was_severe = episode.is_severe
    _note_severity(level, episode, said, number)
    if episode.is_severe == was_severe:
        return None
    return _step(level, episode, Phase.UPDATE, now_ms, number, device)


def _note_severity(level: Level, episode: Episode, said: int, number: float) -> None:
    turns = level.eases if episode.is_severe else level.worsens
    if said & turns:
        episode.is_severe, episode.number = not episode.is_severe, number


def due_ms(level: Level, episode: Episode) -> int:
    """When something happens by itself, if no reading changes it."""
    if not episode.is_open:
        return episode.since_ms + level.delay_ms
    return NEVER_DUE_MS if episode.back_ms is None else episode.back_ms + level.clear_ms


def advance(level: Level, episode: Episode, device: str) -> Step | None:
    """Bring about what is due, or nothing where a reading has to confirm it."""
    at_ms = due_ms(level, episode)
    if episode.is_open:
        return _step(level, episode, Phase.END, at_ms, episode.number, device)
    if level.confirmed:
        return None
    episode.is_open = True
    return _step(level, episode, Phase.START, at_ms, episode.number, device)


def given_up(level: Level, episode: Episode, at_ms: int, device: str) -> Step:
    """An open episode ends because the device is watched no longer."""
    return _step(level, episode, Phase.END, at_ms, episode.number, device)


def calls(level: Level, episode: Episode | None, passed_ms: int) -> int:
    """Which signs of a reading would change anything, where time has passed up to ``passed_ms``."""
    if episode is None:
        return level.begins
    turns = level.eases if episode.is_severe else level.worsens
    if episode.is_open:
        return turns | (level.ends if episode.back_ms is None else level.begins)
    is_ripe = level.confirmed and passed_ms >= episode.since_ms + level.delay_ms
    return turns | level.ends | (level.begins if is_ripe else 0)


def _step(level: Level, episode: Episode, phase: Phase, at_ms: int, number: float, device: str) -> Step:
    is_over = phase is Phase.END
    words = _OVER[level.key] if is_over else _WORDS[level.key](number, at_ms - episode.since_ms)
    severe = level.severe_priority if episode.is_severe else None
    return Step(
        condition=level.condition,
        phase=phase,
        priority=severe or level.priority,
        onset_ms=episode.since_ms,
        at_ms=at_ms,
        text=words.format(device=device),
        why={_WHY[level.key]: _told(level, number), "lasted_s": round((at_ms - episode.since_ms) / 1000, 3)},
    )


def _told(level: Level, number: float) -> float | bool:
    if level.source == signs.LATE_SOURCE:
        # Ahead of ours is positive.
        return round(-number / 1000, 3)
    if level.source == signs.STUCK_SOURCE:
        return abs(number)
    return number > 0.5 if level.source == signs.WORN_SOURCE else number


_WHY = {
    "off_body": "worn",
    "poor_signal": "signal_quality",
    "battery": "battery",
    "fast": "skew_s",
    "slow": "skew_s",
    "stuck": "heart_rate",
    "drift": "skin_temperature",
}
_WORDS: dict[str, Callable[[float, int], str]] = {
    "off_body": lambda _, lasted_ms: f"{{device}} not worn for {duration(lasted_ms)}",
    "poor_signal": lambda number, _: f"Signal of {{device}} poor: {number:.2f}",
    "battery": lambda number, _: f"Battery of {{device}} {number:.0f} %",
    "fast": lambda number, _: f"Clock of {{device}} {duration(round(-number))} fast",
    "slow": lambda number, _: (
        f"Clock of {{device}} {duration(round(number))} slow, or its readings come late"
    ),
    "stuck": lambda number, _: f"HR of {{device}} stuck at {-number:.0f}",
    "drift": lambda number, _: f"Skin sensor of {{device}} loose or drifting: {number:.1f} Cel",
}
_OVER = {
    "off_body": "{device} worn again",
    "poor_signal": "Signal of {device} good again",
    "battery": "Battery of {device} charged",
    "fast": "Clock of {device} no longer fast",
    "slow": "Clock of {device} no longer slow",
    "stuck": "HR of {device} changes again",
    "drift": "Skin sensor of {device} at the skin again",
}
