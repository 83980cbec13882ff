from dataclasses import replace

import pytest

from tests.support.models import model_with_limit
from tests.support.rhythmic_wearers import wearer
from wardwatch.core.calibration import FalseAlarms
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.forking import Past, play
from wardwatch.evaluating.learned_rates import is_learned
from wardwatch.evaluating.side_by_side import monitors_of, play_side_by_side, with_rate
from wardwatch.evaluating.tapping import tap

MODEL = replace(model_with_limit(5.0), false_alarms=FalseAlarms(((4.0, 4.0), (6.0, 0.25))))
RULES = Rules(model=MODEL, false_alarms_a_patient_day=1.0).unattended()
TRACKS = [wearer(number, days=3.0, memory_s=3600.0) for number in range(2)]
RATES = (0.5, 2.0)


def starts(past: Past) -> list[list[int]]:
    return [[one.start_ms for one in episodes(its) if is_learned(one)] for its in past.events]


def test_each_rate_gives_what_a_monitor_of_its_own_gives() -> None:
    together = play_side_by_side(RULES, RATES, TRACKS, [(0, 100)], [(1, 200)], lambda _: None)
    for rate, past in zip(RATES, together.of_rates, strict=True):
        alone = play(monitors_of(with_rate(RULES, rate)), TRACKS, [(1, 200)], lambda _: None)
        assert starts(past) == starts(alone)
        assert past.states.keys() == {(1, 200)}
    as_set = play(monitors_of(RULES), TRACKS, [(0, 100)], lambda _: None)
    assert starts(together.as_set) == starts(as_set)
    assert together.as_set.states == as_set.states


def test_signals_are_those_of_the_monitor_as_it_is_set() -> None:
    together = play_side_by_side(RULES, RATES, TRACKS, [], [], lambda _: None)
    for one, other in zip(together.tapped, tap(RULES, TRACKS, lambda _: None), strict=True):
        assert one.signals.tobytes() == other.signals.tobytes()


def test_monitors_go_on_from_states_as_the_worker_does() -> None:
    monitors = monitors_of(RULES)
    assert isinstance(monitors.new(), Monitor)
    with pytest.raises(KeyError):
        monitors.restored({}).state_of("nobody")
