"""How fast the bank judges, and how much it keeps of a patient, in the steady state.

    python -m benchmarks.bank --json

All patients are known for days; each sends six vitals, in an order without any relation to where they are
in memory: with a million of them a reading finds nothing of its patient in the cache. ``minutely_us`` is what
the bank takes for a reading where each patient sends once a minute, and all are looked at; ``secondly_us``
where each sends once a second, and one in ten is looked at (`wardwatch.core.looking`). ``receive_us`` is the
time of all of `Monitor.receive`, once a minute: gate, NEWS2, limits, alarms and the bank. A batch of 1,024
readings of 100 patients is eleven rounds, because a patient's readings are judged one after the other.

Beside them, in the same run and on the same readings, ``numpy_z_us``: no more than an exponentially weighted
z score of each vital, in arrays over patients, with a gather and a scatter; and ``river_us``: river's
GaussianScorer, one for each vital of a patient, reading by reading.

Times are medians over batches; for ``secondly_us``, where few batches of one reading are looked at, means.
Memory is in bytes a patient: the columns of the bank, all of the table's row, and what the process grew by
when it took them in.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bank_patients import BEGINS_MS, Blocks, Readings, name_of
from benchmarks.bank_peers import NumpyScores, river_us
from wardwatch.adapters.memory import keep_freed_memory
from wardwatch.core import looking, patient
from wardwatch.core.bank import Bank, Guard
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, IntArray, Round
from wardwatch.core.rounds import rounds
from wardwatch.core.table import PatientTable

PATIENTS = (100, 10_000, 1_000_000)
BATCHES = (1, 16, 128, 1024)
# A handover's worth: a partition's patients in a large hospital group.
RESTORED_PATIENTS = 20_000
_PAGE_BYTES = 4096

# Takes readings and the numbers of their patients; gives what it took, in seconds.
Timed = Callable[[Batch, IntArray], float]


class _Bank:
    """The bank and its table, without what else a monitor does."""

    def __init__(self, rules: Rules, blocks: Blocks) -> None:
        self._bank = Bank(rules.model, rules.local_time, rules.false_alarms_a_patient_day)
        self._table = PatientTable((*patient.COLUMNS, *self._bank.columns))
        self._table.load(blocks)

    def take_turns(self) -> None:
        """As if each had last sent now, and the bank had looked at some then and at others before."""
        self._table["seen_ms"][:] = BEGINS_MS
        patients = len(self._table["seen_ms"])
        before_ms = np.random.default_rng(9).integers(0, looking.INTERVAL_MS // 1000, patients) * 1000
        self._table["unlooked_ms"][:] = before_ms[:, np.newaxis]

    def judge(self, batch: Batch, rows: IntArray) -> float:
        """Patients have their numbers as rows."""
        taken_s = 0.0
        for index in rounds(rows):
            taken = Round.of(batch, rows[index], index)
            started_s = time.perf_counter()
            looked_at = looking.is_due(self._table, taken)
            seen = taken if looked_at.all() else taken.where(looked_at)
            nobody = np.zeros(len(seen), dtype=np.bool_)
            if len(seen):
                self._bank.judge(self._table, seen, Guard(alarming=nobody, released=nobody))
            looking.note(self._table, taken, looked_at)
            taken_s += time.perf_counter() - started_s
            self._table["seen_ms"][taken.rows, :JUDGED] = taken.observed_at_ms[:, None]
        return taken_s

    def sizes(self) -> dict[str, int]:
        """Bytes a patient."""
        bank = sum(np.dtype(column.dtype).itemsize * (column.width or 1) for column in self._bank.columns)
        return {"bank_bytes": bank, "row_bytes": self._table.bytes_a_patient()}


def _receiving(monitor: Monitor) -> Timed:
    def receive(batch: Batch, _: IntArray) -> float:
        started_s = time.perf_counter()
        monitor.receive(batch)
        taken_s = time.perf_counter() - started_s
        monitor.drain()
        return taken_s

    return receive


def _us_a_reading(
    timed: Timed,
    sent: Readings,
    readings: int,
    seconds: float,
    middle: Callable[[list[float]], float] = statistics.median,
) -> float:
    """The median, or another ``middle``, over as many batches as there is time for."""
    for _ in range(3):
        timed(*sent.next(readings))
    taken_s: list[float] = []
    deadline_s = time.perf_counter() + seconds
    while len(taken_s) < 5 or time.perf_counter() < deadline_s:
        taken_s.append(timed(*sent.next(readings)))
    return middle(taken_s) / readings * 1e6


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES


def _with_patients(
    patients: int, rules: Rules, seconds: float
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The figures for each size of batch, and those of memory."""
    blocks = Blocks(patients, rules)
    gc.collect()
    before = _resident_bytes()
    bank = _Bank(rules, blocks)
    sizes = bank.sizes() | {"resident_bytes": (_resident_bytes() - before) // patients}
    times: dict[str, list[float]] = {}
    sent = Readings(patients)
    for name, timed in ("minutely_us", bank.judge), ("numpy_z_us", NumpyScores(patients).judge):
        times[name] = [_us_a_reading(timed, sent, readings, seconds) for readings in BATCHES]
    bank.take_turns()
    sent = Readings(patients, every_ms=1000)
    times["secondly_us"] = [
        _us_a_reading(bank.judge, sent, readings, seconds, statistics.fmean) for readings in BATCHES
    ]
    del bank
    receive, sent = _receiving(Monitor.restore(blocks, rules)), Readings(patients)
    times["receive_us"] = [_us_a_reading(receive, sent, readings, seconds) for readings in BATCHES]
    rows = []
    for i, readings in enumerate(BATCHES):
        row = {name: round(found[i], 2) for name, found in times.items()}
        times_numpy = round(row["minutely_us"] / row["numpy_z_us"], 1)
        rows.append({"patients": patients, "batch": readings, **row, "times_numpy_z": times_numpy})
    return rows, {"patients": patients, **sizes}


def _restore_s(rules: Rules) -> float:
    blocks = dict(Blocks(RESTORED_PATIENTS, rules))
    taken_s = []
    for _ in range(3):
        started_s = time.perf_counter()
        monitor = Monitor.restore(blocks, rules)
        taken_s.append(time.perf_counter() - started_s)
        if not monitor.statuses([name_of(RESTORED_PATIENTS - 1)]):
            raise RuntimeError("the last patient was not restored")
    return statistics.median(taken_s)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _run(largest: int, seconds: float) -> dict[str, Any]:
    rules = Rules()
    figures: dict[str, Any] = {"times": [], "memory": []}
    for patients in PATIENTS:
        if patients <= largest:
            _say(f"{patients:,} patients …")
            rows, sizes = _with_patients(patients, rules, seconds)
            figures["times"] += rows
            figures["memory"].append(sizes)
    _say("river …")
    figures["river_us"] = round(river_us(seconds), 1)
    at_once = figures["times"][-1]["minutely_us"]
    figures["times_minutely_river"] = round(figures["river_us"] / at_once, 1)
    _say(f"Restoring {RESTORED_PATIENTS:,} patients …")
    figures["restore_s"] = round(_restore_s(rules), 2)
    return figures


def _show(rows: list[dict[str, Any]]) -> None:
    print("  ".join(f"{name:>14}" for name in rows[0]))
    for row in rows:
        print("  ".join(f"{figure:>14,}" for figure in row.values()))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Microseconds a reading and bytes a patient, of the bank.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--patients", type=int, default=max(PATIENTS), help="leave out the larger numbers")
    parser.add_argument("--seconds", type=float, default=2.0, help="of measuring, for each figure")
    arguments = parser.parse_args()
    keep_freed_memory()
    figures = _run(arguments.patients, arguments.seconds)
    if arguments.json:
        print(json.dumps(figures))
        return
    _show(figures.pop("times"))
    print()
    _show(figures.pop("memory"))
    print()
    for name, figure in figures.items():
        print(f"{name:20} {figure}")


if __name__ == "__main__":
    main()
