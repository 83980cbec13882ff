import numpy as np
import pytest

from tests.support.rhythmic_wearers import HEART_RATE, START_MS, track
from wardwatch.core.monitor import Rules
from wardwatch.evaluating import nulls
from wardwatch.evaluating.as_set import Placed
from wardwatch.evaluating.at_rates import of_chance, of_settings, of_thresholds, rows_and_curves, tap_events
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.injection import Injection, Kind
from wardwatch.evaluating.tapping import tap
from wardwatch.evaluating.tracks import DAY_MS, MINUTE_MS, Track

RULES = Rules().unattended()
DRAWS = Draws.of(2, 100, seed=1)
HOUR_MS = 60 * MINUTE_MS


def event(number: int, hour: int, kind: Kind = Kind.BRADYCARDIA) -> Injection:
    onset_ms = START_MS + hour * HOUR_MS
    return Injection(kind=kind, track=number, onset_ms=onset_ms, end_ms=onset_ms + 30 * MINUTE_MS, seed=1)


def wearer(name: str, *fast_hours: int) -> Track:
    """Four days, a reading a minute; in some hours the heart beats at 150 /min for 10 minutes."""
    at_ms = START_MS + MINUTE_MS * np.arange(4 * 1440, dtype=np.int64)
    rates = np.full(len(at_ms), 70.0)
    for hour in fast_hours:
        rates[60 * hour : 60 * hour + 10] = 150.0
    return track(name, {HEART_RATE: rates}, at_ms)


def test_settings_are_put_in_order_of_their_alarms_behind_one_that_makes_none() -> None:
    days = [10.0, 10.0]
    of = of_settings(days, [[4, 0], [1, 0]], [[True, True, False], [True, False, False]], [0, 0, 1])
    row = of.row("x", DRAWS)
    assert row.sensitivity == {
        "0.029": 0.0, "0.1": pytest.approx(1 / 3), "0.25": pytest.approx(2 / 3),
        "0.5": pytest.approx(2 / 3), "1": pytest.approx(2 / 3), "2": pytest.approx(2 / 3),
    }  # fmt: skip
    assert (row.false_alarms["0.029"], row.false_alarms["0.1"], row.false_alarms["2"]) == (0.0, 0.05, 0.2)
    assert of.curve(DRAWS) == [(0.0, 0.0), (0.05, pytest.approx(1 / 3)), (0.2, pytest.approx(2 / 3))]


def test_more_alarms_that_catch_less_are_no_better_setting() -> None:
    row = of_settings([10.0, 10.0], [[1, 0], [4, 0]], [[True], [False]], [0]).row("x", DRAWS)
    assert row.sensitivity["2"] == 1.0
    assert row.false_alarms["2"] == 0.05


def test_without_events_nothing_is_defined() -> None:
    row = of_settings([10.0, 10.0], [[1, 0]], [[]], []).row("x", DRAWS)
    assert set(row.sensitivity.values()) == {None}


def test_chance_falls_into_an_event_as_often_as_it_is_long() -> None:
    row = of_chance([10.0, 10.0], [event(0, 5), event(1, 7)]).row("random", DRAWS)
    assert row.sensitivity["2"] == pytest.approx(1 - np.exp(-2 * 30 / 1440))
    assert row.false_alarms == pytest.approx(
        {"0.029": 0.029, "0.1": 0.1, "0.25": 0.25, "0.5": 0.5, "1": 1.0, "2": 2.0}
    )


def test_a_threshold_catches_what_it_would_not_have_told_of_anyway() -> None:
    tracks = [wearer("a", 20, 40, 60), wearer("b")]
    # The third begins within the hour after an alarm that comes without it.
    placed = Placed.of(tracks, [event(0, 10), event(1, 10), event(0, 40)])
    tapped = tap(RULES, tracks, lambda _: None)
    within = tap_events(RULES, tracks, placed, lambda _: None)
    of = of_thresholds(tapped, within, placed, nulls.static_limits)
    assert of.days.sum() == pytest.approx(8, abs=0.01)
    row = of.row("static limits", DRAWS)
    # Slow hearts are not as far out as the fast ones are: what catches them tells of those, too.
    assert row.sensitivity["0.029"] == 0.0
    assert row.sensitivity["0.5"] == pytest.approx(2 / 3)
    assert row.false_alarms["0.5"] == pytest.approx(3 / 8, abs=0.01)


def test_rows_and_curves_are_those_of_the_methods() -> None:
    rows, curves = rows_and_curves({"random": of_chance([1.0, 1.0], [event(0, 5)])}, DRAWS)
    assert [row.method for row in rows] == [*curves] == ["random"]
    assert DAY_MS == 24 * HOUR_MS
