"""The reasons of learned alarms: parts that sum to the score, and values with which there was no alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from tests.support.wards import NOW_MS, Sent, known_ward, told, usual, ward_logs
from wardwatch.core import patient
from wardwatch.core.bank import Bank
from wardwatch.core.conditions import CONDITIONS, UNUSUAL
from wardwatch.core.detectors.night_level import RAISED_RATE
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.explain_learned import nightly
from wardwatch.core.fusion import BAND_SPREADS
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import shipped_model
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITALS

UNITS = {vital.name: vital.unit for vital in VITALS}
UNUSUAL_NAME = CONDITIONS[UNUSUAL].name


def fast_minutes(above: float = 30.0, count: int = 30, patient: str = "wearable") -> list[Sent]:
    """Minutes of a known patient with a heart rate so far above the usual."""
    log = []
    for minute in range(count):
        reading = usual(patient, NOW_MS + minute * 60_000)
        assert reading.heart_rate is not None
        log.append(Sent(replace(reading, heart_rate=reading.heart_rate + above), reading.observed_at_ms))
    return log


def learned(events: list[AlarmEvent]) -> list[AlarmEvent]:
    return [event for event in events if event.condition == UNUSUAL_NAME]


def start(log: list[Sent], patient: str = "wearable") -> AlarmEvent:
    event = learned(told(known_ward([patient]), log))[0]
    assert event.phase is Phase.START
    return event


def within(value: float | None, bounds: Mapping[str, float]) -> float | None:
    return None if value is None else min(max(value, bounds["at_least"]), bounds["at_most"])


def test_the_text_names_the_vital_that_is_unusual_with_its_usual_and_band() -> None:
    event = start(fast_minutes())
    heart = event.why["vitals"]["heart_rate"]
    half_band = (heart["band"][1] - heart["band"][0]) / 2
    assert event.text == f"HR {heart['now']:.0f}, usual {heart['usual']:.0f} ± {half_band:.0f}"


def test_every_vital_that_stands_is_told_with_all_that_it_went_by() -> None:
    why = start(fast_minutes()).why
    assert next(iter(why["vitals"])) == "heart_rate"
    assert set(why["vitals"]) == {"heart_rate", "oxygen_saturation", "respiratory_rate"}
    for name, vital in why["vitals"].items():
        assert vital["unit"] == UNITS[name]
        assert vital["band"] == pytest.approx(
            [vital["usual"] + side * (vital["now"] - vital["usual"]) / vital["z"] for side in (-2, 2)],
            abs=0.05,
        )
        assert vital["direction"] == ("above" if vital["now"] > vital["usual"] else "below")
        assert set(vital["slope_per_h"]) == {"1 h", "4 h"}
    heart = why["vitals"]["heart_rate"]
    assert heart["now"] == pytest.approx(94.0, abs=3.0)
    assert heart["usual"] == pytest.approx(64.0, abs=3.0)
    assert heart["minutes_abnormal"] == pytest.approx(why["lasted_s"] / 60, abs=6.0)
    assert heart["slope_per_h"]["1 h"] > 1.0
    assert why["signal_quality"] == pytest.approx(0.9)


def test_the_score_is_beyond_the_limit_and_its_bits_say_by_how_much() -> None:
    why = start(fast_minutes()).why
    assert why["score"] > why["most_score"]
    assert why["bits"] > why["most_bits"]
    assert why["model"]
    assert why["gain"] >= 0.0
    assert (why["confirmed_by"] is None) == (why["gain"] == 0.0)


@settings(max_examples=25)
@given(ward_logs())
def test_the_parts_sum_to_the_score_of_every_event(log: list[Sent]) -> None:
    for event in learned(told(known_ward(), log)):
        vitals = event.why["vitals"].values()
        assert abs(sum(vital["contribution"] for vital in vitals) - event.why["score"]) < 1e-9
        for vital in vitals:
            if abs(vital["z"]) <= BAND_SPREADS:
                assert vital["contribution"] == 0.0


def calmed(log: list[Sent], event: AlarmEvent, bounds: Mapping[str, Mapping[str, float]]) -> list[Sent]:
    """The log with these vitals of the alarm's patient within their bounds from its onset on."""
    found = []
    for sent in log:
        if sent.reading.patient == event.patient and sent.reading.observed_at_ms >= event.onset_ms:
            changes: dict[str, Any] = {
                name: within(getattr(sent.reading, name), bound) for name, bound in bounds.items()
            }
            found.append(replace(sent, reading=replace(sent.reading, **changes)))
        else:
            found.append(sent)
    return found


@pytest.mark.parametrize("above", [20.0, 30.0, -22.0])
def test_with_a_value_that_the_counterfactual_allows_there_is_no_alarm(above: float) -> None:
    log = fast_minutes(above)
    event = start(log)
    counterfactual = event.why["counterfactual"]
    assert counterfactual["enough"] == "each"
    assert set(counterfactual["vitals"]) == {"heart_rate"}
    low, high = (counterfactual["vitals"]["heart_rate"][bound] for bound in ("at_least", "at_most"))
    assert low < 64.0 < high
    assert learned(told(known_ward(), calmed(log, event, counterfactual["vitals"]))) == []


def test_two_vitals_neither_of_which_was_needed_must_both_be_as_usual() -> None:
    log = [
        replace(sent, reading=replace(sent.reading, respiratory_rate=30.0))
        for sent in fast_minutes(above=40.0)
    ]
    event = start(log)
    counterfactual = event.why["counterfactual"]
    assert counterfactual["enough"] == "all"
    assert {"heart_rate", "respiratory_rate"} <= set(counterfactual["vitals"])
    assert learned(told(known_ward(), calmed(log, event, counterfactual["vitals"]))) == []


def test_had_it_lasted_less_there_would_be_no_alarm() -> None:
    log = fast_minutes()
    event = start(log)
    lasted_ms = round(event.why["counterfactual"]["lasted_less_than_s"] * 1000)
    well_ms = event.onset_ms + lasted_ms - 1000
    short = [sent for sent in log if sent.arrived_at_ms < well_ms]
    short += [Sent(usual("wearable", at_ms), at_ms) for at_ms in range(well_ms, well_ms + 1_800_000, 60_000)]
    assert learned(told(known_ward(["wearable"]), short)) == []
    longer = [sent for sent in log if sent.arrived_at_ms <= event.onset_ms + lasted_ms]
    assert len(learned(told(known_ward(["wearable"]), longer))) == 1


def nightly_alarm() -> AlarmEvent:
    log = []
    for minute in range(0, 60, 5):
        at_ms = NOW_MS + minute * 60_000
        log.append(Sent(usual("feverish", at_ms), at_ms))
    [event] = [event for event in told(known_ward(["feverish"]), log) if event.why["rule"] == "nightly"]
    return event


def test_a_nightly_alarm_gives_both_nights_and_what_is_usual() -> None:
    event = nightly_alarm()
    assert event.condition == "heart_rate.nightly"
    assert event.text == f"Resting HR at night {event.why['value']:g}, usual {event.why['usual']:g}"
    for night in event.why, event.why["night_before"]:
        assert night["value"] == night["usual"] + 5
    assert event.why["nights"] == 5
    assert (event.why["vital"], event.why["unit"]) == ("heart_rate", "/min")


def test_the_counterfactual_allows_a_night_what_is_just_not_raised() -> None:
    event = nightly_alarm()
    most = event.why["counterfactual"]["nightly_level"]["at_most"]
    assert most == event.why["usual"] + RAISED_RATE


def test_of_an_alarm_that_a_former_version_began_there_are_no_figures() -> None:
    bank = Bank(shipped_model(), LocalTime.utc(), 0.05)
    table = PatientTable((*patient.COLUMNS, *bank.columns))
    text, reasons = nightly(table, bank, int(table.rows(["p-1"])[0]))
    assert text == "Resting HR at night"
    assert reasons == {"vital": "heart_rate", "unit": "/min"}
