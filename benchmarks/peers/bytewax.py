"""The job in Bytewax: whole batches from its Kafka source, and its quickest operator with state for each key.

`stateful_batch` takes all that a batch has of a patient in one call; `stateful_map` is built upon it and a
fifth slower. There is one worker, because more of them share Python's one lock: two and four were slower.
Recovery is on, so that what is usual survives a crash, as it does in wardwatch; it costs nothing that could
be measured. Only readings with alarms go on to the output, which counts them.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import bytewax.operators as op
import msgspec
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main

from benchmarks.peers.job import Meter, bootstrap_servers
from benchmarks.peers.judging import NOTHING_SEEN, Reading, Usual, judge

# The default, 1,000, is a seventh slower; 20,000 is no quicker.
_BATCH_SIZE = 4096

_decode = msgspec.json.Decoder(Reading).decode


def decode_all(messages: list[Any]) -> list[tuple[str, Reading]]:
    """Each patient with a reading."""
    return [(message.key.decode(), _decode(message.value)) for message in messages]


class Judging(op.StatefulBatchLogic):
    """What is usual for one patient."""

    def __init__(self, meter: Meter, usual: Usual | None) -> None:
        self._meter = meter
        self._usual = NOTHING_SEEN if usual is None else usual

    def on_batch(self, readings: list[Reading]) -> tuple[list[int], bool]:
        """The numbers of alarms of those readings that have any; the state is kept."""
        found = []
        usual = self._usual
        for reading in readings:
            usual, alarms = judge(usual, reading)
            if alarms:
                found.append(alarms)
        self._usual = usual
        if self._meter.count(len(readings)):
            self._meter.report()
            os._exit(0)  # the source waits for more without end, and the figure is told
        return found, op.StatefulBatchLogic.RETAIN

    def snapshot(self) -> Usual:
        """What Bytewax writes down, and gives back after a crash."""
        return self._usual


class _Counting(StatelessSinkPartition):
    def __init__(self) -> None:
        self.alarms = 0

    def write_batch(self, items: list[tuple[str, int]]) -> None:
        self.alarms += sum(alarms for _, alarms in items)


class Alarms(DynamicSink):
    """An output that counts."""

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> _Counting:
        """What one worker writes to."""
        return _Counting()


def _dataflow() -> Any:
    meter = Meter()
    flow = Dataflow("drain")
    source = KafkaSource([bootstrap_servers()], ["vitals.readings"], batch_size=_BATCH_SIZE)
    messages = op.input("read", flow, source)
    readings = op.flat_map_batch("decode", messages, decode_all)
    alarms = op.stateful_batch("judge", readings, lambda usual: Judging(meter, usual))
    op.output("alarms", alarms, Alarms())
    return flow


if __name__ == "__main__":
    folder = Path(os.environ["BENCHMARK_FOLDER"])
    init_db_dir(folder, 1)
    cli_main(_dataflow(), recovery_config=RecoveryConfig(folder, backup_interval=timedelta(0)))
