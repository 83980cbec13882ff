"""What the peers have in common: the address they are given, and how they report."""

from __future__ import annotations

import json
import os
import sys
import time

BOOTSTRAP_SERVERS = "BENCHMARK_BOOTSTRAP_SERVERS"
READINGS = "BENCHMARK_READINGS"

VITALS = (
    "heart_rate",
    "oxygen_saturation",
    "respiratory_rate",
    "body_temperature",
    "systolic_pressure",
    "diastolic_pressure",
)


def bootstrap_servers() -> str:
    """The broker's address."""
    return os.environ[BOOTSTRAP_SERVERS]


def readings_wanted() -> int:
    """After how many readings a peer has done its job."""
    return int(os.environ[READINGS])


class Meter:
    """Readings a second, from the first batch on: neither start-up nor group join count."""

    def __init__(self) -> None:
        self._wanted = readings_wanted()
        self._started_at_s: float | None = None
        self._done = 0

    def count(self, readings: int) -> bool:
        """Count readings that were handled; true once it was the last that was wanted."""
        if self._started_at_s is None:
            # What came with the first batch is not in the time, and so not in the count.
            self._started_at_s = time.perf_counter()
            self._wanted -= readings
            return False
        self._done += readings
        return self._done >= self._wanted

    def report(self) -> None:
        """Print the figure."""
        assert self._started_at_s is not None, "nothing was counted"  # noqa: S101
        elapsed_s = time.perf_counter() - self._started_at_s
        # Not `sys.stdout`: Faust turns that into a log.
        print(json.dumps({"readings_per_second": self._done / elapsed_s}), file=sys.__stdout__, flush=True)
