"""The same agent as `faust_river`, with all that helps: raw values, msgspec, large buffers, uvloop."""

from __future__ import annotations

import os

import faust
import mode.loop
import msgspec

from benchmarks.peers.faust_river import Scorers, run
from benchmarks.peers.getmany_msgspec import Reading
from benchmarks.peers.job import bootstrap_servers


def _tuned() -> None:
    mode.loop.use("uvloop")
    app = faust.App(
        "faust-river-tuned",
        broker=f"kafka://{bootstrap_servers()}",
        broker_max_poll_records=4096,
        store="memory://",
        stream_buffer_maxsize=16384,
        topic_disable_leader=True,
        web_enabled=False,
        datadir=os.environ["BENCHMARK_FOLDER"],
    )
    topic = app.topic("vitals.readings", value_serializer="raw")
    run(app, topic, Scorers(), msgspec.json.Decoder(Reading).decode)


if __name__ == "__main__":
    _tuned()
