from pathlib import Path
from typing import Any

import pytest

from tests.support.labelled_stays import clif_tables, physionet2012_stays
from tests.support.recording_files import write_folder, write_tar
from wardwatch.evaluating.deterioration import evaluate
from wardwatch.evaluating.evaluation import OPERATING_POINTS, SuiteError, SuiteOptions
from wardwatch.wire.recordings.opening import Recording, open_recording

OPTIONS = SuiteOptions(draws=50)
NULLS = {"random", "clock", "static limits", "NEWS2"}


@pytest.fixture(scope="module")
def with_events(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return open_recording(write_folder(tmp_path_factory.mktemp("clif"), clif_tables(8, ill=3)))


@pytest.fixture(scope="module")
def with_outcomes(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("stays") / "stays.tar.gz"
    return open_recording(write_tar(path, physionet2012_stays(10, died=4)))


def figures_of(*recordings: Recording) -> dict[str, Any]:
    return evaluate(recordings, OPTIONS, lambda _: None).as_json()


def rows_of(figures: dict[str, Any]) -> dict[str, Any]:
    return {row["method"]: row for row in figures["rows"]}


def test_patients_who_grow_worse_before_an_event_are_noticed(with_events: Recording) -> None:
    figures = figures_of(with_events)
    assert (figures["suite"], figures["of"], figures["patients"], figures["events"]) == (
        "deterioration",
        "events",
        8,
        3,
    )
    assert figures["kinds"] == {"vasopressor_start": 3}
    assert figures["events_without_readings"] == 0
    rows = rows_of(figures)
    assert figures["rows"][0]["method"] == "wardwatch"
    assert rows.keys() >= NULLS
    assert rows["wardwatch"]["auroc"] > 0.8
    assert rows["wardwatch"]["sensitivity"]["0.25"] == 1.0
    assert 0 < rows["wardwatch"]["lead_time_h"] <= 24
    assert {row["sensitivity"].keys() == OPERATING_POINTS.keys() for row in rows.values()} == {True}


def test_who_died_is_told_from_who_lived_by_whole_stays(with_outcomes: Recording) -> None:
    figures = figures_of(with_outcomes)
    assert (figures["of"], figures["patients"], figures["events"]) == ("outcome", 10, 4)
    assert figures["patient_days"] == pytest.approx(10 * 47 / 24, abs=1e-4)
    assert figures["patient_days_of_survivors"] == pytest.approx(6 * 47 / 24, abs=1e-4)
    rows = rows_of(figures)
    assert rows["wardwatch"]["auroc"] == 1.0
    assert rows["wardwatch"]["last_day"]["auroc"] == 1.0
    assert rows["wardwatch"]["lead_time_h"] is None
    # All stays are of one length: the clock can't tell them apart.
    assert rows["clock"]["auroc"] == 0.5


def test_both_kinds_stand_beside_each_other(with_events: Recording, with_outcomes: Recording) -> None:
    figures = figures_of(with_outcomes, with_events)
    assert (figures["of"], figures["patients"]) == ("events", 8)
    assert figures["outcome"]["patients"] == 10
    assert figures["outcome"]["rows"] == figures_of(with_outcomes)["rows"]


def test_the_same_seed_gives_the_same_figures(with_events: Recording) -> None:
    assert figures_of(with_events) == figures_of(with_events)


def test_no_patient_and_no_date_is_told(with_outcomes: Recording) -> None:
    told = str(figures_of(with_outcomes))
    assert "10000" not in told
    assert "2012-" not in told


def test_recordings_without_labels_are_one_sentence(tmp_path: Path) -> None:
    tables = clif_tables(2, ill=1)
    del tables["events.csv"]
    with pytest.raises(SuiteError, match=r"^deterioration needs CLIF tables .* in these recordings\.$"):
        figures_of(open_recording(write_folder(tmp_path, tables)))


def test_the_share_of_the_work_done_rises_to_1(with_events: Recording, with_outcomes: Recording) -> None:
    shares: list[float] = []
    evaluate([with_events, with_outcomes], OPTIONS, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
