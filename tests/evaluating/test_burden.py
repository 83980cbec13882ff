from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.quiet_wearers import quiet_wearer
from tests.support.recording_files import write_folder
from wardwatch.evaluating.burden import evaluate
from wardwatch.evaluating.evaluation import OPERATING_POINTS, SuiteError, SuiteOptions
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.recordings.opening import Recording, open_recording

OPTIONS = SuiteOptions(events=6, artefacts=6, bumps=3, draws=50)
METHODS = ["wardwatch", "random", "clock", "static limits", "NEWS2"]


@pytest.fixture(scope="module")
def wearers(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    readings = [reading for seed, name in enumerate("ab") for reading in quiet_wearer(name, seed=seed)]
    lines = b"".join(encode_reading(reading) + b"\n" for reading in readings)
    return open_recording(write_folder(tmp_path_factory.mktemp("worn"), {"ab.jsonl": lines}))


@pytest.fixture(scope="module")
def shares() -> list[float]:
    return []


@pytest.fixture(scope="module")
def figures(wearers: Recording, shares: list[float]) -> dict[str, Any]:
    return evaluate([wearers], OPTIONS, shares.append).as_json()


def test_every_method_has_a_row_and_ours_is_the_first(figures: dict[str, Any]) -> None:
    assert (figures["suite"], figures["patients"], figures["events"]) == ("burden", 2, 6)
    assert [row["method"] for row in figures["rows"]] == METHODS
    assert all(row["sensitivity"].keys() == OPERATING_POINTS.keys() for row in figures["rows"])
    assert all(row["auroc"] is None for row in figures["rows"])
    assert [*figures["curves"]] == METHODS


def test_at_no_rate_more_alarms_come_than_that_and_nobody_catches_less_where_more_may_come(
    figures: dict[str, Any],
) -> None:
    for row in figures["rows"]:
        for point, rate in OPERATING_POINTS.items():
            assert row["false_alarms"][point] <= rate + 1e-9
        caught = [*row["sensitivity"].values()]
        assert caught == sorted(caught)


def test_quiet_wearers_are_caught_by_learned_alarms_without_a_false_one(figures: dict[str, Any]) -> None:
    [ours, *_] = figures["rows"]
    assert ours["counts"] == "learned alarms"
    assert ours["sensitivity"]["0.029"] >= 2 / 3
    assert ours["with_fixed"]["sensitivity"]["0.029"] >= ours["sensitivity"]["0.029"]
    assert figures["burden"]["learned"]["alarms"] == 0
    assert [one["set"] for one in figures["calibration"]] == [0.05, 0.1, 0.25, 1.0]


def test_chance_catches_as_much_as_its_rate_says(figures: dict[str, Any]) -> None:
    [random] = [row for row in figures["rows"] if row["method"] == "random"]
    # No event lasts longer than 3 h.
    assert 0 < random["sensitivity"]["2"] < 2 * 3 / 24


def test_the_clock_catches_nothing(figures: dict[str, Any]) -> None:
    [clock] = [row for row in figures["rows"] if row["method"] == "clock"]
    assert set(clock["sensitivity"].values()) == {0.0}


def test_what_the_alarms_do_as_they_are_set_is_told_as_well(figures: dict[str, Any]) -> None:
    assert figures["injected"]["all"]["events"] == 6
    assert figures["artefacts"]["all"]["bursts"] == 6
    # A week and a day have no room for seven nights after the first seven.
    assert (figures["nightly"]["bumps"], figures["nightly"]["nights"]) == (0, 16)
    assert "stress" not in figures


def test_the_share_of_the_work_done_rises_to_1(figures: dict[str, Any], shares: list[float]) -> None:
    assert figures
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_alarms_to_look_at_are_those_of_the_recordings_as_they_are(tmp_path: Path) -> None:
    racing = [replace(reading, heart_rate=150.0) for reading in quiet_wearer("a", seed=1, hours=1)]
    lines = b"".join(encode_reading(reading) + b"\n" for reading in racing)
    path = write_folder(tmp_path, {"a.jsonl": lines})
    few = SuiteOptions(events=0, artefacts=0, bumps=0, draws=10)
    figures = evaluate([open_recording(path)], few, lambda _: None).as_json()
    assert {one["condition"] for one in figures["examples"]} == {"heart_rate.high"}
    assert not any(one["caught"] for one in figures["examples"])
    assert figures["rows"][0]["sensitivity"]["1"] is None


def test_recordings_without_a_reading_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"v":1}\n')
    with pytest.raises(SuiteError, match=r"^nothing in these recordings can be read; `wardwatch replay`"):
        evaluate([open_recording(tmp_path / "x.jsonl")], OPTIONS, lambda _: None)
