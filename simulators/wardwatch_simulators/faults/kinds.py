"""The kinds of device faults: one row each, with what its severity means and how often it comes.

The sizes are wardwatch's own choices, and so are the rates, which are what a ward with worn devices may well
see: no published figures of these were at hand. ``alarm`` is the technical alarm that the fault brings about
at full severity if it lasts long enough; many pass without one.
"""

from __future__ import annotations

from dataclasses import dataclass

from wardwatch_simulators.faults import devices, sensors, transport
from wardwatch_simulators.faults.packets import Act

_MINUTE, _HOUR = 60, 3600
OWN_CHOICE = "own choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """One kind. In the realistic mixture it comes ``a_day`` times a wearer, lasting from..to seconds."""

    name: str
    description: str
    severity: str
    act: Act
    a_day: float
    lasts_s: tuple[int, int]
    severities: tuple[float, float]
    alarm: str | None = None
    source: str = OWN_CHOICE


# In the order in which they befall a packet: the sensor, the device, the way.
_ALL = (
    FaultKind(
        name="drift", description="a sensor that moves away from the truth, a little more each minute",
        severity="how far: at 1 skin temperature is the room's at the end; below 0.7 nobody can tell",
        act=sensors.drift, a_day=0.05, lasts_s=(_HOUR, 6 * _HOUR), severities=(0.2, 1.0),
        alarm="device.drift",
    ),
    FaultKind(
        name="flat_line", description="a sensor that goes on telling its last value",
        severity="from 0.5 on all vitals, below that the heart rate alone",
        act=sensors.flat_line, a_day=0.05, lasts_s=(2 * _MINUTE, 20 * _MINUTE), severities=(0.2, 1.0),
        alarm="device.stuck",
    ),
    FaultKind(
        name="spikes", description="single values far off, back to the truth with the next one",
        severity="how many: at 1 one packet in twenty",
        act=sensors.spikes, a_day=0.5, lasts_s=(2 * _MINUTE, 30 * _MINUTE), severities=(0.1, 1.0),
        alarm="device.spikes",
    ),
    FaultKind(
        name="motion_artefact", description="motion that is taken for a pulse, with a poor signal quality",
        severity="how far heart rate and saturation are led astray",
        act=sensors.motion_artefact, a_day=4.0, lasts_s=(20, 5 * _MINUTE), severities=(0.2, 1.0),
        alarm="device.poor_signal",
    ),
    FaultKind(
        name="off_body", description="taken off, and it says so: no vitals, and its skin sensor cools",
        severity="at 1 off all the time, below that loose: off for that share of every half minute",
        act=sensors.off_body, a_day=1.0, lasts_s=(2 * _MINUTE, 30 * _MINUTE), severities=(0.9, 1.0),
        alarm="device.off_body",
    ),
    FaultKind(
        name="wrong_unit", description="degrees Fahrenheit for Celsius, a fraction for a percentage",
        severity="the share of packets",
        act=sensors.wrong_unit, a_day=0.02, lasts_s=(10 * _MINUTE, 2 * _HOUR), severities=(0.5, 1.0),
        alarm="device.refused", source="these two confusions: wardwatch.core.vitals; " + OWN_CHOICE,
    ),
    FaultKind(
        name="battery_decay", description="a battery that is not charged in time, until the device is silent",
        severity="the share of the charge that is lost",
        act=devices.battery_decay, a_day=0.15, lasts_s=(_HOUR, 4 * _HOUR), severities=(0.7, 1.0),
        alarm="device.battery_low",
    ),
    FaultKind(
        name="clock_ahead", description="a clock that jumps ahead",
        severity="how far: at 1 four minutes",
        act=devices.clock_ahead, a_day=0.03, lasts_s=(10 * _MINUTE, _HOUR), severities=(0.1, 1.0),
        alarm="device.clock_wrong",
    ),
    FaultKind(
        name="clock_behind", description="a clock that jumps back",
        severity="how far: at 1 ten minutes",
        act=devices.clock_behind, a_day=0.03, lasts_s=(10 * _MINUTE, _HOUR), severities=(0.1, 1.0),
        alarm="device.clock_wrong",
    ),
    FaultKind(
        name="clock_skew", description="a clock that runs fast",
        severity="how fast: at 1 it gains three seconds a minute",
        act=devices.clock_skew, a_day=0.05, lasts_s=(10 * _MINUTE, _HOUR), severities=(0.05, 0.5),
        alarm="device.clock_wrong",
    ),
    FaultKind(
        name="restart", description="a device that restarts: silent, and then its packets count from 1 again",
        severity="the share of its time for which it is silent",
        act=devices.restart, a_day=0.3, lasts_s=(20, 2 * _MINUTE), severities=(0.5, 1.0),
        alarm="device.no_data",
    ),
    FaultKind(
        name="broken_payload", description="packets that can't be read: cut off, garbled, incomplete, empty",
        severity="the share of packets",
        act=transport.broken_payload, a_day=0.1, lasts_s=(_MINUTE, 10 * _MINUTE), severities=(0.01, 0.3),
        alarm="device.no_data",
    ),
    FaultKind(
        name="packet_loss", description="packets that never arrive",
        severity="the share of packets",
        act=transport.packet_loss, a_day=2.0, lasts_s=(5 * _MINUTE, _HOUR), severities=(0.02, 0.4),
        alarm="device.no_data",
    ),
    FaultKind(
        name="store_and_forward", description="out of reach; what was kept comes in a burst afterwards",
        severity="how much of its time the link is away: from a half to nearly all",
        act=transport.store_and_forward, a_day=2.0, lasts_s=(_MINUTE, 20 * _MINUTE), severities=(0.2, 1.0),
        alarm="device.no_data",
    ),
    FaultKind(
        name="duplicates", description="packets that come twice",
        severity="the share of packets",
        act=transport.duplicates, a_day=0.5, lasts_s=(5 * _MINUTE, _HOUR), severities=(0.01, 0.3),
        alarm="device.duplicates",
    ),
    FaultKind(
        name="reordering", description="packets that are overtaken by later ones",
        severity="the share of packets that are held up, by at most a quarter of a minute",
        act=transport.reordering, a_day=0.5, lasts_s=(5 * _MINUTE, _HOUR), severities=(0.01, 0.3),
        alarm="device.refused",
    ),
)  # fmt: skip
FAULT_KINDS: dict[str, FaultKind] = {kind.name: kind for kind in _ALL}
