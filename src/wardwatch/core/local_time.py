"""The ward's wall clock as data: which offset from UTC holds from which instant on.

The core reads no clock and no time zone database: somebody else looks the offsets up once and hands them in.

>>> import numpy as np
>>> hour_ms = 3_600_000
>>> summer = LocalTime(from_ms=np.array([0, 100 * hour_ms]), offset_ms=np.array([1 * hour_ms, 2 * hour_ms]))
>>> summer.of(np.array([99 * hour_ms, 100 * hour_ms])) // hour_ms
array([100, 102])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.reading import IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LocalTime:
    """From ``from_ms[i]`` on, the wall clock shows UTC plus ``offset_ms[i]``; in ms, instants since 1970.

    Before the first instant its offset holds as well. The arrays are copied, and the copies cannot be
    written to. Raises ValueError unless there is at least one instant, each with its offset, and they rise.
    """

    from_ms: IntArray
    offset_ms: IntArray

    def __post_init__(self) -> None:
        for name in ("from_ms", "offset_ms"):
            own = np.array(getattr(self, name), dtype=np.int64)
            own.setflags(write=False)
            object.__setattr__(self, name, own)
        if self.from_ms.ndim != 1 or self.from_ms.shape != self.offset_ms.shape or not len(self.from_ms):
            raise ValueError("a wall clock needs at least one instant, and an offset for each")
        if (self.from_ms[1:] <= self.from_ms[:-1]).any():
            raise ValueError("the instants from which offsets hold must rise")

    @classmethod
    def utc(cls) -> LocalTime:
        """The wall clock that shows UTC."""
        return cls(from_ms=np.zeros(1, dtype=np.int64), offset_ms=np.zeros(1, dtype=np.int64))

    def of(self, at_ms: IntArray) -> IntArray:
        """What the wall clock shows at instants of UTC, in ms: a day is 86,400,000, and 0 a midnight."""
        # Which of the later instants have come: before the first of them, the first offset.
        index = np.searchsorted(self.from_ms[1:], at_ms, side="right")
        return at_ms + self.offset_ms[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LocalTime):
            return NotImplemented
        return np.array_equal(self.from_ms, other.from_ms) and np.array_equal(self.offset_ms, other.offset_ms)

    def __hash__(self) -> int:
        return hash((self.from_ms.tobytes(), self.offset_ms.tobytes()))
