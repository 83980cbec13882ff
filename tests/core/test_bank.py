"""The bank: what it learns from and what not, what it can judge, and what it keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.wards import NOW_MS, Sent, known_block, known_ward, receive, unattended_ward, usual
from wardwatch.core import patient
from wardwatch.core.bank import RELEASE_S, Bank, Guard, Judged
from wardwatch.core.baseline import LEARNING_S
from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES
from wardwatch.core.fusion import BAND_SPREADS
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import shipped_model
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import STEPS, Batch, FloatArray, Reading, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITAL_INDEX, VITALS

HEART, SPO2 = VITAL_INDEX["heart_rate"], VITAL_INDEX["oxygen_saturation"]
TEMPERATURE = VITAL_INDEX["body_temperature"]
MINUTE_MS = 60_000
# What is learned of a patient, beside what the latest hours were like.
LEARNED = (
    "usual",
    "usual_variance",
    "innovation_variance",
    "learned_s",
    "tail_share",
    "tail_excess",
    "variance_fast",
    "variance_slow",
    "variance_weights",
    "covariance",
)


class Bedside:
    """The bank and one patient, who is known, or new."""

    def __init__(self, known: str | None = "wearable") -> None:
        self.bank = Bank(shipped_model(), LocalTime.utc(), 0.05)
        self.table = PatientTable((*patient.COLUMNS, *self.bank.columns))
        if known is not None:
            self.table.load({0: known_block(known)})
        self.rows = self.table.rows([known or "new"])
        self.at_ms = NOW_MS

    def reads(
        self, *, after_ms: int = MINUTE_MS, alarming: bool = False, released: bool = False, **measured: Any
    ) -> Judged:
        """Judge a reading as `intake` would."""
        self.at_ms += after_ms
        reading = Reading(patient=self.table.patients[0], device="e4", observed_at_ms=self.at_ms, **measured)
        taken = Round.of(Batch.of([reading]), self.rows, np.arange(1))
        if taken.context[0, STEPS] > 0:
            self.table["moved_ms"][self.rows] = self.at_ms
        guard = Guard(alarming=np.array([alarming]), released=np.array([released]))
        judged = self.bank.judge(self.table, taken, guard)
        fresh = taken.told[0]
        self.table["seen_ms"][0, fresh] = self.at_ms
        return judged

    def usual(self, vital: int = HEART) -> float:
        return float(self.usual_and_spread()[0][vital])

    def usual_and_spread(self) -> tuple[FloatArray, FloatArray]:
        """As they will be at the next minute."""
        state = self.bank.state_of(self.table, self.rows)
        found = self.bank.usual_and_spread(state, np.array([self.at_ms + MINUTE_MS]))
        return found[0][:, 0], found[1][:, 0]

    def level(self, vital: int = HEART) -> float:
        """What is usual, whatever the time of day."""
        return float(self.table["usual"][0, vital])

    def learned(self) -> dict[str, list[float]]:
        return {name: self.table[name][0].tolist() for name in LEARNED}


def test_what_is_measured_at_rest_is_learned() -> None:
    bedside = Bedside()
    before = bedside.learned()
    bedside.reads(heart_rate=bedside.usual() + 4.0)
    after = bedside.learned()
    assert {"usual", "learned_s", "covariance", "variance_slow"} <= {
        name for name in LEARNED if after[name] != before[name]
    }


@pytest.mark.parametrize(
    "circumstances",
    [
        {"worn": False},
        {"signal_quality": 0.2},
        {"steps": 50.0},
        {"alarming": True},
        {"heart_rate": None},
    ],
    ids=["off the body", "poor signal", "in motion", "during an alarm", "not measured"],
)
def test_nothing_is_learned(circumstances: dict[str, Any]) -> None:
    bedside = Bedside()
    before = bedside.learned()
    for _ in range(5):
        bedside.reads(**{"heart_rate": bedside.usual() + 4.0} | circumstances)
    assert bedside.learned() == before


def test_nothing_is_learned_of_what_is_beyond_the_limit() -> None:
    """The first such reading is before any alarm."""
    bedside = Bedside()
    before = bedside.learned()
    assert bedside.reads(heart_rate=bedside.usual() + 40.0).bits[0] > 0
    assert bedside.learned() == before


def test_nothing_is_learned_until_12_minutes_after_the_last_step() -> None:
    bedside = Bedside()
    before = bedside.learned()
    bedside.reads(heart_rate=bedside.usual(), steps=50.0)
    for _ in range(12):
        bedside.reads(heart_rate=bedside.usual() + 4.0, steps=0.0)
    assert bedside.learned() == before
    bedside.reads(heart_rate=bedside.usual() + 4.0, steps=0.0)
    assert bedside.learned() != before


def test_who_is_released_learns_during_an_alarm() -> None:
    bedside = Bedside()
    before = bedside.level()
    for _ in range(60):
        bedside.reads(heart_rate=bedside.usual() + 30.0, alarming=True, released=True)
    assert bedside.level() > before


def usual_kept(monitor: Monitor) -> float:
    return float(monitor._table["usual"][0, HEART])


def unusual_hours(monitor: Monitor, first_h: float, hours: float) -> None:
    """The heart rate of a patient who is known, 30 /min above the usual, every five minutes.

    It beats a little faster every other time: a heart that never does is a stuck sensor's.
    """
    for minute in range(round(first_h * 60), round((first_h + hours) * 60), 5):
        at_ms = NOW_MS + minute * MINUTE_MS
        heart_rate = 94.0 + minute // 5 % 2
        reading = Reading(patient="heart", device="e4", observed_at_ms=at_ms, heart_rate=heart_rate)
        receive(monitor, [Sent(reading, at_ms)])


def test_a_guard_is_released_after_its_time() -> None:
    """Else it would latch; docs/evidence.md."""
    monitor = known_ward(["heart"])
    before = usual_kept(monitor)
    unusual_hours(monitor, 0.0, RELEASE_S / 3600)
    assert monitor.statuses(["heart"])[0].open_alarms == ("vitals.unusual",)
    assert usual_kept(monitor) == before
    unusual_hours(monitor, RELEASE_S / 3600, 1.0)
    assert usual_kept(monitor) > before


def test_a_reading_of_which_all_was_refused_teaches_nothing() -> None:
    monitor = unattended_ward(["heart"])
    before = monitor.state_of("heart")
    refused = Reading(patient="heart", device="e4", observed_at_ms=NOW_MS, heart_rate=0.0)
    repeated = usual("heart", NOW_MS - 5 * MINUTE_MS)
    receive(monitor, [Sent(reading, NOW_MS) for reading in (refused, repeated)])
    assert monitor.drain().readings_refused == 2
    # It shows that time has passed, and no more.
    assert monitor.state_of("heart") == before


def test_nobody_is_judged_before_a_day_was_seen() -> None:
    bedside = Bedside(known=None)
    judged = [
        bedside.reads(after_ms=2 * MINUTE_MS, heart_rate=70.0 + turn % 3)
        for turn in range(round(LEARNING_S / 120) + 30)
    ]
    bits = np.array([each.bits[0] for each in judged])
    first = int(np.flatnonzero(~np.isnan(bits))[0])
    assert first >= round(LEARNING_S / 120) - 3
    assert not np.isnan(bits[first:]).any()


@pytest.mark.parametrize("held_back", [{"worn": False}, {"signal_quality": 0.2}, {"steps": 50.0}])
def test_what_cannot_be_believed_is_not_judged(held_back: dict[str, Any]) -> None:
    bedside = Bedside()
    assert np.isnan(bedside.reads(heart_rate=150.0, **held_back).bits[0])


def test_the_more_unusual_the_more_bits() -> None:
    bits = [float(Bedside().reads(heart_rate=Bedside().usual() + above).bits[0]) for above in (5, 15, 25, 40)]
    assert bits == sorted(bits)
    assert bits[0] < 0 < bits[-1]


def test_fewer_false_alarms_take_a_higher_limit() -> None:
    often, seldom = (Bank(shipped_model(), LocalTime.utc(), rate) for rate in (1.0, 0.02))
    assert often.limit_bits < seldom.limit_bits
    assert often.most_score < seldom.most_score


def test_the_score_that_is_just_not_beyond_the_limit_is_at_the_limit() -> None:
    bank = Bank(shipped_model(), LocalTime.utc(), 0.05)
    assert bank.bits_of(np.array([bank.most_score]))[0] == pytest.approx(bank.limit_bits)


@settings(max_examples=40)
@given(st.lists(st.lists(st.floats(-0.999, 0.999), min_size=3, max_size=3), min_size=1, max_size=40))
def test_vitals_that_stay_inside_their_bands_are_never_beyond_the_limit(readings: list[list[float]]) -> None:
    bedside = Bedside()
    names = JUDGED_NAMES[:3]
    for shares in readings:
        usual_now, spread = bedside.usual_and_spread()
        values = usual_now[:3] + BAND_SPREADS * spread[:3] * np.array(shares)
        judged = bedside.reads(**dict(zip(names, values.tolist(), strict=True)))
        assert judged.fused.score[0] == 0.0
        assert not judged.bits[0] > 0


@pytest.mark.parametrize(("after_s", "stands"), [(300, True), (301, False)])
def test_a_vital_stands_in_the_score_for_its_maximum_age(after_s: int, *, stands: bool) -> None:
    bedside = Bedside()
    assert VITALS[HEART].maximum_age_s == 300
    bedside.reads(heart_rate=bedside.usual() + 40.0)
    judged = bedside.reads(after_ms=after_s * 1000, oxygen_saturation=bedside.usual(SPO2))
    assert bool(judged.fused.score[0] > 0) is stands


def test_it_is_told_for_how_long_a_vital_has_been_outside_its_band() -> None:
    bedside = Bedside()
    for _ in range(7):
        bedside.reads(heart_rate=bedside.usual() + 40.0)
    assert bedside.table["abnormal_s"][0, HEART] >= 360.0
    bedside.reads(heart_rate=bedside.usual())
    assert bedside.table["abnormal_s"][0, HEART] == 0.0


def test_a_value_is_scored_before_it_is_learned() -> None:
    bedside = Bedside()
    expected, spread = bedside.usual_and_spread()
    judged = bedside.reads(heart_rate=70.0)
    assert judged.held.usual[HEART, 0] == expected[HEART]
    assert judged.held.z[HEART, 0] == (70.0 - expected[HEART]) / spread[HEART]


def test_a_new_normal_is_what_the_vitals_are_now_and_leaves_those_never_seen() -> None:
    bedside = Bedside()
    temperature = bedside.level(TEMPERATURE)
    value = bedside.usual() + 15.0
    for _ in range(20):
        bedside.reads(heart_rate=value, alarming=True)
    bedside.bank.new_normal(bedside.table, bedside.rows)
    assert (bedside.table["learned_s"][0] <= LEARNING_S).all()
    assert abs(bedside.reads(heart_rate=value).held.z[HEART, 0]) < 0.5
    assert bedside.level(TEMPERATURE) == temperature


def test_when_an_alarm_opens_the_sums_of_evidence_begin_anew_for_that_patient_only() -> None:
    bank = Bank(shipped_model(), LocalTime.utc(), 0.05)
    table = PatientTable((*patient.COLUMNS, *bank.columns))
    rows = table.rows(["p-1", "p-2"])
    for name in "cusum_up", "cusum_down":
        table[name][rows] = 3.0
    bank.alarm_opened(table, rows[:1])
    for name in "cusum_up", "cusum_down":
        assert table[name][rows].tolist() == [[0.0] * JUDGED, [3.0] * JUDGED]


def test_all_that_the_ensemble_keeps_of_a_patient_is_a_kilobyte() -> None:
    bank = Bank(shipped_model(), LocalTime.utc(), 0.05)
    assert sum(np.dtype(column.dtype).itemsize * (column.width or 1) for column in bank.columns) <= 1000


def test_a_baseline_that_sees_a_value_a_second_follows_as_if_it_saw_one_a_minute() -> None:
    """In single precision 37 Cel has a resolution of 4e-6, and a second's weight is 2e-6: not so kept."""
    moved = []
    for every_s in (60, 1):
        bedside = Bedside("observed")
        usual_now, spread = bedside.usual_and_spread()
        before = bedside.level(TEMPERATURE)
        for _ in range(3600 // every_s):
            warm = float(usual_now[TEMPERATURE] + 0.5 * spread[TEMPERATURE])
            bedside.reads(after_ms=every_s * 1000, body_temperature=warm)
        moved.append(bedside.level(TEMPERATURE) - before)
    assert moved[0] > 0
    assert moved[1] == pytest.approx(moved[0], rel=0.2)
