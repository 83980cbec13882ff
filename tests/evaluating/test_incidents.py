import numpy as np
import pytest
from hypothesis import given

from tests.support.hourly_stays import HOUR_MS, hourly_stay, plain_incidents, stays_with_scores, within
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.incidents import Incidents, lead_times_h
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.labelled import Stay


def incidents_of(stays: list[Stay], *scores: list[float]) -> tuple[Instants, FloatArray, Incidents]:
    instants = Instants.of(stays)
    joined = instants.joined([np.array(each) for each in scores])
    return instants, joined, Incidents.of(instants, joined)


@given(stays_with_scores())
def test_for_every_threshold_it_is_what_the_definition_says(
    drawn: tuple[list[Stay], list[FloatArray]],
) -> None:
    stays, scores = drawn
    _, joined, incidents = incidents_of(stays, *(each.tolist() for each in scores))
    said = {score for score in joined.tolist() if score > -np.inf} or {-np.inf}
    assert list(incidents.thresholds) == sorted(said, reverse=True)
    for place, threshold in enumerate(incidents.thresholds.tolist()):
        caught, above = [], 0
        for number, (stay, its) in enumerate(zip(stays, scores, strict=True)):
            plain = plain_incidents(stay, its, threshold)
            true = [one for one in plain if any(within(stay, at) for at in one)]
            assert incidents.true[number, place] == len(true)
            assert incidents.false[number, place] == len(plain) - len(true)
            above += sum(map(len, plain))
            caught += [any(within(stay, at, [event]) for one in plain for at in one) for event in stay.events]
        assert incidents.caught[:, place].tolist() == caught
        assert incidents.above[place] == above


@given(stays_with_scores())
def test_lead_times_are_of_the_events_that_are_caught_and_no_longer_than_their_windows(
    drawn: tuple[list[Stay], list[FloatArray]],
) -> None:
    stays, scores = drawn
    instants, joined, incidents = incidents_of(stays, *(each.tolist() for each in scores))
    longest = (instants.event_onset_ms - instants.event_from_ms) / HOUR_MS
    for place, threshold in enumerate(incidents.thresholds.tolist()):
        lead = lead_times_h(instants, joined, threshold)
        assert (~np.isnan(lead)).tolist() == incidents.caught[:, place].tolist()
        assert (np.isnan(lead) | (lead <= longest)).all()


def test_an_incident_that_began_before_the_window_counts_from_the_windows_begin() -> None:
    stay = hourly_stay(12, event=(4, 8, 10))
    early, in_time, late = ([float(9 > hour >= begin) for hour in range(12)] for begin in (1, 5, 8))
    for scores, hours in (early, 4.0), (in_time, 3.0), (late, 0.0):
        instants, joined, _ = incidents_of([stay], scores)
        assert lead_times_h(instants, joined, 0.5) == pytest.approx([hours])


def test_an_hour_below_the_threshold_ends_an_incident() -> None:
    _, _, incidents = incidents_of([hourly_stay(6)], [1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    assert incidents.thresholds.tolist() == [1.0, 0.0]
    assert incidents.false.tolist() == [[0.0, 3.0]]


def test_of_many_scores_those_thresholds_are_tried_that_make_a_difference() -> None:
    random = np.random.default_rng(1)
    stays = [hourly_stay(100, patient=str(number)) for number in range(50)]
    _, joined, incidents = incidents_of(stays, *random.random((50, 100)).tolist())
    assert len(incidents.thresholds) < 600
    assert (np.diff(incidents.thresholds) < 0).all()
    made = incidents.false.sum(axis=0)
    rising = made[: made.argmax()]
    assert rising[0] == 0
    # In steps of 1 while there are few, and of 3 % where there are many.
    assert (np.diff(rising) <= np.maximum(2, 0.05 * rising[1:])).all()
    assert incidents.above[-1] == len(joined) - 1


def test_no_instants_make_no_incidents() -> None:
    stay = hourly_stay(0)
    _, _, incidents = incidents_of([stay, hourly_stay(2, event=(0, 1, 1))], [], [np.nan, np.nan])
    assert incidents.thresholds.tolist() == [-np.inf]
    assert not incidents.caught.any()
    assert not incidents.false.any()
