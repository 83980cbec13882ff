"""What is so now: which alarms are open, and how patients are, ward by ward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wardwatch.adapters.feed.subscription import Standing, Step, Subscription, standing_of
from wardwatch.core.events import AlarmEvent, PatientStatus, Phase
from wardwatch.core.permissions import EVERY_WARD


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm's latest event, and its record."""

    event: AlarmEvent
    record: bytes


class Bed(NamedTuple):
    """A patient's latest status: in which ward, and the record."""

    ward: str
    record: bytes


class Board:
    """Is told of alarms of the log by :meth:`take`, of the feed's own by :meth:`announce`, of patients by
    :meth:`lay`.
    """

    def __init__(self) -> None:
        self._announced: dict[str, bytes] = {}
        self._beds: dict[str, Bed] = {}
        self._patients_of_ward: dict[str, dict[str, None]] = {}
        self.forget()

    def forget(self) -> None:
        """The log was another one."""
        self._alarms: dict[str, OpenAlarm] = {}
        self._alarms_of_ward: dict[str, dict[str, OpenAlarm]] = {}
        self._last_sequence: dict[str, int] = {}

    def take(self, event: AlarmEvent, record: bytes) -> Step | None:
        """The next event of the log; ``None`` if it is a repeat."""
        if event.sequence <= self._last_sequence.get(event.patient, -1):
            return None
        self._last_sequence[event.patient] = event.sequence
        before = self._withdraw(event.alarm)
        if event.phase is not Phase.END:
            alarm = OpenAlarm(event, record)
            self._alarms[event.alarm] = alarm
            self._alarms_of_ward.setdefault(event.ward, {})[event.alarm] = alarm
        return Step(event.alarm, event.phase, standing_of(event), before, record)

    def _withdraw(self, name: str) -> Standing | None:
        alarm = self._alarms.pop(name, None)
        if alarm is None:
            return None
        of_ward = self._alarms_of_ward[alarm.event.ward]
        del of_ward[name]
        if not of_ward:
            del self._alarms_of_ward[alarm.event.ward]
        return standing_of(alarm.event)

    def announce(self, event: AlarmEvent, record: bytes) -> None:
        """The next event of an alarm about the monitoring itself."""
        if event.phase is Phase.END:
            self._announced.pop(event.alarm, None)
        else:
            self._announced[event.alarm] = record

    def lay(self, status: PatientStatus, record: bytes) -> None:
        """A patient's latest status."""
        self.remove(status.patient)
        self._beds[status.patient] = Bed(status.ward, record)
        self._patients_of_ward.setdefault(status.ward, {})[status.patient] = None

    def remove(self, patient: str) -> None:
        """A patient is gone."""
        bed = self._beds.pop(patient, None)
        if bed is not None:
            of_ward = self._patients_of_ward[bed.ward]
            del of_ward[patient]
            if not of_ward:
                del self._patients_of_ward[bed.ward]

    def bed(self, patient: str) -> Bed | None:
        """Where a patient lies now."""
        return self._beds.get(patient)

    def open_alarm(self, name: str) -> AlarmEvent | None:
        """The latest event of an open alarm."""
        alarm = self._alarms.get(name)
        return None if alarm is None else alarm.event

    def monitoring(self) -> list[bytes]:
        """The open alarms about the monitoring itself."""
        return list(self._announced.values())

    def alarms_for(self, subscription: Subscription) -> list[bytes]:
        """The open alarms of patients, ward by ward."""
        return [
            alarm.record
            for ward in _of(subscription, self._alarms_of_ward)
            for alarm in self._alarms_of_ward[ward].values()
            if subscription.covers(standing_of(alarm.event))
        ]

    def patients_for(self, subscription: Subscription) -> list[bytes]:
        """The latest statuses, where vitals are asked for."""
        if not subscription.vitals:
            return []
        return [
            self._beds[patient].record
            for ward in _of(subscription, self._patients_of_ward)
            for patient in self._patients_of_ward[ward]
            if subscription.covers_patient(patient, ward)
        ]


def _of(subscription: Subscription, known: Mapping[str, object]) -> Iterator[str]:
    """The wards asked for, as far as there is anything in them."""
    if EVERY_WARD in subscription.wards:
        return iter(sorted(known))
    return (ward for ward in sorted(subscription.wards) if ward in known)
