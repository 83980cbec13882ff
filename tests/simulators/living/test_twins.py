"""Digital twins: what made a recording is found in it again, and the twin lives like the recorded wearer."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from wardwatch_simulators.living import Episode, Population, fitted
from wardwatch_simulators.living.randomness import Float32s

DAY_MIN = 1440
HABITS = {"heart_rate": 1.5, "sleep_dip": 2.0, "exertion_gain": 10.0, "activity": 0.08, "restlessness": 0.25}
LEVELS = {
    "oxygen_saturation": 0.25,
    "respiratory_rate": 0.6,
    "body_temperature": 0.2,
    "systolic_pressure": 3.0,
    "diastolic_pressure": 3.0,
    "skin_temperature": 0.4,
}


def one_of(vitals: dict[str, Float32s], row: int) -> dict[str, Float32s]:
    return {name: values[row] for name, values in vitals.items()}


def test_parameters_are_found_in_what_they_made() -> None:
    population = Population(seed=11, wearers=12)
    vitals = population.minutes(0, 4 * DAY_MIN)
    found = [fitted(one_of(vitals, row)) for row in range(12)]
    for name, tolerance in (HABITS | LEVELS).items():
        errors = [fit[name] - getattr(population.people, name)[row] for row, fit in enumerate(found)]
        assert np.median(np.abs(errors)) < tolerance, name


def test_a_twin_has_the_level_of_its_original_and_can_fall_ill() -> None:
    original = one_of(Population(seed=11, wearers=1).minutes(0, 3 * DAY_MIN), 0)
    onset_s = 2 * 86_400 + 12 * 3600
    population = Population(seed=99, wearers=2, episodes=[Episode(1, "atrial_fibrillation", onset_s)])
    for row in (0, 1):
        population.make_twin(row, fitted(original))
    twins = population.minutes(0, 3 * DAY_MIN)["heart_rate"]
    assert twins[0].mean() == pytest.approx(original["heart_rate"].mean(), abs=3)
    ill = slice(onset_s // 60 + 10, onset_s // 60 + 60)
    assert twins[1, ill].mean() - twins[0, ill].mean() > 40


def test_what_is_not_in_the_recording_is_not_made_up() -> None:
    vitals = one_of(Population(seed=11, wearers=1).minutes(0, 2 * DAY_MIN), 0)
    found = fitted({"heart_rate": vitals["heart_rate"], "steps": vitals["steps"]})
    assert not {"age", "male", "oxygen_saturation", "sinus_arrhythmia"} & found.keys()


def test_gaps_are_no_trouble_and_too_little_is_refused() -> None:
    vitals = one_of(Population(seed=11, wearers=1).minutes(0, 3 * DAY_MIN), 0)
    heart = vitals["heart_rate"].copy()
    heart[500:1100] = np.nan
    whole, gapped = (fitted(vitals | {"heart_rate": values}) for values in (vitals["heart_rate"], heart))
    assert gapped["heart_rate"] == pytest.approx(whole["heart_rate"], abs=2)
    heart[DAY_MIN:] = np.nan
    with pytest.raises(ValueError, match="at least a day"):
        fitted(vitals | {"heart_rate": heart})


@pytest.mark.recordings
@pytest.mark.parametrize("wearer", ["W01", "W06", "W12"])
def test_a_twin_of_a_real_wearer_has_its_day(recordings_folder: Path, wearer: str) -> None:
    """Hour by hour the mean heart rates go together, and their levels are near."""
    vitals, first_minute = _recorded(recordings_folder / "wearable_minutes" / f"{wearer}.csv.gz")
    population = Population(seed=1, wearers=1)
    population.make_twin(0, fitted(vitals, first_minute))
    twin = population.minutes(0, 6 * DAY_MIN)
    hour = (np.arange(len(vitals["heart_rate"])) + first_minute) // 60 % 24
    real_day = np.array([np.nanmean(vitals["heart_rate"][hour == h]) for h in range(24)])
    twin_hour = np.arange(6 * DAY_MIN) // 60 % 24
    twin_day = np.array([twin["heart_rate"][0, twin_hour == h].mean() for h in range(24)])
    assert np.corrcoef(real_day, twin_day)[0, 1] > 0.6
    assert abs(real_day.mean() - twin_day.mean()) < 5


def _recorded(path: Path) -> tuple[dict[str, Float32s], int]:
    with gzip.open(path, "rt") as file:
        rows = [line.rstrip("\n").split(",") for line in file][1:]
    minutes = np.array([row[0] for row in rows], dtype="datetime64[m]").astype(np.int64)
    length = int(minutes[-1] - minutes[0]) + 1
    vitals = {}
    for column, name in ((1, "heart_rate"), (2, "steps")):
        values = np.full(length, np.nan, dtype=np.float32)
        values[minutes - minutes[0]] = [float(row[column] or "nan") for row in rows]
        vitals[name] = values
    return vitals, int(minutes[0] % DAY_MIN)
