"""How like real wearers the simulated ones are, measured on recordings.

    python -m benchmarks.realism --recordings ../shared/data --json

Every figure stands twice, for the recordings and for the simulation: percentiles of the heart rate, its
autocorrelation, how much minutes and seconds differ, walking, what exertion does, the profile of the day, and
how vitals go together. Then classifiers told only an hour of minutes are asked which is which.

The simulation's parameters were chosen on these same recordings (simulators/wardwatch_simulators/living), of
which wearable_minutes has eight wearers: the figures say how well they are met, not how well they would fit
others.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import realism_classifier as classifier
from benchmarks import realism_measures as measures
from benchmarks import realism_recordings as recordings
from benchmarks.realism_recordings import HOUR_MIN, FloatArray, Minutes

WEARERS, DAYS, STAYS = 32, 6, 600
LEARNERS = ("logistic_regression", "boosted_trees")
_HOURS_A_REAL_WEARER, _HOURS_A_SIMULATED_WEARER = 240, 60

NOT_REALISTIC = (
    "Parameters come from eight healthy wearers, 26 people in one session each and intensive-care stays; "
    "nobody simulated is measured to be like an older patient on a ward.",
    "Within intensive-care stays a degree goes with 4 /min of heart rate, under sedation and drugs; the "
    "simulation takes the textbook's 10, and a regression finds more, for sepsis and the clock add to it.",
    "Saturation and pressures of patients vary several times as much within a day as the simulated ones.",
    "Noise is made of the same few scales in everyone; real wearers differ in its shape, too.",
    "In a simulated hour without steps the heart rate drifts more than in a real one, and after walks it "
    "falls more slowly.",
    "There are no ectopic beats, no apnoeas of sleep, no posture, no meals, no stress, no menstrual cycle, "
    "no weekends and no naps; drugs act only where a course says so.",
    "Pressures, saturation and respiration of the healthy at 1 Hz are not measured in any recording here: "
    "their noise is wardwatch's own choice.",
    "Courses are plausible, not fitted: no recording here has their onset at a known second.",
)


def compared(real: list[Minutes], simulated: list[Minutes]) -> dict[str, Any]:
    """Each measure of minutes, for both."""
    by_name = {
        "heart_rate_percentiles": measures.heart_rate_percentiles,
        "autocorrelation": measures.autocorrelation,
        "differences_asleep": measures.differences_asleep,
        "differences_awake": measures.differences_awake,
        "walking": measures.walking,
        "exertion": measures.exertion,
        "day_profile": measures.day_profile,
        "step_profile": measures.step_profile,
    }
    figures: dict[str, Any] = {
        name: {
            "real": measures.over_wearers(real, measure),
            "simulated": measures.over_wearers(simulated, measure),
        }
        for name, measure in by_name.items()
    }
    for name in ("day_profile", "step_profile"):
        both = [figures[name][which]["median"] for which in ("real", "simulated")]
        figures[name]["correlation"] = round(float(np.corrcoef(both)[0, 1]), 3)
    return figures


def hours_to_judge(
    real: list[Minutes], simulated: list[Minutes], seed: int
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Whole hours of each wearer; the simulated ones of the same hours of the day as the real ones."""
    rng = np.random.default_rng(seed)
    taken, hours_of_day = [], np.zeros(24)
    for wearer in real:
        hours, whole = _whole_hours(wearer)
        chosen = rng.permutation(whole)[:_HOURS_A_REAL_WEARER]
        taken.append(hours[chosen])
        hours_of_day += np.bincount(chosen % 24, minlength=24)
    made = []
    for wearer in simulated:
        hours, whole = _whole_hours(wearer)
        chance = hours_of_day[whole % 24]
        count = min(_HOURS_A_SIMULATED_WEARER, int((chance > 0).sum()))
        made.append(hours[rng.choice(whole, count, replace=False, p=chance / chance.sum())])
    return taken, made


def _whole_hours(wearer: Minutes) -> tuple[FloatArray, Any]:
    hours = wearer.heart_rate.reshape(-1, HOUR_MIN)
    return hours, np.flatnonzero(np.isfinite(hours).all(axis=1))


def told_apart(
    real: list[Minutes], simulated: list[Minutes], seed: int, learners: tuple[str, ...] = LEARNERS
) -> dict[str, Any]:
    """The areas under the ROC curve; 0.5 is "not at all"."""
    hours = hours_to_judge(real, simulated, seed)
    figures: dict[str, Any] = {
        "real_hours": sum(map(len, hours[0])),
        "simulated_hours": sum(map(len, hours[1])),
    }
    for name in learners:
        area, by_wearer = classifier.told_apart(*hours, getattr(classifier, name))
        figures[name] = {"auc": round(area, 3), "auc_by_real_wearer_left_out": by_wearer}
    return figures


def _run(folder: Path, seed: int) -> dict[str, Any]:
    _say("Reading minutes …")
    real = recordings.real_minutes(folder)
    _say("Simulating …")
    simulated = recordings.simulated_minutes(seed, WEARERS, DAYS)
    figures: dict[str, Any] = {"seed": seed, "real_wearers": len(real), "simulated_wearers": WEARERS}
    figures |= compared(real, simulated)
    _say("Telling them apart …")
    figures["told_apart"] = told_apart(real, simulated, seed)
    _say("Seconds and stays …")
    seconds = recordings.real_seconds(folder)
    made_seconds = recordings.simulated_seconds(seed, len(seconds["heart_rate"]))
    figures["seconds"] = {
        name: {
            "real": measures.quick_differences(seconds[name]),
            "simulated": measures.quick_differences(made_seconds[name]),
        }
        for name in seconds
    }
    figures["within_stays"] = {
        "real": measures.within_stays(recordings.real_stays(folder)),
        "simulated": measures.within_stays(recordings.simulated_stays(seed, STAYS)),
    }
    return figures | {"not_realistic": NOT_REALISTIC}


def _show(figures: dict[str, Any], indent: str = "") -> None:
    for name, figure in figures.items():
        if isinstance(figure, dict):
            print(f"{indent}{name}")
            _show(figure, indent + "  ")
        elif isinstance(figure, tuple):
            print(f"{indent}{name}", *figure, sep=f"\n{indent}  - ")
        else:
            print(f"{indent}{name:12} {figure}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    usual = Path(os.environ.get("WARDWATCH_TEST_RECORDINGS", beside))
    parser = argparse.ArgumentParser(description="How like real wearers the simulated ones are.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--recordings", type=Path, default=usual, help="the folder of real recordings")
    parser.add_argument("--seed", type=int, default=7, help="of the simulation")
    arguments = parser.parse_args()
    if not arguments.recordings.is_dir():
        parser.error(f"There is no folder {arguments.recordings}; name that of the recordings.")
    figures = _run(arguments.recordings, arguments.seed)
    if arguments.json:
        print(json.dumps(figures))
    else:
        _show(figures)


if __name__ == "__main__":
    main()
