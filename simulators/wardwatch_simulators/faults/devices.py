"""Clocks, batteries and processors that fail. All sizes are wardwatch's own choices."""

from __future__ import annotations

from wardwatch_simulators.faults.packets import Moment, Packet

# A clock set by hand is wrong by minutes; a bad oscillator, by much less a second.
_AHEAD_S, _BEHIND_S, _GAINS_MS_A_S = 240, 600, 50
# Below so many % it is switched off.
_EMPTY = 1


def clock_ahead(packet: Packet, moment: Moment) -> list[Packet]:
    """The clock steps forward, and back at the end."""
    packet.observed_ms += int(1000 * _AHEAD_S * moment.severity)
    return [packet]


def clock_behind(packet: Packet, moment: Moment) -> list[Packet]:
    """The clock steps back, and forward at the end."""
    packet.observed_ms -= int(1000 * _BEHIND_S * moment.severity)
    return [packet]


def clock_skew(packet: Packet, moment: Moment) -> list[Packet]:
    """The clock runs fast, and is set right at the end."""
    packet.observed_ms += int(_GAINS_MS_A_S * moment.severity * moment.since_s)
    return [packet]


def battery_decay(packet: Packet, moment: Moment) -> list[Packet]:
    """The battery empties by its share of severity; an empty device is silent until it is charged."""
    battery = packet.values.get("battery")
    if battery is None:
        return [packet]
    left = int(battery * (1 - moment.severity * moment.share))
    packet.values["battery"] = left
    return [packet] if left >= _EMPTY else []


def restart(packet: Packet, moment: Moment) -> list[Packet]:
    """Silent for the severity's share of the time; then it counts from 1 (:func:`restarts_at_s`)."""
    return [packet] if moment.second >= restarts_at_s(moment.from_s, moment.until_s, moment.severity) else []


def restarts_at_s(from_s: int, until_s: int, severity: float) -> int:
    """When the device is up again."""
    return from_s + max(1, int(severity * (until_s - from_s)))
