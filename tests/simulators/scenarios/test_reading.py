"""Scenarios: the ready ones can be run, and what can't be meant is one sentence with a line and a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from wardwatch_simulators import Failures, Illnesses, Plan, Simulation, Wearers
from wardwatch_simulators.faults import REALISTIC
from wardwatch_simulators.scenarios import READY, ScenarioError, load
from wardwatch_simulators.scenarios.reading import parse

WARD = "[[wearers]]\ncount = 3\n"


def test_four_wards_are_ready() -> None:
    assert READY == ("busy_ward", "mass_casualty", "night_shift", "quiet_ward")


@pytest.mark.parametrize("name", READY)
def test_a_ready_ward_runs(name: str) -> None:
    plan = load(name)
    simulation = Simulation(plan, seed=1, start_ms=0)
    assert len(next(simulation.seconds())) >= plan.count // 2
    assert plan.description
    assert plan.mixture


def test_a_scenario_says_all_that_a_plan_does(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("""
        description = "mine"
        starts = "07:30"
        lasts = "2h"
        faults = "realistic"
        faults_times = 2

        [[wearers]]
        count = 3
        devices = ["oximeter", "cuff"]
        setting = "at_home"

        [[illness]]
        course = "sepsis"
        at = ["10m", "1h"]
        severity = 0.5
        over = "1h"

        [[fault]]
        kind = "drift"
        count = 2
        at = "5m"
        lasts = ["1m", "90s"]
        severity = [0.5, 1]
    """)
    assert load(file) == Plan(
        description="mine",
        starts_s=27_000,
        lasts_s=7200,
        mixture={kind: 2 * a_day for kind, a_day in REALISTIC.items()},
        wearers=[Wearers(count=3, devices=("oximeter", "cuff"), setting="at_home")],
        illnesses=[Illnesses(course="sepsis", count=1, at_s=(600, 3600), severity=(0.5, 0.5), over_s=3600)],
        failures=[
            Failures(kind="drift", count=2, at_s=(300, 300), lasts_s=(60, 90), severity=(0.5, 1.0)),
        ],
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x =", "is not TOML: Invalid value"),
        ("", "there are no wearers; write [[wearers]]"),
        (
            '[[wearers]]\ncount = 3\n[[illness]]\ncourse = "sepsis"\nat = "1m"\nover = "9s"',
            "sepsis can't be at its worst within less than 60 s",
        ),
        ("[[wearers]]\ncount = 0", "line 2: count: write a whole number from 1"),
        ("[[wearers]]\n", "line 1: count is missing"),
        (
            WARD + WARD + '  devise = "a"',
            "line 5: devise is not known here; there are count, devices, setting",
        ),
        (WARD + 'devices = "shoe"', "line 3: devices: there is no 'shoe'; there are wristband"),
        (WARD + 'devices = ["cuff", "shoe"]', "line 3: devices: there is no 'shoe'; there are wristband"),
        (WARD + "devices = []", "a wearer has 0 devices; make it 1 to 4"),
        ("lasts = 3\n" + WARD, "line 1: lasts: write a time span such as"),
        ('starts = "7"\n' + WARD, "line 1: starts: write a time of day such as"),
        ("wearers = 3", "line 1: wearers: write it as tables, each below a line [[wearers]]"),
        ('faults = "many"\n' + WARD, "line 1: faults: there is no 'many'; there are none, realistic"),
        (
            WARD + '[[illness]]\ncourse = "flu"\nat = "1h"',
            "line 4: course: there is no 'flu'; there are sepsis",
        ),
        (WARD + '[[illness]]\ncourse = "fall"\ncount = 4\nat = "1h"', "4 are to fall ill, and there are 3"),
        (WARD + '[[fault]]\nkind = "drift"\nat = ["2h", "1h"]', "line 5: at: the first value must not be"),
        (WARD + '[[fault]]\nkind = "drift"\nat = [1]', "line 5: at: write one value, or the least and"),
        (
            WARD + '[[fault]]\nkind = "drift"\nat = "1h"\nlasts = "1h"\nseverity = 2',
            "line 7: severity: write a",
        ),
    ],
)
def test_what_can_not_be_meant_is_one_sentence_with_its_line_and_a_way_out(text: str, complaint: str) -> None:
    with pytest.raises(ScenarioError) as told:
        parse(text)
    assert complaint in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_names_the_ready_ones(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"can't be read .*; give a file, or one of the ready ones: busy"):
        load(tmp_path / "no.toml")
