"""What alarms say of themselves is put to the test, and what is not true is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from tests.support.logs import START_MS, at_1_hz, every
from tests.support.quiet_wearers import NeverAlarms
from tests.support.strange_wearers import strange_wearer
from wardwatch.core.local_time import LocalTime
from wardwatch.core.monitor import Monitor, Outcome, Rules
from wardwatch.core.reading import Reading
from wardwatch.evaluating.explanations import evaluate
from wardwatch.evaluating.forking import Monitors
from wardwatch.evaluating.tracks import DAY_MS, MINUTE_MS, tracks_of
from wardwatch.wire.recordings.recording import Stream

Why = dict[str, Any]
# One alarm of a limit, after some minutes in which nothing happens; it rises.
RISING = at_1_hz([80.0] * 200 + [135.0] * 400 + [170.0] * 60)


def figures_of(
    readings: Iterable[Reading], *, monitors: Monitors | None = None, rules: Rules | None = None
) -> Any:
    rules = (rules or Rules()).unattended()
    truthful = Monitors(new=partial(Monitor, rules), restored=partial(Monitor.restore, rules=rules))
    tracks = tracks_of([Stream(iter(readings))], lambda: None)
    return evaluate(tracks, monitors or truthful, rules.local_time, lambda _: None)


def test_a_start_and_an_update_of_a_limit_are_each_held_against_a_replay() -> None:
    figures = figures_of(RISING)
    assert figures["rules"]["limit"] == {
        "starts": 1,
        "updates": 1,
        "agreeing": 2,
        "durations": 2,
        "durations_upheld": 2,
        "values": 2,
        "values_upheld": 2,
    }
    assert figures["rules"]["all"] == figures["rules"]["limit"]
    assert figures["untrue"] == []


def test_every_alarm_about_several_vitals_is_explained_and_its_explanation_true() -> None:
    """Vitals come at intervals of their own, stand from before the onset, and one alone may not do."""
    wearers = (strange_wearer(f"p-{seed}", seed=seed) for seed in range(8))
    figures = figures_of(
        (reading for wearer in wearers for reading in wearer), rules=Rules(false_alarms_a_patient_day=1.0)
    )
    learned = figures["rules"]["learned"]
    assert figures["untrue"] == []
    assert learned["starts"] > 20
    assert learned["values"] == learned["values_upheld"] >= learned["starts"] + learned["updates"]


def test_a_fall_is_held_against_a_lighter_impact() -> None:
    still, fell = [0.01] * 100, [0.7, 0.9, 0.2]
    figures = figures_of(every(1, [*still, *fell, *still], "activity"))
    assert figures["untrue"] == []
    found = figures["rules"]["fall"]
    assert (found["starts"], found["values_upheld"], found["durations_upheld"]) == (1, 1, 1)


def crisis() -> list[Reading]:
    """A heart rate that leaps, and so is doubted, while four parameters score that soon don't any more."""
    usual: Why = {"respiratory_rate": 20.0, "systolic_pressure": 120.0, "consciousness": "A"}
    bad: Why = {"respiratory_rate": 30.0, "systolic_pressure": 85.0, "consciousness": "V"}
    late = usual | {"heart_rate": 132.0, "body_temperature": 39.5, "oxygen_saturation": 98.0}
    told = {
        -60: usual | {"heart_rate": 75.0},
        0: bad | {"heart_rate": 132.0, "oxygen_saturation": 85.0},
        60: late,
        120: late,
        350: late,
    }
    return [
        Reading(patient="p", device="d", observed_at_ms=START_MS + at_s * 1000, on_oxygen=True, **measured)
        for at_s, measured in told.items()
    ]


def test_what_scored_before_the_alarm_and_not_at_its_start_is_named_too() -> None:
    figures = figures_of(crisis())
    assert figures["rules"]["news2"]["starts"] == 1
    assert figures["untrue"] == []


def nights(means: Iterable[int | None], local_time: LocalTime) -> Iterator[Reading]:
    """Days of 75 /min, nights of these on the ward's clock; in those that are missing nothing is measured."""
    offset_ms = int(local_time.offset_ms[0])
    for day, mean in enumerate(means):
        for minute in range(0, 24 * 60, 10):
            heart_rate = mean if minute < 7 * 60 else 75
            if heart_rate is not None:
                at_ms = START_MS // DAY_MS * DAY_MS + day * DAY_MS + minute * MINUTE_MS - offset_ms
                yield Reading(
                    patient="p", device="d", observed_at_ms=at_ms, heart_rate=float(heart_rate), steps=0.0
                )


@pytest.mark.parametrize(
    "means",
    [
        [*[60] * 11, 64, 65, 60],
        [*[60] * 4, *[None] * 7, 62, 72, 60],
        [*[56, 60, 66, None] * 5, *[60] * 7, 75, None, 99, 70],
    ],
)
@pytest.mark.parametrize("hours", [0, 9])
def test_a_nights_mean_is_held_against_that_night_on_the_wards_clock(
    means: list[int | None], hours: int
) -> None:
    local_time = LocalTime(from_ms=np.zeros(1, dtype=np.int64), offset_ms=np.array([hours * 3_600_000]))
    figures = figures_of(nights(means, local_time), rules=Rules(local_time=local_time))
    assert figures["rules"]["nightly"]["starts"] > 0
    assert figures["untrue"] == []


class Liar(Monitor):
    """Says other things of its alarms than are true."""

    lie: Callable[[Why], object]

    def drain(self) -> Outcome:
        outcome = super().drain()
        for place, event in enumerate(outcome.events):
            why = deepcopy(dict(event.why))
            if event.phase != "end":
                type(self).lie(why)
            outcome.events[place] = replace(event, why=why)
        return outcome


def liar(lie: Callable[[Why], object]) -> Monitors:
    return Monitors(new=type("Telling", (Liar,), {"lie": staticmethod(lie)}), restored=Monitor.restore)


@pytest.mark.parametrize(
    ("lie", "found"),
    [
        (lambda why: why.update(value=129.0), "agreeing"),
        (lambda why: why["counterfactual"].update(lasted_less_than_s=900.0), "durations_upheld"),
        (lambda why: why["counterfactual"].update(lasted_less_than_s=1.0), "durations_upheld"),
        (lambda why: why["counterfactual"]["vitals"]["heart_rate"].update(at_most=175), "values_upheld"),
        (
            lambda why: why["counterfactual"].update(vitals={"skin_temperature": {"at_most": 9}}),
            "values_upheld",
        ),
    ],
)
def test_a_lie_is_found_for_what_it_is_and_listed(lie: Callable[[Why], object], found: str) -> None:
    figures = figures_of(RISING, monitors=liar(lie))
    its = figures["rules"]["limit"]
    assert its[found] == 0
    assert {name for name in ("agreeing", "durations_upheld", "values_upheld") if its[name] == 2} == {
        "agreeing",
        "durations_upheld",
        "values_upheld",
    } - {found}
    assert [one["phase"] for one in figures["untrue"]] == ["start", "update"]
    assert figures["untrue"][0]["condition"] == "heart_rate.high"


def test_a_replay_in_which_nothing_ever_alarms_proves_nothing() -> None:
    figures = figures_of(RISING, monitors=Monitors(new=Monitor, restored=NeverAlarms.restored))
    assert figures["rules"]["limit"]["durations_upheld"] == 0


def test_what_cannot_be_checked_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="moon"):
        figures_of(RISING, monitors=liar(lambda why: why["counterfactual"].update(moon="full")))


def test_without_alarms_there_is_nothing_to_explain() -> None:
    figures = figures_of(at_1_hz([80.0] * 50))
    assert figures["rules"]["all"]["starts"] == 0
    assert [*figures["rules"]] == ["all"]
