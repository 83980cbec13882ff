"""Whatever the roster says meanwhile, the same log gives the same events and state."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.logs import START_MS, logs
from tests.support.records import own_limits
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.roster import RosterEntry

entries = st.builds(
    RosterEntry,
    patient=st.sampled_from(["p-0", "p-1"]),
    ward=st.sampled_from(["4B", "ICU"]),
    bed=st.just("1"),
    limits=own_limits(),
    news2_scale_2=st.booleans(),
    on_oxygen=st.sampled_from([None, False, True]),
    discharged=st.integers(0, 9).map(lambda drawn: drawn == 0),
    at_ms=st.integers(0, 2000).map(lambda at_s: START_MS + at_s * 1000),
)


OWN_WARD = Rules(ward_limits={"ICU": {"heart_rate": {"low": 50, "high": 120}}})


def outcome(
    happenings: Sequence[Reading | RosterEntry], ticks_s: Sequence[int], *, restarts: bool
) -> tuple[list[AlarmEvent], list[bytes]]:
    monitor, events = Monitor(OWN_WARD), []
    for each in happenings:
        for tick_s in ticks_s:
            if START_MS + tick_s * 1000 < instant(each):
                monitor.tick(START_MS + tick_s * 1000)
        events += monitor.drain().events
        if restarts:
            monitor = Monitor.restore(dict(monitor.snapshot(only_changed=False)), OWN_WARD)
        if isinstance(each, Reading):
            monitor.receive(Batch.of([each]))
        else:
            monitor.admit([each])
        events += monitor.drain().events
    monitor.tick(max(map(instant, happenings)))
    events += monitor.drain().events
    known = sorted({each.patient for each in happenings})
    states = [monitor.state_of(name) for name in known if monitor.block_of(name) is not None]
    return sorted(events, key=lambda event: (event.patient, event.sequence)), states


def instant(happening: Reading | RosterEntry) -> int:
    """When it arrived."""
    at_ms = happening.observed_at_ms if isinstance(happening, Reading) else happening.at_ms
    assert at_ms is not None
    return at_ms


@settings(max_examples=25)
@given(
    logs(patients=2, longest=60), st.lists(entries, max_size=5), st.lists(st.integers(0, 20_000), max_size=3)
)
def test_ticks_and_restarts_change_neither_events_nor_state(
    log: list[Reading], lines: list[RosterEntry], ticks_s: list[int]
) -> None:
    """Whatever the roster says meanwhile."""
    happenings: list[Reading | RosterEntry] = [*log, *lines]
    happenings.sort(key=instant)
    assert outcome(happenings, ticks_s, restarts=True) == outcome(happenings, [], restarts=False)
