import numpy as np

from tests.support.rhythmic_wearers import HEART_RATE, START_MS, track
from wardwatch.evaluating.simulated_labels import illnesses_of, stays_of
from wardwatch.evaluating.tracks import MINUTE_MS
from wardwatch.wire.simulated_truth import SimulatedIllness, SimulatedPhase, Truth

AT_MS = START_MS + 10_000 * np.arange(360, dtype=np.int64)
TRACKS = [track(name, {HEART_RATE: np.full(360, 70.0)}, AT_MS) for name in "ab"]


def ill(patient: str, onset_min: int) -> SimulatedIllness:
    onset_ms = START_MS + onset_min * MINUTE_MS
    return SimulatedIllness(v=1, patient=patient, course="sepsis", onset_ms=onset_ms, full_ms=onset_ms + 1)


def over(patient: str, at_min: int) -> SimulatedPhase:
    return SimulatedPhase(
        v=1, patient=patient, course="sepsis", phase="over", at_ms=START_MS + at_min * MINUTE_MS
    )


def test_an_illness_lasts_until_it_is_over_or_nobody_watches_any_more() -> None:
    truth = Truth(
        illnesses=[ill("a", 30), ill("a", 10), ill("b", 20), ill("c", 5), ill("b", 90)],
        phases=[over("a", 15)],
    )
    found = illnesses_of(truth, TRACKS)
    spans = {
        patient: [((one.onset_ms - START_MS) // MINUTE_MS, one.until_ms) for one in events]
        for patient, events in found.items()
    }
    last_ms = int(AT_MS[-1])
    assert spans == {"a": [(10, START_MS + 15 * MINUTE_MS), (30, last_ms)], "b": [(20, last_ms)]}


def test_wearers_are_asked_about_once_a_minute() -> None:
    truth = Truth(illnesses=[ill("a", 10)], phases=[over("a", 20)])
    well, sick = sorted(stays_of(TRACKS, illnesses_of(truth, TRACKS)), key=lambda stay: len(stay.events))
    assert len(sick.at_ms) == 60
    assert set(((sick.at_ms - START_MS) % MINUTE_MS).tolist()) == {50_000}
    assert sick.positive.sum() == 10
    assert not well.positive.any()
