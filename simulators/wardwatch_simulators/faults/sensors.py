"""Sensors that measure something else than the wearer. All sizes are wardwatch's own choices."""

from __future__ import annotations

from wardwatch_simulators.faults.packets import Moment, Packet, Value

# Of devices without a thermistor, what drifts, in this order of preference, and how far at full severity, in
# the vital's unit: a probe that slips reads lower. No limit of a chart is crossed by it in who is well.
_DRIFTS = (("oxygen_saturation", -2.0), ("heart_rate", 8.0))
_SPIKES_A_PACKET = 0.05
# How far a spike goes, at least and at most.
_SPIKES = {
    "heart_rate": (50.0, 90.0),
    "oxygen_saturation": (-30.0, -12.0),
    "respiratory_rate": (14.0, 30.0),
    "body_temperature": (-4.0, -2.0),
    "skin_temperature": (-6.0, 4.0),
}
# An optical sensor in motion shows the rhythm of the steps, not of the heart; steps of a slow walk, /min.
_CADENCE, _CADENCE_SPREAD = 98.0, 20.0
_QUALITY_IN_MOTION, _QUALITY_SPREAD = 0.42, 0.3
# What shakes a sensor like that, in g; what lies on a table does not move.
_SHAKEN_G, _LYING_G = 0.2, 0.005
_ROOM_CEL, _COOLS_WITHIN_S = 23.0, 900
# A device that is loose has contact for a part of every so many seconds.
_LOOSE_TURN_S = 30
_HELD_STILL = frozenset(
    {"heart_rate", "oxygen_saturation", "respiratory_rate", "body_temperature", "skin_temperature"}
)


def drift(packet: Packet, moment: Moment) -> list[Packet]:
    """One vital moves away, a little more each second: a thermistor that comes loose cools to the room."""
    skin = packet.values.get("skin_temperature")
    if skin is not None:
        packet.values["skin_temperature"] = skin + (_ROOM_CEL - skin) * moment.severity * moment.share
        return [packet]
    for name, size in _DRIFTS:
        value = packet.values.get(name)
        if value is not None:
            packet.values[name] = _near(name, value + size * moment.severity * moment.share)
            break
    return [packet]


def flat_line(packet: Packet, moment: Moment) -> list[Packet]:
    """Every vital that is measured all the time stays as it was; below half severity, heart rate alone."""
    for name in _HELD_STILL & packet.values.keys():
        if (moment.severity >= 0.5 or name == "heart_rate") and packet.values[name] is not None:
            packet.values[name] = moment.kept.setdefault(name, packet.values[name])
    return [packet]


def spikes(packet: Packet, moment: Moment) -> list[Packet]:
    """Now and then a single value that no body has from one second to the next."""
    hits, which, size, _ = moment.chances
    present = [name for name in _SPIKES if packet.values.get(name) is not None]
    if hits < _SPIKES_A_PACKET * moment.severity and present:
        name = present[int(which * len(present))]
        least, most = _SPIKES[name]
        value = packet.values[name]
        packet.values[name] = _near(name, (value or 0) + least + size * (most - least))
    return [packet]


def motion_artefact(packet: Packet, moment: Moment) -> list[Packet]:
    """The sensor follows the motion: a heart rate that is the steps', noise, and a poor signal quality."""
    beat, oxygen, breath, quality = moment.chances
    values = packet.values
    _mix(values, "heart_rate", _CADENCE + _CADENCE_SPREAD * (beat - 0.5), moment.severity)
    for name, size in (("oxygen_saturation", -6.0 * oxygen), ("respiratory_rate", 6.0 * (breath - 0.5))):
        value = values.get(name)
        if value is not None:
            values[name] = _near(name, value + size * moment.severity)
    if (moved := values.get("activity")) is not None:
        values["activity"] = max(moved, _SHAKEN_G * moment.severity)
    poor = _QUALITY_IN_MOTION - _QUALITY_SPREAD * quality * moment.severity
    values["signal_quality"] = poor
    return [packet]


def off_body(packet: Packet, moment: Moment) -> list[Packet]:
    """The device lies on the table, and says so; at less than full severity it is loose."""
    if moment.since_s % _LOOSE_TURN_S >= _LOOSE_TURN_S * moment.severity:
        return [packet]
    skin = packet.values.get("skin_temperature")
    said: dict[str, Value] = {name: packet.values[name] for name in ("battery",) if name in packet.values}
    if skin is not None:
        cooled = min(1.0, moment.since_s / _COOLS_WITHIN_S)
        said["skin_temperature"] = skin + (_ROOM_CEL - skin) * cooled
    if packet.values.get("steps") is not None:
        said["steps"] = 0
    if packet.values.get("activity") is not None:
        said["activity"] = _LYING_G
    packet.values = said | {"signal_quality": 0.0, "worn": False}
    return [packet]


def wrong_unit(packet: Packet, moment: Moment) -> list[Packet]:
    """Fahrenheit for Celsius and a fraction for a percentage, of as many packets as the severity says."""
    values = packet.values
    if moment.chances[0] >= moment.severity:
        return [packet]
    if "body_temperature" not in values and "skin_temperature" not in values:
        # What has neither temperature nor saturation counts heartbeats a second, not a minute.
        _scale(values, "heart_rate", 1 / 60 if "oxygen_saturation" not in values else 1.0)
    for name in ("body_temperature", "skin_temperature"):
        value = values.get(name)
        if value is not None:
            values[name] = value * 9 / 5 + 32
    _scale(values, "oxygen_saturation", 1 / 100)
    return [packet]


def _mix(values: dict[str, Value], name: str, other: float, share: float) -> None:
    value = values.get(name)
    if value is not None:
        values[name] = _near(name, value + (other - value) * share)


def _scale(values: dict[str, Value], name: str, factor: float) -> None:
    value = values.get(name)
    if value is not None and factor != 1.0:
        values[name] = value * factor


def _near(name: str, value: float) -> float:
    """As a device writes it: whole numbers where there are no decimals, and no saturation above 100 %."""
    if "temperature" in name:
        return value
    whole = int(value + 0.5)
    return min(whole, 100) if name == "oxygen_saturation" else whole
