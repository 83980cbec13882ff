"""The watchdog: what counts as a stall, and what it does then."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from wardwatch.adapters.progress import EXIT_STALLED, Progress, Watchdog

HERE = ("vitals.readings", 3)


def progress_at(*observations: tuple[float, int, int]) -> Progress:
    """After the broker was asked at these instants, with position and end."""
    progress = Progress(20)
    for now_s, position, end in observations:
        progress.loop_turned(now_s)
        progress.observe(now_s, {HERE: (position, end)})
    return progress


def test_records_that_wait_while_none_moves_are_a_stall() -> None:
    progress = progress_at((0, 5, 9), (10, 5, 9), (21, 5, 12))
    assert progress.stall(21) == "vitals.readings, partition 3: 7 records wait, and none moved for 20 s"


def test_where_records_wait_and_none_moves_is_told_before_that_is_a_stall() -> None:
    progress = progress_at((0, 5, 9), (3, 5, 9), (6, 5, 12))
    assert progress.standing(5.9, 6) == []
    assert progress.standing(6, 6) == [HERE]
    assert progress_at((0, 5, 9), (6, 6, 9)).standing(6, 6) == []
    assert progress_at((0, 9, 9), (6, 9, 9)).standing(6, 6) == []


def test_a_partition_that_moves_is_none() -> None:
    assert progress_at((0, 5, 90), (15, 6, 90), (30, 7, 90)).stall(30) is None


def test_a_partition_with_nothing_to_do_is_none() -> None:
    assert progress_at((0, 9, 9), (30, 9, 9)).stall(30) is None


def test_the_time_counts_from_when_there_was_something_to_do() -> None:
    assert progress_at((0, 9, 9), (30, 9, 10), (45, 9, 10)).stall(45) is None
    assert progress_at((0, 9, 9), (30, 9, 10), (51, 9, 10)).stall(51) is not None


def test_an_event_loop_that_does_not_turn_is_a_stall() -> None:
    progress = progress_at((0, 9, 9))
    assert progress.stall(21) == "the event loop has not turned for 20 s"


def test_a_broker_that_says_nothing_is_a_stall() -> None:
    progress = progress_at((0, 9, 9))
    progress.loop_turned(21)
    assert progress.stall(21) == "neither the broker nor a recovery has said anything for 20 s"


def test_a_revoked_partition_is_watched_no_more() -> None:
    progress = progress_at((0, 5, 9))
    progress.idle(10)
    progress.loop_turned(29)
    assert progress.stall(29) is None


def test_the_health_file_is_touched_until_a_stall(tmp_path: Path) -> None:
    progress = Progress(3600)
    progress.loop_turned(time.monotonic())
    stalled = threading.Event()
    health_file = tmp_path / "health"
    reasons: list[str] = []

    def on_stall(reason: str) -> None:
        reasons.append(reason)
        stalled.set()

    watchdog = Watchdog(progress, health_file=health_file, interval_s=0.01, on_stall=on_stall)
    watchdog.start()
    deadline_s = time.monotonic() + 10
    while not health_file.exists():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    progress.limit_s = 0
    assert stalled.wait(10)
    watchdog.stop()
    assert reasons == ["the event loop has not turned for 0 s"]
    touched = health_file.stat().st_mtime_ns
    assert health_file.stat().st_mtime_ns == touched


def test_a_health_file_that_cannot_be_written_does_not_stop_the_watch(tmp_path: Path) -> None:
    progress = Progress(0)
    stalled = threading.Event()
    progress.loop_turned(time.monotonic() + 0.1)
    watchdog = Watchdog(
        progress,
        health_file=tmp_path / "missing" / "health",
        interval_s=0.01,
        on_stall=lambda _: stalled.set(),
    )
    watchdog.start()
    assert stalled.wait(10)
    watchdog.stop()


_HANGS = """
import time
from wardwatch.adapters.progress import Progress, Watchdog

progress = Progress(0.1)
progress.loop_turned(time.monotonic())
Watchdog(progress, interval_s=0.05).start()
time.sleep(60)  # as an event loop does that is stuck in a call
"""


def test_a_process_whose_event_loop_hangs_is_ended() -> None:
    done = subprocess.run([sys.executable, "-c", _HANGS], timeout=30, capture_output=True, check=False)
    assert done.returncode == EXIT_STALLED
