"""What one would write first: a plain Faust agent, a river `GaussianScorer` for each vital and patient.

As Faust's own introduction has it: its default settings, and a record class for the values.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from typing import Any

import faust
from river.anomaly import GaussianScorer

from benchmarks.peers.job import VITALS, Meter, bootstrap_servers

# Scores are probabilities; anything far out is an anomaly. The threshold does not matter for the speed.
THRESHOLD = 0.999


class Reading(faust.Record):
    """The fields that are scored."""

    patient: str
    heart_rate: float | None = None
    oxygen_saturation: float | None = None
    respiratory_rate: float | None = None
    body_temperature: float | None = None
    systolic_pressure: float | None = None
    diastolic_pressure: float | None = None


class Scorers:
    """Scores, then learns; what peers with river have in common."""

    def __init__(self) -> None:
        self._scorers: defaultdict[tuple[str, str], Any] = defaultdict(GaussianScorer)
        self.anomalies = 0

    def take(self, reading: Any) -> None:
        """Score every vital of a reading, and learn it."""
        for vital in VITALS:
            measured = getattr(reading, vital)
            if measured is not None:
                scorer = self._scorers[reading.patient, vital]
                self.anomalies += scorer.score_one(None, measured) > THRESHOLD
                scorer.learn_one(None, measured)


def run(app: faust.App, topic: Any, scorers: Scorers, decode: Any = None) -> None:
    """Run a worker until the readings that are wanted have been scored."""
    meter = Meter()

    @app.agent(topic)
    async def watch(stream: Any) -> None:
        async for value in stream:
            scorers.take(value if decode is None else decode(value))
            if meter.count(1):
                meter.report()
                os._exit(0)  # Faust's own stop takes seconds, and the figure is told.

    sys.argv = [sys.argv[0], "worker", "--loglevel", "ERROR"]
    app.main()


def _plain() -> None:
    app = faust.App(
        "faust-river",
        broker=f"kafka://{bootstrap_servers()}",
        store="memory://",
        topic_disable_leader=True,
        web_enabled=False,
        datadir=os.environ["BENCHMARK_FOLDER"],
    )
    topic = app.topic("vitals.readings", value_type=Reading, value_serializer="json")
    run(app, topic, Scorers())


if __name__ == "__main__":
    _plain()
