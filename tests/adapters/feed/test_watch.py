"""Silence becomes an alarm, within its stated time, and only silence does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pulses import pulse_of
from wardwatch.adapters.feed.watch import DRIFTING, LATE, NOBODY, STALLED, MonitoringWatch, Now, WatchLimits
from wardwatch.core.calibration_watch import Drift
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.wire.alarms import decode_alarm, encode_alarm

SILENT_S, BEHIND_S = 20.0, 30.0
START_MS = 1_795_288_033_250


class Watched:
    """A watch and a clock of seconds, which looks every half of one."""

    def __init__(self, partitions: int = 2) -> None:
        self.told: list[AlarmEvent] = []
        self.watch = MonitoringWatch(self.told.append, WatchLimits(silent_s=SILENT_S, behind_s=BEHIND_S))
        self.partitions = range(partitions)
        self.watch.expect(self.partitions)
        self.now_s = 1000.0

    def look_for(self, seconds: float) -> None:
        """Time passes, and nothing is heard."""
        for _ in range(round(2 * seconds)):
            self.now_s += 0.5
            self.watch.look(self.now)

    def hear_for(self, seconds: int, *partitions: int, behind_s: float | None = 0) -> None:
        """Time passes, and each of these partitions gives its pulse every second."""
        for _ in range(seconds):
            self.look_for(1)
            for number in partitions:
                self.hear(number, behind_s=behind_s)

    def hear(self, number: int, *, behind_s: float | None = 0, age_s: float = 0) -> None:
        behind_ms = None if behind_s is None else round(1000 * behind_s)
        self.watch.hear(pulse_of(number, behind_ms=behind_ms), self.now_s - age_s)

    @property
    def now(self) -> Now:
        return Now(self.now_s, START_MS + round(1000 * self.now_s))

    def news(self) -> list[tuple[str, str, str]]:
        """What has been announced since the last call."""
        told, self.told[:] = [(each.condition, each.phase.value, each.source) for each in self.told], []
        return told


def test_while_every_partition_gives_its_pulse_nothing_is_told() -> None:
    ward = Watched()
    ward.hear_for(100, 0, 1)
    assert ward.news() == []


def test_a_partition_that_falls_silent_is_stalled_after_the_stated_time_and_not_before() -> None:
    ward = Watched()
    ward.hear_for(10, 0, 1)
    ward.hear_for(20, 0)
    assert ward.news() == []
    ward.look_for(0.5)
    assert ward.news() == [(STALLED, "start", "partition 1")]
    ward.hear_for(60, 0)
    assert ward.news() == [], "it is told once"
    ward.hear_for(1, 0, 1)
    ward.look_for(0.5)
    assert ward.news() == [(STALLED, "end", "partition 1")]


def test_an_alarm_says_what_is_wrong_since_when_and_that_it_is_nobodys() -> None:
    ward = Watched()
    ward.hear_for(10, 0, 1)
    heard_ms = ward.now.ms
    ward.hear_for(21, 0)
    (event,) = ward.told
    assert (event.patient, event.ward, event.kind) == (NOBODY, NOBODY, "technical")
    assert (event.priority, event.phase, event.state) == (Priority.HIGH, Phase.START, "active")
    assert event.text == "Monitoring stalled: no sign of partition 1 for 20 s"
    assert (event.onset_ms, event.observed_at_ms) == (heard_ms, heard_ms + 20_500)
    assert event.at_ms == event.observed_at_ms
    assert event.why["limit_s"] == SILENT_S
    assert event.why["worker"] == "host:1"
    assert decode_alarm(encode_alarm(event)) == event, "a console can read it"


def test_its_end_says_that_it_is_over_and_when() -> None:
    ward = Watched()
    ward.hear_for(10, 0, 1)
    ward.hear_for(21, 0)
    ward.hear_for(2, 0, 1)
    start, end = ward.told
    assert (end.phase, end.alarm, end.state) == (Phase.END, start.alarm, "off")
    assert end.text == "Monitoring of partition 1 is back"
    assert end.at_ms == end.observed_at_ms == start.at_ms + 2000


def test_a_partition_that_does_not_get_on_is_late_although_it_gives_its_pulse() -> None:
    ward = Watched()
    ward.hear_for(5, 0, 1)
    for second in range(1, 32):
        ward.look_for(1)
        ward.hear(0)
        ward.hear(1, behind_s=second)
    ward.look_for(0.5)
    assert ward.news() == [(LATE, "start", "partition 1")]
    assert ward.told == []
    ward.hear_for(1, 0, 1)
    ward.look_for(0.5)
    assert ward.told[0].text == "Monitoring of partition 1 is in time again"
    assert ward.news() == [(LATE, "end", "partition 1")]


def test_takeovers_one_after_the_other_do_not_hide_that_nobody_gets_to_the_end() -> None:
    """As where each worker fails on the same record: all are new, and none knows how late it is."""
    ward = Watched()
    ward.hear_for(5, 0, 1)
    ward.hear_for(40, 0, 1, behind_s=None)
    assert ward.news() == [(LATE, "start", "partition 0"), (LATE, "start", "partition 1")]


def test_a_late_partition_that_falls_silent_has_both_alarms_and_a_silent_one_does_not_become_late() -> None:
    ward = Watched()
    ward.hear_for(5, 0, 1)
    ward.hear_for(40, 0, behind_s=None)
    assert ward.news() == [(STALLED, "start", "partition 1"), (LATE, "start", "partition 0")]
    ward.look_for(21)
    assert ward.news() == [(STALLED, "start", "partition 0")]
    ward.hear_for(1, 0, 1, behind_s=None)
    ward.look_for(0.5)
    assert ward.news() == [
        (LATE, "start", "partition 1"),
        (STALLED, "end", "partition 0"),
        (STALLED, "end", "partition 1"),
    ]
    ward.hear_for(2, 0, 1)
    assert ward.news() == [(LATE, "end", "partition 0"), (LATE, "end", "partition 1")]


def test_where_no_pulse_was_ever_given_nobody_watches() -> None:
    ward = Watched()
    ward.watch.look(ward.now)
    ward.look_for(20)
    assert ward.news() == []
    ward.look_for(1)
    (event,) = ward.told
    assert event.text == "Monitoring stalled: no worker has been seen"
    assert ward.news() == [(STALLED, "start", "monitoring")]
    ward.hear_for(2, 0)
    assert ward.told[0].text == "Monitoring: a worker has been seen"
    assert ward.news() == [(STALLED, "end", "monitoring")], "the other one may take its time"
    ward.hear_for(10, 0, 1)
    assert ward.news() == []


def test_a_partition_that_nobody_has_ever_watched_is_stalled_while_others_are_not() -> None:
    ward = Watched()
    ward.hear_for(22, 0)
    assert ward.news() == [(STALLED, "start", "partition 1")]


def test_a_feed_that_starts_learns_at_once_of_a_partition_that_is_long_dead() -> None:
    ward = Watched()
    ward.hear(0, age_s=1)
    ward.hear(1, age_s=3600)
    ward.watch.look(ward.now)
    ward.hear_for(4, 0)
    assert ward.news() == [], "a pulse may be on its way: the worker's clock may be wrong"
    ward.hear_for(2, 0)
    assert ward.told[0].text == "Monitoring stalled: no sign of partition 1 for 3605 s"


def test_a_lag_from_before_the_start_counts() -> None:
    ward = Watched(partitions=1)
    ward.hear(0, behind_s=29, age_s=2)
    ward.hear_for(6, 0, behind_s=None)
    assert ward.news() == [(LATE, "start", "partition 0")]


def test_what_the_feed_could_not_see_is_no_silence() -> None:
    ward = Watched()
    ward.hear_for(10, 0, 1)
    ward.now_s += 60
    ward.look_for(3)
    assert ward.news() == []
    ward.hear_for(3, 0, 1)
    ward.look_for(3)
    assert ward.news() == []


def test_a_partition_that_is_no_more_has_no_alarm() -> None:
    ward = Watched()
    ward.hear_for(30, 0)
    assert ward.news() == [(STALLED, "start", "partition 1")]
    ward.watch.expect([0])
    ward.hear_for(1, 0)
    assert ward.told[0].text == "Monitoring of partition 1 is no longer expected"
    assert ward.news() == [(STALLED, "end", "partition 1")]


@given(st.lists(st.tuples(st.sets(st.integers(0, 2)), st.sampled_from([0, 5, None]), st.integers(1, 40))))
def test_alarms_are_told_in_order_each_once_and_none_is_left_when_all_is_mended(
    story: list[tuple[set[int], float | None, int]],
) -> None:
    ward = Watched(partitions=3)
    for partitions, behind_s, seconds in story:
        ward.hear_for(seconds, *partitions, behind_s=behind_s)
    ward.hear_for(2, 0, 1, 2)
    ward.look_for(6)
    sequences = [event.sequence for event in ward.told]
    assert sequences == sorted(set(sequences))
    opened = [event.alarm for event in ward.told if event.phase is Phase.START]
    ended = [event.alarm for event in ward.told if event.phase is Phase.END]
    assert len(opened) == len(set(opened))
    assert sorted(opened) == sorted(ended)


@pytest.mark.parametrize("behind_s", [0, None])
def test_two_partitions_that_fall_silent_together_have_two_alarms(behind_s: float | None) -> None:
    ward = Watched()
    ward.hear_for(5, 0, 1, behind_s=behind_s)
    ward.look_for(25)
    assert len({event.alarm for event in ward.told}) == 2


def test_the_watermark_is_that_of_the_partition_that_is_furthest_behind() -> None:
    ward = Watched(partitions=2)
    assert ward.watch.watched_until_ms() is None
    ward.watch.hear(pulse_of(0, behind_ms=500, at_ms=START_MS), ward.now_s)
    assert ward.watch.watched_until_ms() is None, "of the other nothing is known"
    ward.watch.hear(pulse_of(1, behind_ms=None, at_ms=START_MS), ward.now_s)
    assert ward.watch.watched_until_ms() is None, "it has not been at the end yet"
    ward.watch.hear(pulse_of(1, behind_ms=2000, at_ms=START_MS), ward.now_s)
    until_ms = ward.watch.watched_until_ms()
    assert until_ms == START_MS - 2000
    ward.watch.hear(pulse_of(1, behind_ms=None, at_ms=START_MS), ward.now_s)
    ward.watch.hear(pulse_of(1, behind_ms=9000, at_ms=START_MS), ward.now_s)
    assert ward.watch.watched_until_ms() == until_ms, "what has been judged has been judged"
    ward.watch.expect(range(3))
    assert ward.watch.watched_until_ms() is None


def test_without_partitions_there_is_no_watermark() -> None:
    assert Watched(partitions=0).watch.watched_until_ms() is None


DRIFT = Drift(direction="more", since_ms=START_MS, mean_p=0.4, was=0.5)


def test_a_drift_of_the_calibration_is_told_of_its_partition_until_it_ends() -> None:
    ward = Watched()
    ward.hear_for(10, 0, 1)
    ward.watch.hear(pulse_of(1, drift=DRIFT), ward.now_s)
    ward.look_for(1)
    (event,) = ward.told
    assert (event.condition, event.source, event.priority) == (DRIFTING, "partition 1", Priority.LOW)
    assert event.text == "Calibration drifts: more rare scores than before in partition 1"
    assert (event.patient, event.onset_ms) == (NOBODY, START_MS)
    assert (event.why["direction"], event.why["mean_p"], event.why["was"]) == ("more", 0.4, 0.5)
    assert decode_alarm(encode_alarm(event)) == event, "a console can read it"
    ward.news()
    ward.hear_for(5, 0)
    assert ward.news() == [], "it is told once"
    ward.hear_for(1, 0, 1)
    ward.look_for(0.5)
    assert ward.news() == [(DRIFTING, "end", "partition 1")]


def test_a_drift_of_a_partition_that_is_no_longer_there_ends() -> None:
    ward = Watched()
    ward.hear_for(10, 0, 1)
    ward.watch.hear(pulse_of(1, drift=DRIFT), ward.now_s)
    ward.look_for(1)
    ward.news()
    ward.watch.expect([0])
    ward.hear_for(1, 0)
    ward.look_for(0.5)
    assert ward.news() == [(DRIFTING, "end", "partition 1")]
