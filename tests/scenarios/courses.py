"""What devices send in a story: courses of readings, the same ones every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from tests.scenarios.times import at_ms, duration_ms
from wardwatch.core.reading import Consciousness, Reading
from wardwatch.core.vitals import VITAL_INDEX, VITALS

# How values vary about their course, in parts of the given spread, and then from the beginning.
_SWAY = (0.0, 1.0, -0.5, 0.5, -1.0, 0.5, -0.5)


class SentReading(NamedTuple):
    """A reading, when it arrived on our clock, and its place in the log."""

    arrived_at_ms: int
    reading: Reading
    position: int = 0


class Course(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}, kw_only=True):
    """Readings of a device, one or many.

    Either one reading at ``at``, or from ``from`` on one every ``every``, the last before ``to``. A number is
    what it measures, "88 to 132" goes there in a line, and "64 ± 2" varies about it. ``clock`` is how far the
    device's clock is ahead, ``late`` how long readings are on their way.
    """

    device: str
    at: str | None = None
    from_: str | None = None
    to: str | None = None
    every: str | None = None
    clock: str = "0 s"
    late: str = "0 s"
    heart_rate: float | str | None = None
    oxygen_saturation: float | str | None = None
    respiratory_rate: float | str | None = None
    body_temperature: float | str | None = None
    systolic_pressure: float | str | None = None
    diastolic_pressure: float | str | None = None
    mean_pressure: float | str | None = None
    skin_temperature: float | str | None = None
    steps: float | str | None = None
    signal_quality: float | str | None = None
    worn: bool | None = None
    battery: float | str | None = None
    on_oxygen: bool | None = None
    activity: float | str | None = None
    consciousness: Consciousness | None = None

    def readings(self, patient: str) -> Iterator[SentReading]:
        """All of them, in their order."""
        first_ms, until_ms, step_ms = self._span()
        for number, measured_ms in enumerate(range(first_ms, until_ms, step_ms)):
            share = (measured_ms - first_ms) / (until_ms - first_ms)
            said = {name: value for name in _SAID if (value := getattr(self, name)) is not None}
            yield SentReading(
                measured_ms + duration_ms(self.late),
                Reading(
                    patient=patient,
                    device=self.device,
                    observed_at_ms=measured_ms + duration_ms(self.clock),
                    **{name: _value(name, written, share, number) for name, written in said.items()},
                ),
            )

    def _span(self) -> tuple[int, int, int]:
        many = [self.from_, self.to, self.every]
        if self.at is not None and many == [None] * 3:
            return at_ms(self.at), at_ms(self.at) + 1, 1
        if self.at is not None or self.from_ is None or self.to is None or self.every is None:
            raise ValueError(f"A course of {self.device} has either `at`, or `from`, `to` and `every`.")
        return at_ms(self.from_), at_ms(self.to), duration_ms(self.every)


_SAID = [name for name in Course.__struct_fields__ if hasattr(Reading, name) and name != "device"]


def _value(name: str, written: Any, share: float, number: int) -> Any:
    """What is measured after ``share`` of a course, in the resolution in which devices tell it."""
    if not isinstance(written, str) or name == "consciousness":
        return written
    found = re.fullmatch(r"([\d.]+)(?: to ([\d.]+))?(?: ± ([\d.]+))?", written)
    if found is None:
        raise ValueError(f"{name} {written!r} is no course such as 88 to 132, 64 ± 2 or 88 to 132 ± 2.")
    begin, end, spread = float(found[1]), float(found[2] or found[1]), float(found[3] or 0)
    value = begin + (end - begin) * share + spread * _SWAY[number % len(_SWAY)]
    resolution = VITALS[VITAL_INDEX[name]].resolution if name in VITAL_INDEX else 0.01
    return round(round(value / resolution) * resolution, 2)
