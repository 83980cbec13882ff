import numpy as np

from tests.support.quiet_wearers import alarm_event
from tests.support.rhythmic_wearers import HEART_RATE, START_MS, track
from wardwatch.core.events import Phase
from wardwatch.core.monitor import Rules
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.stress import AFTER_STRESS_MS, figures, stressed
from wardwatch.evaluating.tapping import tap

START_S = START_MS // 1000
SECONDS = START_S + np.arange(600, 1200, dtype=np.int64)


def test_stress_goes_on_for_a_while() -> None:
    after_ms = 1000 * int(SECONDS[-1]) + AFTER_STRESS_MS
    at_ms = np.array([START_MS, 1000 * int(SECONDS[0]) - 1, 1000 * int(SECONDS[0]), after_ms, after_ms + 1])
    assert stressed(at_ms, SECONDS).tolist() == [False, False, True, True, False]
    assert not stressed(at_ms, np.zeros(0, dtype=np.int64)).any()


def test_alarms_in_stress_are_told_from_others() -> None:
    at_ms = START_MS + 1000 * np.arange(3600, dtype=np.int64)
    rates = np.full(3600, 70.0)
    rates[700:710] = 140.0
    tapped = tap(Rules().unattended(), [track("S02", {HEART_RATE: rates}, at_ms)], lambda _: None)
    starts = [alarm_event(Phase.START, START_MS + 1000 * second) for second in (100, 900)]
    told = figures(tapped, [episodes(starts)], {0: SECONDS})
    assert told["wearers"] == 1
    assert round(told["hours"]["stress"] * 3600) == 600 + 300
    assert told["conditions"] == {"heart_rate.high": 1}
    counts = {row["method"]: (row["in_stress"], row["else"]) for row in told["rows"]}
    assert counts == {"wardwatch": (1, 1), "static limits": (1, 0), "NEWS2": (0, 0)}
