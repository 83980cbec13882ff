import numpy as np
import pytest

from tests.support.quiet_wearers import alarm_event
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.evaluating.bumps import Bump
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.nightly import figures, of_chance, of_monitor, of_night_signal
from wardwatch.evaluating.nights import RED, YELLOW, Nights
from wardwatch.evaluating.tracks import DAY_MS

# The first night of the bump in the first track: day 10.
FROM_MS = 10 * DAY_MS
BUMP = Bump(track=0, first_day=10)


def alarm(day: float, until: float | None = None, priority: Priority = Priority.LOW) -> list[AlarmEvent]:
    named = {
        "condition": "heart_rate.nightly",
        "rule": "nightly",
        "alarm": f"night-{day}",
        "priority": priority,
    }
    events = [alarm_event(Phase.START, round(day * DAY_MS), **named)]  # type: ignore[arg-type]
    if until is not None:
        events.append(alarm_event(Phase.END, round(until * DAY_MS), **named))  # type: ignore[arg-type]
    return events


def caught(clean: list[AlarmEvent], told: list[AlarmEvent]) -> tuple[float, float]:
    ours = of_monitor([BUMP], [FROM_MS], [episodes(clean)], [told])
    return ours.caught.item(), ours.anew.item()


def test_a_bump_is_caught_by_an_alarm_that_starts_in_it() -> None:
    assert caught([], alarm(12.3)) == (1, 1)
    assert caught([], []) == (0, 0)


def test_an_alarm_that_comes_anyway_is_not_one_anew() -> None:
    assert caught(alarm(12.3, 13.3), alarm(12.3)) == (1, 0)
    assert caught(alarm(12.3, 13.3), alarm(12.3, priority=Priority.MEDIUM)) == (1, 1)
    assert caught(alarm(12.3, 13.3), alarm(14.3)) == (1, 1)


def test_an_alarm_that_was_open_counts_if_it_goes_on_after_the_first_night() -> None:
    end = alarm_event(
        Phase.END, round(10.3 * DAY_MS), condition="heart_rate.nightly", rule="nightly", alarm="night-8.3"
    )
    assert caught(alarm(8.3, 10.3), [end]) == (0, 0)
    assert caught(alarm(8.3, 10.3), []) == (1, 0)


def test_alarms_of_other_conditions_do_not_count() -> None:
    assert caught([], [alarm_event(Phase.START, 12 * DAY_MS)]) == (0, 0)


def nights(*means: int) -> Nights:
    return Nights(days=np.arange(len(means), dtype=np.int64), means=np.array(means, dtype=np.int64))


STEADY, RESTLESS = nights(*[60] * 20), nights(*[60] * 12, 64, 64, *[60] * 6)


def test_night_signal_catches_four_more_on_steady_nights() -> None:
    for level in (YELLOW, RED):
        null = of_night_signal([STEADY, RESTLESS], [BUMP, Bump(track=1, first_day=10)], level, "NightSignal")
        assert null.caught.tolist() == [1, 1]
        assert null.anew.tolist() == [1, 1]
        assert null.episodes.tolist() == [0, 1]


def test_chance_alerts_as_often_as_the_method_that_it_is_held_against() -> None:
    like = of_night_signal([STEADY, RESTLESS], [BUMP], YELLOW, "NightSignal")
    chance = of_chance([STEADY, RESTLESS], [BUMP], like)
    assert chance.episodes.sum() == pytest.approx(1.0)
    assert chance.caught.item() == pytest.approx(1 - (1 - 1 / 40) ** 7)


def test_figures_are_those_of_all_methods_with_intervals() -> None:
    bumps = [BUMP, Bump(track=1, first_day=10)]
    ours = of_monitor(bumps, [FROM_MS, FROM_MS], [[], episodes(alarm(13.3))], [alarm(11.3), []])
    told = figures([STEADY, RESTLESS], bumps, 2, ours, Draws.of(2, 100, seed=1))
    assert (told["asked"], told["bumps"], told["nights"]) == (2, 2, 40)
    assert [row["method"] for row in told["rows"]] == [
        "wardwatch",
        "random",
        "NightSignal",
        "NightSignal (red)",
    ]
    [first, *_] = told["rows"]
    assert (first["sensitivity"], first["sensitivity_anew"], first["episodes_in_100_nights"]) == (
        0.5,
        0.5,
        2.5,
    )
    assert first["intervals"]["sensitivity"] == (0.0, 1.0)
