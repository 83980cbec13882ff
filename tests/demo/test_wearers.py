"""Whose readings the demo plays."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from wardwatch.core.reading import Reading
from wardwatch.demo.wearers import RecordedWearers, SimulatedWearers, Wearers
from wardwatch.wire.readings import ReadingDecoder, encode_reading
from wardwatch.wire.recordings.opening import open_recording
from wardwatch_simulators import DeviceFault

START_MS = 1_800_000_000_000


def rows(patient: str, first_ms: int, *offsets_ms: int) -> bytes:
    return b"".join(
        encode_reading(Reading(patient=patient, device="d", observed_at_ms=first_ms + offset, heart_rate=70))
        + b"\n"
        for offset in offsets_ms
    )


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two wearers, a file each, of different years and lengths; one line is no reading."""
    folder = tmp_path / "both"
    folder.mkdir()
    (folder / "one.jsonl").write_bytes(rows("p-1", 1_000_000_000_000, *range(0, 61_000, 1000)))
    (folder / "two.jsonl").write_bytes(rows("p-2", 1_600_000_000_000, 0, 500, 30_000) + b"no reading\n")
    return folder


def recorded(path: Path, *, seconds: float = 60.0, limit: int | None = None) -> RecordedWearers:
    return RecordedWearers(open_recording(path), start_ms=START_MS, seconds=seconds, limit=limit)


def test_recorded_wearers_all_start_at_the_same_instant(recording: Path) -> None:
    readings = [ReadingDecoder().decode(each.payload) for each in recorded(recording).readings()]
    assert len(readings) == 64 == recorded(recording).count
    for patient in ("p-1", "p-2"):
        assert min(r.observed_at_ms for r in readings if r.patient == patient) == START_MS


def test_recorded_wearers_are_interleaved_in_order_of_time(recording: Path) -> None:
    played = [*recorded(recording).readings()]
    instants = [each.due_ms for each in played]
    observed = [ReadingDecoder().decode(each.payload).observed_at_ms for each in played]
    assert instants == sorted(instants) == observed
    assert instants[-1] == START_MS + 60_000


@pytest.mark.parametrize(("seconds", "speed"), [(6.0, 10.0), (60.0, 1.0), (600.0, 1.0)])
def test_a_recording_fits_into_the_time_and_is_never_slowed_down(
    recording: Path, seconds: float, speed: float
) -> None:
    assert recorded(recording, seconds=seconds).speed == pytest.approx(speed)


def test_rows_of_a_recording_that_can_not_be_read_are_counted(recording: Path) -> None:
    assert "(1 of its rows can't be read)" in recorded(recording).label


def test_a_recording_can_be_cut_to_its_first_wearers(recording: Path) -> None:
    wearers = recorded(recording, limit=1)
    assert {each.patient for each in wearers.readings()} == {"p-1"}
    assert wearers.count == 61
    assert [placement.patient for placement in wearers.placements] == ["p-1"]


def test_simulated_wearers_say_that_they_are(recording: Path) -> None:
    simulated = SimulatedWearers(4, start_ms=START_MS)
    assert ("SIMULATED" in simulated.label, "SIMULATED" in simulated.notice) == (True, True)
    assert ("RECORDED" in recorded(recording).label, "RECORDED" in recorded(recording).notice) == (True, True)


def test_a_quarter_of_the_simulated_wearers_falls_ill_within_seconds_of_the_demo() -> None:
    wearers = SimulatedWearers(12, start_ms=START_MS)
    shown_s = 10 * wearers.speed
    for _ in islice(wearers.readings(), int(12 * shown_s)):
        pass
    assert len(wearers.truth()) == 3


def test_a_device_of_the_simulated_wearers_is_taken_off_half_a_minute_after_the_demo() -> None:
    wearers = SimulatedWearers(4, start_ms=START_MS)
    shown_ms = START_MS + round(31_000 * wearers.speed)
    for each in wearers.readings():
        if each.due_ms > shown_ms:
            break
    assert [record.fault for record in wearers.truth() if isinstance(record, DeviceFault)] == ["off_body"]


@pytest.mark.parametrize("kind", ["simulated", "recorded"])
def test_everybody_who_is_measured_lies_in_a_bed(recording: Path, kind: str) -> None:
    wearers: Wearers = SimulatedWearers(25, start_ms=START_MS) if kind == "simulated" else recorded(recording)
    measured = {each.patient for each in islice(wearers.readings(), 100)}
    assert {placement.patient for placement in wearers.placements} == measured
