from tests.support.models import model_with_limit
from tests.support.rhythmic_wearers import wearer
from wardwatch.core.bank import Bank
from wardwatch.core.events import Phase
from wardwatch.core.local_time import LocalTime
from wardwatch.fitting.replays import learned_alarms, rules_of

UTC = LocalTime.utc()


def test_of_each_track_the_starts_of_learned_alarms_are_kept_and_nothing_else() -> None:
    model = model_with_limit(4.0)
    fast = wearer(0, days=3.0, memory_s=3600.0)
    fast.values[-20:, 0] = 150.0
    told = learned_alarms(
        [fast, wearer(1, days=0.5)], rules_of(model, UTC), Bank(model, UTC, 1.0), lambda _: None
    )
    assert told[0]
    assert {(event.condition, event.phase) for event in told[0]} == {("vitals.unusual", Phase.START)}
    assert told[1] == []
