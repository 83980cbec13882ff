"""What a console shows after the messages that it got."""

from __future__ import annotations

from collections.abc import Iterable

from wardwatch.adapters.feed.watch import NOBODY
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.feed.told import Event, Gone, Left, Snapshot, Status, Subscribed


class OpenAlarms:
    """The alarms that are open: technical ones apart from those of patients."""

    def __init__(self) -> None:
        self._by_name: dict[str, AlarmEvent] = {}

    def take(self, message: Subscribed | Snapshot | Event | Gone | Status | Left) -> None:
        """The next message."""
        match message:
            case Subscribed(recovered=True):
                of_patients = [event for event in self._by_name.values() if event.patient != NOBODY]
                self._hold([*of_patients, *message.events()])
            case Snapshot():
                self._hold(message.events())
            case Gone():
                self._by_name.pop(message.alarm, None)
            case Event():
                event = message.event()
                self._by_name[event.alarm] = event
                if event.phase is Phase.END:
                    del self._by_name[event.alarm]

    def of_patients(self) -> list[AlarmEvent]:
        """The latest events of the alarms that tell how patients are; the most urgent first."""
        return self._sorted(is_technical=False)

    def technical(self) -> list[AlarmEvent]:
        """The latest events of the alarms about devices and the monitoring itself; the most urgent first."""
        return self._sorted(is_technical=True)

    def _hold(self, events: Iterable[AlarmEvent]) -> None:
        self._by_name = {event.alarm: event for event in events}

    def _sorted(self, *, is_technical: bool) -> list[AlarmEvent]:
        chosen = [each for each in self._by_name.values() if (each.kind == "technical") == is_technical]
        return sorted(chosen, key=lambda event: (-event.priority, event.onset_ms))
