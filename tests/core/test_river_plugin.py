"""River's detectors for each patient: they score, learn, stop and go on as if they had never stopped."""

from __future__ import annotations

import functools
import json
import math
import subprocess
import sys
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.river_specs import HEART_RATE, SPECS, part
from wardwatch.core.river_plugin import RiverError, RiverPanel, RiverSpec

VALUES = st.fixed_dictionaries(
    {},
    optional={
        "heart_rate": st.integers(50, 110).map(float) | st.sampled_from([20.0, 300.0, math.nan, math.inf]),
        "respiratory_rate": st.integers(8, 30).map(float) | st.floats(0, 80),
        "body_temperature": st.floats(25, 45),
    },
)
READINGS = st.lists(st.tuples(VALUES, st.sampled_from([True, True, False])), min_size=5, max_size=50)
Reading = tuple[dict[str, float], bool]


@functools.cache
def panels() -> tuple[RiverPanel, RiverPanel]:
    """Two that know nothing of each other, with all detectors; made once, as it takes a second."""
    return RiverPanel(list(SPECS.values())), RiverPanel(list(SPECS.values()))


def taken(panel: RiverPanel, readings: list[Reading], patient: str = "p-1") -> list[str]:
    """Scores as text: to the last bit, and not-a-number is like itself."""
    return [repr(panel.take(patient, values, learning=learning)) for values, learning in readings]


def heart_rates(*values: float) -> list[Reading]:
    return [({"heart_rate": value}, True) for value in values]


def panel_of(detector: str, parameters: dict[str, Any], vitals: tuple[str, ...] = HEART_RATE) -> RiverPanel:
    return RiverPanel([RiverSpec(detector, parameters, vitals, 0.9)])


@settings(max_examples=40)
@given(READINGS, st.integers(1, 49), st.integers(1, 49))
def test_a_restored_panel_goes_on_like_one_that_was_not_interrupted(
    readings: list[Reading], first_cut: int, second_cut: int
) -> None:
    whole, other = panels()
    whole.forget("p-1")
    expected = taken(whole, readings)
    first, second = sorted((first_cut, second_cut))
    state, scores = None, []
    for piece in (readings[:first], readings[first:second], readings[second:]):
        other.forget("p-1")
        if state is not None:
            other.restore("p-1", state)
        scores += taken(other, piece)
        state = other.state_of("p-1") if piece or state is not None else None
    assert scores == expected
    assert state == whole.state_of("p-1")


@settings(max_examples=20)
@given(READINGS, READINGS)
def test_patients_know_nothing_of_each_other(mine: list[Reading], others: list[Reading]) -> None:
    alone, shared = panels()
    alone.forget("p-1")
    shared.forget("p-1")
    shared.forget("p-2")
    expected = taken(alone, mine)
    scores = []
    for index, reading in enumerate(mine):
        taken(shared, others[index : index + 1], "p-2")
        scores += taken(shared, [reading])
    assert scores == expected
    assert shared.state_of("p-1") == alone.state_of("p-1")


_ELSEWHERE = """
import json, sys
from tests.support.river_specs import SPECS
from wardwatch.core.river_plugin import RiverPanel
RiverPanel([]).take("p-1", {"heart_rate": 71.0}, learning=True)
assert "river" not in sys.modules, "imported before it is wanted"
panel = RiverPanel(list(SPECS.values()))
before, readings = json.load(sys.stdin)
panel.restore("p-1", bytes.fromhex(before))
for values, learning in readings:
    panel.take("p-1", values, learning=learning)
print(panel.state_of("p-1").hex())
"""


def test_another_process_goes_on_in_the_same_way() -> None:
    """Another process has other hashes of strings; and it imports river only when it is wanted."""
    panel, _ = panels()
    panel.forget("p-1")
    readings: list[Reading] = [
        ({"heart_rate": 60.0 + number % 7, "respiratory_rate": 12.0 + number % 3}, True)
        for number in range(40)
    ]
    taken(panel, readings[:25])
    question = json.dumps([panel.state_of("p-1").hex(), readings[25:]])
    answer = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE], input=question, capture_output=True, text=True, check=True
    )
    taken(panel, readings[25:])
    assert bytes.fromhex(answer.stdout) == panel.state_of("p-1")


def test_it_scores_before_it_learns() -> None:
    panel = panel_of("StandardAbsoluteDeviation", {})
    taken(panel, heart_rates(60, 70, 60, 70, 60, 70))
    [score] = panel.take("p-1", {"heart_rate": 170}, learning=True)
    # Six values with mean 65 and squared deviations 25: (170 - 65) / sqrt(150 / 5).
    assert score == pytest.approx(105 / 30**0.5)


def test_it_learns_nothing_where_it_must_not() -> None:
    for name, spec in SPECS.items():
        panel = RiverPanel([spec])
        readings: list[Reading] = [
            ({"heart_rate": 60.0 + number % 9, "respiratory_rate": 12.0 + number % 4}, True)
            for number in range(30)
        ]
        taken(panel, readings)
        before = panel.state_of("p-1")
        scores = [panel.take("p-1", {"heart_rate": 150.0, "respiratory_rate": 40.0}, learning=False)]
        scores += [panel.take("p-1", {"heart_rate": 150.0, "respiratory_rate": 40.0}, learning=False)]
        assert panel.state_of("p-1") == before, name
        assert repr(scores[0]) == repr(scores[1]), name


@pytest.mark.parametrize(
    "missing", [{}, {"respiratory_rate": math.nan}, {"respiratory_rate": -math.inf}], ids=repr
)
def test_where_not_all_vitals_were_measured_nothing_is_scored_or_learned(missing: dict[str, float]) -> None:
    panel = RiverPanel([SPECS["trees"]])
    taken(panel, [({"heart_rate": 70.0, "respiratory_rate": 14.0 + turn % 3}, True) for turn in range(30)])
    before = panel.state_of("p-1")
    [score] = panel.take("p-1", {"heart_rate": 70.0} | missing, learning=True)
    assert math.isnan(score)
    assert panel.state_of("p-1") == before


def test_each_spec_has_its_score_in_its_place() -> None:
    panel = RiverPanel([SPECS["trees"], SPECS["deviation"]])
    taken(panel, heart_rates(60, 70, 60, 70, 60, 70))
    trees, deviation = panel.take("p-1", {"heart_rate": 170.0}, learning=True)
    assert math.isnan(trees)
    assert deviation > 10


def test_a_patient_forgotten_begins_anew() -> None:
    panel = panel_of("StandardAbsoluteDeviation", {})
    first = taken(panel, heart_rates(60, 70, 90))
    panel.forget("p-1")
    panel.forget("p-never")
    with pytest.raises(KeyError):
        panel.state_of("p-1")
    assert taken(panel, heart_rates(60, 70, 90)) == first


def test_a_state_is_of_what_was_taken_last() -> None:
    """States of patients of whom nothing was taken since are kept at hand: they must not be stale."""
    panel = panel_of("StandardAbsoluteDeviation", {})
    states = set()
    for value in (60, 70, 80):
        taken(panel, heart_rates(value))
        states |= {panel.state_of("p-1"), panel.state_of("p-1")}
    assert len(states) == 3
    panel.restore("p-1", min(states))
    assert panel.state_of("p-1") == min(states)


def test_a_spec_that_changed_begins_anew_and_the_others_go_on() -> None:
    before = RiverPanel([SPECS["deviation"], SPECS["gaussian"]])
    taken(before, heart_rates(60, 70, 60, 70, 60, 70))
    changed = RiverSpec("GaussianScorer", {"grace_period": 6}, HEART_RATE, 0.99)
    after = RiverPanel([changed, SPECS["deviation"]])
    after.restore("p-1", before.state_of("p-1"))
    [gaussian, deviation] = after.take("p-1", {"heart_rate": 170}, learning=True)
    [expected, _] = before.take("p-1", {"heart_rate": 170}, learning=True)
    assert math.isnan(gaussian)
    assert deviation == expected


def test_a_threshold_may_change_without_a_new_beginning() -> None:
    before = panel_of("StandardAbsoluteDeviation", {})
    taken(before, heart_rates(60, 70))
    after = RiverPanel([RiverSpec("StandardAbsoluteDeviation", {}, HEART_RATE, threshold=17)])
    after.restore("p-1", before.state_of("p-1"))
    assert after.state_of("p-1") == before.state_of("p-1")


def _written(**changes: Any) -> bytes:
    panel = panel_of("StandardAbsoluteDeviation", {})
    taken(panel, heart_rates(60, 70))
    state = json.loads(zlib.decompress(panel.state_of("p-1")))
    [identity] = state["detectors"]
    if "kept" in changes:
        state["detectors"][identity] = changes.pop("kept")
    return zlib.compress(json.dumps(state | changes).encode())


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"\x80\x04.",
        zlib.compress(b"[]"),
        zlib.compress(b"{"),
        zlib.compress(b"[" * 100_000),
        _written()[:-5],
        _written(version=2),
        _written(detectors=3),
        _written(kept=None),
        _written(kept=[["g", "os:system"], 2, [], []]),
        _written(kept=[["o", "river.stats.mean:Mean", ["t"], ["d"], None, None], 2, [], []]),
        _written(
            kept=[["o", "river.anomaly.sad:StandardAbsoluteDeviation", ["t"], ["d"], None, None], "x", [], []]
        ),
    ],
    ids=range(12),
)
def test_bytes_that_are_no_state_are_refused_and_change_nothing(state: bytes) -> None:
    panel = panel_of("StandardAbsoluteDeviation", {})
    taken(panel, heart_rates(60, 70))
    before = panel.state_of("p-1")
    with pytest.raises(RiverError, match=r"\.$"):
        panel.restore("p-1", state)
    assert panel.state_of("p-1") == before


def test_a_detector_that_is_configured_twice_is_refused() -> None:
    with pytest.raises(RiverError, match="configured twice"):
        RiverPanel([RiverSpec("StandardAbsoluteDeviation", {}, HEART_RATE, each) for each in (3, 4)])


def test_what_cannot_be_used_is_said_when_the_panel_is_made() -> None:
    with pytest.raises(RiverError, match="did you mean HalfSpaceTrees"):
        panel_of("HalfspaceTree", {})
    with pytest.raises(RiverError, match="learns nothing"):
        panel_of(
            "ThresholdFilter",
            {
                "anomaly_detector": part("anomaly.GaussianScorer"),
                "threshold": 0.9,
                "protect_anomaly_detector": False,
            },
        )
