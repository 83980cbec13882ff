"""What a device sends, before it is bytes, and the moment of a fault that befalls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

Value: TypeAlias = int | float | bool | None


@dataclass(slots=True)
class Packet:
    """One reading on its way: ``values`` by the names of a reading, ``arrives_ms`` when it gets there.

    ``mangle`` is what becomes of its bytes.
    """

    second: int
    seq: int
    observed_ms: int
    arrives_ms: int
    values: dict[str, Value]
    mangle: Callable[[bytes], bytes] | None = None

    def again(self, after_ms: int) -> Packet:
        """The same once more, so much later."""
        return replace(self, arrives_ms=self.arrives_ms + after_ms)


@dataclass(slots=True)
class Moment:
    """A second of a fault: how far it has gone, and what chance says.

    ``chances`` are four numbers between 0 and 1 that hang on seed, wearer, kind and second alone. ``kept`` is
    what the fault remembers from one packet to the next.
    """

    from_s: int
    until_s: int
    severity: float
    second: int
    midnight_ms: int
    chances: list[float]
    kept: dict[str, Value] = field(default_factory=dict)

    @property
    def since_s(self) -> int:
        """How long it has lasted."""
        return self.second - self.from_s

    @property
    def lasts_s(self) -> int:
        """How long it lasts in all."""
        return self.until_s - self.from_s

    @property
    def share(self) -> float:
        """How much of its time is over, from 0 to below 1."""
        return self.since_s / self.lasts_s


# What a fault makes of a packet: none, one, or more.
Act: TypeAlias = Callable[[Packet, Moment], list[Packet]]
