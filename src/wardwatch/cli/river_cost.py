"""What a detector of river costs on this machine: measured, on made-up readings."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import dataclass

from wardwatch.core.river_detector import Kept, RiverDetector
from wardwatch.core.river_plugin import RiverSpec, packed
from wardwatch.core.river_probe import plausible_values, tried

# More than the window of any of river's detectors as it comes: `LocalOutlierFactor` keeps 1,000.
_LEARNED = 1_100
_MEASURED = 200
_LONGEST_S = 2.0
_SAVES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one patient who has been watched for some time.

    An update is a score and what is learned. ``bytes_a_patient`` is memory, without what river keeps in Rust;
    ``saved_bytes_a_patient`` is what a checkpoint holds, and a save is what it takes to write that.
    """

    microseconds_an_update: float
    bytes_a_patient: int
    microseconds_a_save: float
    saved_bytes_a_patient: int

    def share_of_a_core(self, readings_per_second: float) -> float:
        """How much of a core the updates take, 1.0 for all of it.

        >>> cost = Cost(
        ...     microseconds_an_update=120.0,
        ...     bytes_a_patient=0,
        ...     microseconds_a_save=0.0,
        ...     saved_bytes_a_patient=0,
        ... )
        >>> cost.share_of_a_core(1000)
        0.12
        """
        return self.microseconds_an_update * readings_per_second / 1e6


def measure(spec: RiverSpec) -> Cost:
    """Takes some seconds; raises :class:`wardwatch.core.river_plugin.RiverError`."""
    detector = tried(spec)
    kept, in_memory = _long_watched(detector)
    update_s = _seconds_an_update(detector, kept)
    saves = [_seconds_a_save(detector, kept) for _ in range(_SAVES)]
    save_s, saved_bytes = min(saves)
    return Cost(
        microseconds_an_update=update_s * 1e6,
        bytes_a_patient=in_memory,
        microseconds_a_save=save_s * 1e6,
        saved_bytes_a_patient=saved_bytes,
    )


def _long_watched(detector: RiverDetector) -> tuple[Kept, int]:
    """What is kept once all windows are full, and its bytes in memory."""
    values = plausible_values(detector, _LEARNED)
    end_s = time.perf_counter() + _LONGEST_S
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = detector.fresh()
        for each in values:
            detector.learn(kept, each)
            if time.perf_counter() > end_s:
                break
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return kept, after - before


def _seconds_an_update(detector: RiverDetector, kept: Kept) -> float:
    values = plausible_values(detector, _MEASURED)
    started_s = now_s = time.perf_counter()
    updates = 0
    while updates < len(values) and now_s < started_s + _LONGEST_S:
        detector.take(kept, values[updates], learning=True)
        updates += 1
        now_s = time.perf_counter()
    return (now_s - started_s) / updates


def _seconds_a_save(detector: RiverDetector, kept: Kept) -> tuple[float, int]:
    started_s = time.perf_counter()
    saved = packed({detector.identity: detector.written(kept)})
    return time.perf_counter() - started_s, len(saved)
