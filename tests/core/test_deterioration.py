"""Deterioration: what adds up, who is not judged, and whether an alarm's reasons are true."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from wardwatch.core.conditions import DETERIORATION_SIGNAL
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.core.model import shipped_model
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, FloatArray, Reading, Round
from wardwatch.core.table import PatientTable

HOUR_MS = 3_600_000
START_MS = 1_700_000_000_000
WELL: dict[str, Any] = {
    "heart_rate": 72.0,
    "oxygen_saturation": 98.0,
    "respiratory_rate": 15.0,
    "systolic_pressure": 125.0,
}
ILL: dict[str, Any] = {
    "heart_rate": 118.0,
    "oxygen_saturation": 93.0,
    "respiratory_rate": 24.0,
    "systolic_pressure": 97.0,
}


class Ward:
    """One patient whose readings are watched, with the scores."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.monitor = Monitor(self.rules, listener=self._hear)
        self.beyond: list[float] = []
        self.now_ms = START_MS

    def _hear(self, table: PatientTable, taken: Round, signals: FloatArray) -> None:  # noqa: ARG002
        self.beyond.append(float(signals[0, DETERIORATION_SIGNAL]))

    def reads(self, *, after_ms: int = HOUR_MS, **reading: Any) -> float:
        """A reading; returns how far the score is above the limit."""
        self.now_ms += after_ms
        self.monitor.receive(
            Batch.of([Reading(patient="p", device="d", observed_at_ms=self.now_ms, **reading)])
        )
        return self.beyond[-1]

    def events(self) -> list[AlarmEvent]:
        return [event for event in self.monitor.drain().events if event.condition == "vitals.deteriorating"]


def after_hours(hours: int, vitals: dict[str, Any], **more: Any) -> float:
    ward = Ward()
    return [ward.reads(**vitals, **more) for _ in range(hours)][-1]


def test_who_is_ill_has_a_higher_score_than_who_is_well_and_it_adds_up() -> None:
    ill = [after_hours(hours, ILL) for hours in (1, 6, 24, 48)]
    assert ill == sorted(ill)
    assert ill[0] > after_hours(1, WELL)
    assert after_hours(48, WELL) < -10.0
    assert ill[-1] > 0.0


def test_what_is_measured_no_more_fades() -> None:
    """Taken once, a fever and a low pressure must not count for good."""
    ward = Ward()
    ward.reads(**{**ILL, "body_temperature": 40.0, "systolic_pressure": 60.0})
    rest = {name: value for name, value in WELL.items() if name != "systolic_pressure"}
    scores = [ward.reads(**rest) for _ in range(6 * 24)]
    known, forgotten = scores[10], scores[12]
    assert forgotten < known - 1.0
    assert scores[-1] == pytest.approx(after_hours(6 * 24, rest), abs=0.5)


def test_a_heart_rate_alone_or_with_one_more_vital_says_nothing() -> None:
    assert np.isnan(after_hours(30, {"heart_rate": 128.0}))
    assert np.isnan(after_hours(30, {"heart_rate": 128.0, "oxygen_saturation": 92.0}))


def test_vitals_may_come_one_by_one_within_twelve_hours() -> None:
    ward = Ward()
    assert np.isnan(ward.reads(heart_rate=118.0))
    assert np.isnan(ward.reads(respiratory_rate=24.0))
    assert not np.isnan(ward.reads(oxygen_saturation=93.0))
    assert np.isnan(ward.reads(after_ms=13 * HOUR_MS, systolic_pressure=97.0))


@pytest.mark.parametrize("apart", [{"steps": 20.0}, {"worn": False}, {"signal_quality": 0.1}])
def test_who_moves_or_does_not_wear_it_is_not_judged(apart: dict[str, Any]) -> None:
    assert np.isnan(after_hours(3, ILL, **apart))


def test_how_often_values_come_hardly_matters() -> None:
    hourly, often = Ward(), Ward()
    for _ in range(24):
        by_hour = hourly.reads(**ILL)
    for _ in range(24 * 12):
        by_five_minutes = often.reads(after_ms=HOUR_MS // 12, **ILL)
    # By now the score has risen by some twenty.
    assert by_five_minutes == pytest.approx(by_hour, abs=0.5)


def ill_until_alarm() -> tuple[Ward, AlarmEvent, list[dict[str, Any]]]:
    ward, given = Ward(), []
    for hour in range(200):
        # Some are measured more seldom than others.
        reading = {name: value for name, value in ILL.items() if name != "systolic_pressure" or hour % 4 == 0}
        given.append(reading)
        ward.reads(**reading)
        if events := ward.events():
            return ward, events[0], given
    raise AssertionError("no alarm")


def test_an_alarm_says_what_it_went_by_and_its_parts_sum_to_the_score() -> None:
    _, start, _ = ill_until_alarm()
    why = start.why
    assert (start.phase, start.priority) == (Phase.START, Priority.LOW)
    assert start.text.startswith(f"Deterioration {why['score']:.1f} > {why['most_score']:.1f}: ")
    parts = [of["contribution"] for of in why["vitals"].values()]
    assert abs(sum(parts) - why["score"]) < 1e-9
    assert parts == sorted(parts, reverse=True)
    assert why["score"] > why["most_score"]
    assert why["model"] == shipped_model().name
    assert why["vitals"]["heart_rate"]["now"] == 118.0


def test_with_the_values_that_the_counterfactual_allows_there_is_no_such_alarm() -> None:
    _, start, given = ill_until_alarm()
    allowed = start.why["counterfactual"]["vitals"]
    assert allowed
    assert start.why["counterfactual"]["enough"] == "each"
    onset_hour = (start.onset_ms - START_MS) // HOUR_MS - 1
    for name, bounds in allowed.items():
        ward = Ward()
        for hour, reading in enumerate(given):
            changed = dict(reading)
            if hour >= onset_hour and name in changed:
                low, high = bounds.get("at_least", -1e9), bounds.get("at_most", 1e9)
                changed[name] = min(max(changed[name], low), high)
            ward.reads(**changed)
        assert not ward.events()


def test_an_alarm_ends_when_the_patient_is_better_for_long() -> None:
    ward, _, _ = ill_until_alarm()
    phases = []
    for _ in range(14 * 24):
        ward.reads(**WELL)
        phases += [event.phase for event in ward.events()]
        if Phase.END in phases:
            break
    assert phases[-1] is Phase.END


def test_a_lower_rate_of_false_alarms_has_a_higher_limit() -> None:
    often, seldom = (Ward(Rules(false_alarms_a_patient_day=rate)).reads(**ILL) for rate in (0.25, 0.02))
    assert often > seldom


def test_a_model_that_does_not_know_says_nothing() -> None:
    ward = Ward(Rules(model=replace(shipped_model(), deterioration=None)))
    assert np.isnan(ward.reads(**ILL))
