"""What one would write first: a plain Faust agent, a river `GaussianScorer` for each vital and patient."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from typing import Any

import faust
import msgspec
from river.anomaly import GaussianScorer

from benchmarks.peers.getmany_msgspec import Reading
from benchmarks.peers.job import VITALS, Meter, bootstrap_servers

# Scores are probabilities; anything far out is an anomaly. The threshold does not matter for the speed.
_THRESHOLD = 0.999


def _app() -> faust.App:
    app = faust.App(
        "faust-river",
        broker=f"kafka://{bootstrap_servers()}",
        broker_max_poll_records=4096,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=16384,
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        store="memory://",
        value_serializer="raw",
        web_enabled=False,
        datadir=os.environ["BENCHMARK_FOLDER"],
    )
    decode = msgspec.json.Decoder(Reading).decode
    scorers: defaultdict[tuple[str, str], Any] = defaultdict(GaussianScorer)
    meter = Meter()
    anomalies = 0

    @app.agent(app.topic("vitals.readings", value_serializer="raw"))
    async def watch(stream: Any) -> None:
        nonlocal anomalies
        async for value in stream:
            reading = decode(value)
            for vital in VITALS:
                measured = getattr(reading, vital)
                if measured is not None:
                    scorer = scorers[reading.patient, vital]
                    anomalies += scorer.score_one(None, measured) > _THRESHOLD
                    scorer.learn_one(None, measured)
            if meter.count(1):
                meter.report()
                os._exit(0)  # Faust's own stop takes seconds, and the figure is told.

    return app


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "--loglevel", "ERROR"]
    _app().main()
