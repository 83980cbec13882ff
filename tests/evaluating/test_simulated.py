from pathlib import Path
from typing import Any

import pytest

from wardwatch.evaluating.evaluation import SuiteError, SuiteOptions
from wardwatch.evaluating.simulated import evaluate
from wardwatch.wire.recordings.opening import Recording, open_recording
from wardwatch_simulators import Failures, Illnesses, Plan, Simulation, Wearers, encode_truth

OPTIONS = SuiteOptions(draws=50)
# 2026-01-01T09:00:00Z
START_MS = 1_767_225_600_000 + 9 * 3_600_000


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four wearers for 50 min: one with a heart block after 5 min, one whose device is taken off."""
    plan = Plan(
        wearers=[Wearers(count=4)],
        illnesses=[Illnesses(course="heart_block", count=1, at_s=(300, 300))],
        failures=[Failures(kind="off_body", count=1, at_s=(600, 600), lasts_s=(900, 900))],
        starts_s=9 * 3600,
        lasts_s=3000,
    )
    simulation = Simulation(plan, seed=7, start_ms=START_MS)
    folder = tmp_path_factory.mktemp("run")
    with (folder / "readings.jsonl").open("wb") as file:
        for arrived in simulation.seconds():
            file.writelines(arrival.payload + b"\n" for arrival in arrived)
    truth = b"".join(encode_truth(record) + b"\n" for record in simulation.truth())
    (folder / "truth.jsonl").write_bytes(truth)
    return folder


def opened(*paths: Path) -> list[Recording]:
    return [open_recording(path) for path in paths]


@pytest.fixture(scope="module")
def shares() -> list[float]:
    return []


@pytest.fixture(scope="module")
def figures(run: Path, shares: list[float]) -> dict[str, Any]:
    recordings = opened(run / "readings.jsonl", run / "truth.jsonl")
    return evaluate(recordings, OPTIONS, shares.append).as_json()


def test_an_illness_is_noticed_soon_after_its_onset(figures: dict[str, Any]) -> None:
    assert (figures["suite"], figures["patients"], figures["events"]) == ("simulated", 4, 1)
    [course] = figures["courses"]
    assert (course["course"], course["events"], course["caught"]) == ("heart_block", 1, 1)
    assert 0 < course["delay_minutes"]["median"] < 20
    rows = {row["method"]: row for row in figures["rows"]}
    assert rows["static limits"]["sensitivity"]["0.029"] == 1.0
    # It can't be noticed before it begins.
    assert rows["static limits"]["lead_time_h"] < 0


def test_a_failing_device_alarms_about_itself_and_not_about_the_patient(figures: dict[str, Any]) -> None:
    [fault] = figures["faults"]
    assert (fault["fault"], fault["faults"], fault["technical"]) == ("off_body", 1, "device.off_body")
    assert fault["told"] == 1
    assert fault["physiological"] == 0


def test_those_who_are_well_are_left_in_peace(figures: dict[str, Any]) -> None:
    assert figures["healthy"]["alarms"] == 0
    assert 0 < figures["healthy"]["patient_days"] < figures["patient_days"]


def test_a_folder_of_both_files_is_as_good_as_their_names(run: Path, figures: dict[str, Any]) -> None:
    assert evaluate(opened(run), OPTIONS, lambda _: None).as_json() == figures


def test_the_share_of_the_work_done_ends_at_1(figures: dict[str, Any], shares: list[float]) -> None:
    assert figures
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_without_the_truth_or_with_that_of_others_one_sentence_says_so(run: Path, tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"^simulated needs the truth beside the readings: name the file"):
        evaluate(opened(run / "readings.jsonl"), OPTIONS, lambda _: None)
    other = (run / "truth.jsonl").read_text().replace("sim-", "other-")
    (tmp_path / "truth.jsonl").write_text(other)
    with pytest.raises(SuiteError, match="of the same run"):
        evaluate(opened(run / "readings.jsonl", tmp_path / "truth.jsonl"), OPTIONS, lambda _: None)
