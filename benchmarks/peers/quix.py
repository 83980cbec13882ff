"""The job in Quix Streams: a stateful function over the readings, its state in RocksDB under their key.

The state is written as MessagePack through `get_bytes` and `set_bytes`, which is quicker than the JSON of
`get` and `set`. The rest are the library's defaults, because nothing else made a difference: it hands over
one message at a time, checkpoints every 5 s, and has a changelog topic, so that what is usual survives a
crash.
"""

from __future__ import annotations

import os
from typing import Any

import msgspec
from quixstreams import Application

from benchmarks.peers.job import Meter, bootstrap_servers
from benchmarks.peers.judging import NOTHING_SEEN, Reading, Usual, judge

_STATE = "usual"

_decode = msgspec.json.Decoder(Reading).decode
_read_state = msgspec.msgpack.Decoder(Usual).decode
_write_state = msgspec.msgpack.encode


class Judging:
    """Judges readings, and counts them and their alarms."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.alarms = 0

    def take(self, payload: bytes, state: Any) -> None:
        """Judge one reading by its patient's state."""
        known = state.get_bytes(_STATE)
        usual, alarms = judge(NOTHING_SEEN if known is None else _read_state(known), _decode(payload))
        state.set_bytes(_STATE, _write_state(usual))
        self.alarms += alarms
        if self._meter.count(1):
            self._meter.report()
            os._exit(0)  # the library's own stop takes seconds, and the figure is told


def _run() -> None:
    app = Application(
        broker_address=bootstrap_servers(),
        consumer_group="quix",
        auto_offset_reset="earliest",
        state_dir=os.environ["BENCHMARK_FOLDER"],
        loglevel="ERROR",
    )
    # Both as they come: the function decodes the value, and the key is only looked up.
    topic = app.topic("vitals.readings", key_deserializer="bytes", value_deserializer="bytes")
    app.dataframe(topic).update(Judging(Meter()).take, stateful=True)
    app.run()


if __name__ == "__main__":
    _run()
