"""Whether somebody watches each partition: silence of those who do becomes an alarm of the feed's own.

No sockets, no Kafka and no clock here. What is not known of a partition is never taken for good news.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from wardwatch.core.events import AlarmEvent, Phase, Priority, alarm_identity
from wardwatch.wire.pulse import Pulse

STALLED: Final = "monitoring.stalled"
LATE: Final = "monitoring.late"
DRIFTING: Final = "monitoring.calibration_drift"

# Alarms about the monitoring itself belong to no patient and no ward; none may be called so.
NOBODY = "-"
_ALL = "monitoring"  # the source where no partition is known

# After the watch has seen nothing itself, as at its start, it gives pulses the time that two of them may
# take, and one that came late: a worker gives one every 2 s. Our own choice.
_GRACE_S = 5.0
# Looks further apart than this mean that the watch has seen nothing meanwhile.
_LONGEST_GAP_S = 3.0

_Condition = Literal["monitoring.stalled", "monitoring.late", "monitoring.calibration_drift"]
_Key = tuple[_Condition, str]  # what, and of whom


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchLimits:
    """How long a partition may give no pulse, and how long it may not be at the end of the log."""

    silent_s: float
    behind_s: float


@dataclass(frozen=True, slots=True)
class Now:
    """One instant by the monotonic clock and by the calendar."""

    s: float
    ms: int


@dataclass(slots=True)
class _Sign:
    """What is known of a partition, in seconds of the feed's monotonic clock."""

    heard_at_s: float
    at_end_s: float
    latest: Pulse | None = None
    watched_until_ms: int | None = None  # by the worker's calendar


@dataclass(frozen=True, slots=True)
class _Finding:
    """What is wrong, and since when."""

    since_s: float
    text: str
    why: Mapping[str, Any]
    # Where nobody watches, or too late, no alarm comes: whoever is in danger has to be found at once.
    priority: Priority = Priority.HIGH


@dataclass(slots=True)
class MonitoringWatch:
    """Hears pulses, and announces alarms about the monitoring.

    A partition that becomes silent while it is late has two. But one that is silent does not become late:
    that nobody watches says it all.

    :meth:`look` is to be called every second or so, as long as pulses could be heard if there were any.
    """

    announce: Callable[[AlarmEvent], None]
    limits: WatchLimits
    _signs: dict[int, _Sign] = field(default_factory=dict)
    _partitions: list[int] = field(default_factory=list)
    _open: dict[_Key, AlarmEvent] = field(default_factory=dict)
    _began_s: float | None = None
    _looked_at_s: float = -math.inf
    _judges_from_s: float = math.inf
    _sequence: int = 0

    def expect(self, partitions: Iterable[int]) -> None:
        """These partitions exist, and no others: each has to be watched by somebody."""
        self._partitions = sorted(partitions)
        signs = {number: sign for number, sign in self._signs.items() if number in self._partitions}
        if self._signs and not signs:
            self._began_s = None
        self._signs = signs

    def hear(self, pulse: Pulse, heard_at_s: float) -> None:
        """A pulse has come, or was there already, and is known to be from then."""
        if not self._signs:
            self._began_s = None  # somebody watches: from now on the others may take their time
        sign = self._signs.get(pulse.partition)
        at_end_s = heard_at_s - (pulse.behind_ms or 0) / 1000
        if sign is None:
            sign = self._signs[pulse.partition] = _Sign(heard_at_s, at_end_s)
        sign.latest = pulse
        sign.heard_at_s = max(sign.heard_at_s, heard_at_s)
        # A worker that has just taken over, and has not been at the end yet, is as late as the one before it.
        if pulse.behind_ms is not None:
            sign.at_end_s = max(sign.at_end_s, at_end_s)
            sign.watched_until_ms = max(sign.watched_until_ms or 0, pulse.at_ms - pulse.behind_ms)

    def watched_until_ms(self) -> int | None:
        """What had arrived by then in any partition has been judged; ``None`` where that is not known."""
        instants = [
            self._signs[number].watched_until_ms for number in self._partitions if number in self._signs
        ]
        known = [instant for instant in instants if instant is not None]
        return min(known) if known and len(known) == len(self._partitions) else None

    def look(self, now: Now) -> None:
        """Raise and end what there is to be raised and ended."""
        if self._began_s is None:
            self._began_s = now.s
        if now.s - self._looked_at_s > _LONGEST_GAP_S:
            self._judges_from_s = now.s + _GRACE_S
        self._looked_at_s = now.s
        if now.s < self._judges_from_s:
            return
        findings = dict(self._findings(now.s, self._began_s)) | dict(self._drifts(now))
        for key in sorted(findings.keys() - self._open.keys()):
            self._open[key] = self._started(key, findings[key], now)
        for key in sorted(self._open.keys() - findings.keys()):
            self._end(self._open.pop(key), now)

    def _findings(self, now_s: float, began_s: float) -> Iterator[tuple[_Key, _Finding]]:
        """What is wrong now."""
        if not self._signs:
            if now_s - began_s > self.limits.silent_s:
                why = {"rule": "pulse", "limit_s": self.limits.silent_s}
                yield (STALLED, _ALL), _Finding(began_s, "Monitoring stalled: no worker has been seen", why)
            return
        for number in self._partitions:
            source = _source(number)
            sign = self._signs.get(number, _Sign(began_s, began_s))
            silent_s, behind_s = now_s - sign.heard_at_s, now_s - sign.at_end_s
            is_silent = silent_s > self.limits.silent_s
            if is_silent:
                text = f"Monitoring stalled: no sign of {source} for {silent_s:.0f} s"
                why = _why(sign, self.limits.silent_s)
                yield (STALLED, source), _Finding(sign.heard_at_s, text, why)
            if behind_s > self.limits.behind_s and (not is_silent or (LATE, source) in self._open):
                text = f"Monitoring late: {source} is {behind_s:.0f} s behind"
                yield (LATE, source), _Finding(sign.at_end_s, text, _why(sign, self.limits.behind_s))

    def _drifts(self, now: Now) -> Iterator[tuple[_Key, _Finding]]:
        """Where scores are no longer as rare as they were, as the workers say."""
        for number in self._partitions:
            pulse = self._signs[number].latest if number in self._signs else None
            if pulse is None or pulse.drift is None:
                continue
            drift = pulse.drift
            text = f"Calibration drifts: {drift.direction} rare scores than before in {_source(number)}"
            why = {
                "rule": "calibration",
                "direction": drift.direction,
                "since_ms": drift.since_ms,
                "mean_p": drift.mean_p,
                "was": drift.was,
                "worker": pulse.worker,
            }
            since_s = now.s - (now.ms - drift.since_ms) / 1000
            # Nobody is in danger by it: somebody should look into it within days.
            yield (DRIFTING, _source(number)), _Finding(since_s, text, why, Priority.LOW)

    def _started(self, key: _Key, finding: _Finding, now: Now) -> AlarmEvent:
        condition, source = key
        onset_ms = now.ms - round(1000 * (now.s - finding.since_s))
        alarm = alarm_identity(NOBODY, f"{condition} {source}", onset_ms)
        event = AlarmEvent(
            event=f"{alarm}-0",
            alarm=alarm,
            sequence=self._next_sequence(now),
            patient=NOBODY,
            ward=NOBODY,
            bed="",
            condition=condition,
            kind="technical",
            priority=finding.priority,
            phase=Phase.START,
            state="active",
            inactivation="enabled",
            onset_ms=onset_ms,
            observed_at_ms=now.ms,
            text=finding.text,
            why=finding.why,
            source=source,
            at_ms=now.ms,
        )
        self.announce(event)
        return event

    def _end(self, known: AlarmEvent, now: Now) -> None:
        over = replace(
            known,
            event=f"{known.alarm}-1",
            sequence=self._next_sequence(now),
            phase=Phase.END,
            state="off",
            observed_at_ms=now.ms,
            text=self._mended(known),
            at_ms=now.ms,
        )
        self.announce(over)

    def _mended(self, known: AlarmEvent) -> str:
        """What an alarm's end says; that all is well only where it is known to be."""
        if known.source == _ALL:
            return "Monitoring: a worker has been seen"
        if known.source not in map(_source, self._signs):
            return f"Monitoring of {known.source} is no longer expected"
        if known.condition == DRIFTING:
            return f"Calibration of {known.source}: no drift is seen any more"
        if known.condition == LATE:
            return f"Monitoring of {known.source} is in time again"
        return f"Monitoring of {known.source} is back"

    def _next_sequence(self, now: Now) -> int:
        """By the calendar, so that as a rule it rises for a console that goes to another feed too."""
        self._sequence = max(self._sequence + 1, now.ms)
        return self._sequence


def _source(partition: int) -> str:
    return f"partition {partition}"


def _why(sign: _Sign, limit_s: float) -> dict[str, Any]:
    why: dict[str, Any] = {"rule": "pulse", "limit_s": limit_s}
    if sign.latest is not None:
        why |= {"worker": sign.latest.worker, "position": sign.latest.position, "end": sign.latest.end}
    return why
