"""How `wardwatch tail` shows the records of each topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from wardwatch.adapters.kafka_topic import LogRecord
from wardwatch.adapters.terminal import alarm_line, painted, place_name, printable, time_of_day
from wardwatch.core.events import AlarmEvent, PatientStatus
from wardwatch.core.vitals import VITAL_INDEX, VITALS
from wardwatch.wire import topics
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.pulse import Pulse, decode_pulse
from wardwatch.wire.quality import Quality, decode_quality
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.rejections import Rejection, decode_rejection
from wardwatch.wire.status import decode_status


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One topic: what its records are, and a record as a line.

    ``line`` gets the decoded record and the message that it came in.
    """

    topic: str
    decode: Callable[[bytes | None], Any]
    line: Callable[[Any, LogRecord], str]
    has_wards: bool
    has_patients: bool = True
    has_priorities: bool = False


def _alarm(event: AlarmEvent, _: LogRecord) -> str:
    return painted(alarm_line(event), event)


def _reading(reading: Any, _: LogRecord) -> str:
    values = [(vital.name, getattr(reading, vital.name)) for vital in VITALS]
    measured = [_measured(name, value) for name, value in values if value is not None]
    return "  ".join([time_of_day(reading.observed_at_ms), reading.patient, reading.device, *measured])


def _status(status: PatientStatus, _: LogRecord) -> str:
    news2 = status.news2
    return "  ".join(
        [
            time_of_day(status.observed_at_ms),
            f"{place_name(status.ward, status.bed):10}",
            f"{status.patient:10}",
            *(_measured(name, value) for name, (value, _) in status.vitals.items()),
            f"NEWS2 {news2.lowest}"
            if news2.lowest == news2.highest
            else f"NEWS2 {news2.lowest}-{news2.highest}",
            f"{len(status.open_alarms)} open",
            *_paused(status),
        ]
    )


def _paused(status: PatientStatus) -> Iterator[str]:
    for condition, until_ms in sorted(status.inhibited.items()):
        name = "all alarms" if condition == "*" else printable(condition)
        yield f"{name} off" if until_ms is None else f"{name} paused until {time_of_day(until_ms)}"
    if status.audio_paused_until_ms is not None:
        yield f"audio paused until {time_of_day(status.audio_paused_until_ms)}"


def _measured(name: str, value: float) -> str:
    index = VITAL_INDEX.get(name)
    if index is None:
        return f"{printable(name)} {value:g}"
    return f"{VITALS[index].label} {VITALS[index].written(value)}"


def _rejection(rejection: Rejection, message: LogRecord) -> str:
    parts = [
        time_of_day(message.timestamp_ms),
        rejection.reason,
        f"{rejection.topic}/{rejection.partition}@{rejection.offset}",
        rejection.patient or "-",
        rejection.vital or "-",
        rejection.detail,
    ]
    return "  ".join(map(printable, parts))


def _pulse(pulse: Pulse, _: LogRecord) -> str:
    behind = "not at the end yet" if pulse.behind_ms is None else f"{pulse.behind_ms / 1000:.1f} s behind"
    places = [f"{printable(topic)} {at}/{pulse.end.get(topic, '?')}" for topic, at in pulse.position.items()]
    return "  ".join(
        [time_of_day(pulse.at_ms), f"partition {pulse.partition}", pulse.worker, behind, *places]
    )


def _quality(quality: Quality, _: LogRecord) -> str:
    calibration = "no p values yet" if quality.mean_p is None else f"mean p {quality.mean_p:.2f}"
    rules = [f"{printable(name)} {rule.alarms} alarms" for name, rule in quality.rules.items()]
    place = [time_of_day(quality.at_ms), f"partition {quality.partition}", quality.worker]
    return "  ".join([*place, calibration, *rules])


VIEWS = {
    "alerts": View(
        topic=topics.ALERTS, decode=decode_alarm, line=_alarm, has_wards=True, has_priorities=True
    ),
    "rejected": View(topic=topics.REJECTED, decode=decode_rejection, line=_rejection, has_wards=False),
    "status": View(topic=topics.STATUS, decode=decode_status, line=_status, has_wards=True),
    "pulse": View(topic=topics.PULSE, decode=decode_pulse, line=_pulse, has_wards=False, has_patients=False),
    "quality": View(
        topic=topics.QUALITY, decode=decode_quality, line=_quality, has_wards=False, has_patients=False
    ),
    "readings": View(topic=topics.READINGS, decode=ReadingDecoder().decode, line=_reading, has_wards=False),
}
