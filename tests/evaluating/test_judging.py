import pytest

from tests.support.quiet_wearers import alarm_event
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.injection import Injection, Kind
from wardwatch.evaluating.judging import AFTER_ARTEFACT_MS, Catch, catch, false_start
from wardwatch.evaluating.tracks import MINUTE_MS

ONSET_MS, END_MS = 100 * MINUTE_MS, 130 * MINUTE_MS
START, UPDATE, END = Phase.START, Phase.UPDATE, Phase.END


def injection(kind: Kind = Kind.TACHYCARDIA) -> Injection:
    return Injection(kind=kind, track=0, onset_ms=ONSET_MS, end_ms=END_MS, seed=1)


def at(minute: float) -> int:
    return round(minute * MINUTE_MS)


def caught(*events: AlarmEvent, clean: tuple[AlarmEvent, ...] = ()) -> Catch:
    return catch(injection(), episodes(clean), events)


@pytest.mark.parametrize(
    ("minute", "delay"), [(99.9, None), (100, 0.0), (107.5, 7.5), (130, 30.0), (130.1, None)]
)
def test_an_alarm_counts_from_onset_to_end(minute: float, delay: float | None) -> None:
    assert caught(alarm_event(START, at(minute))).delay == delay


def test_the_first_alarm_tells_the_delay_and_each_kind_of_rule_its_own() -> None:
    its = caught(
        alarm_event(START, at(105), rule="cusum", condition="heart_rate.drift"),
        alarm_event(START, at(110), rule="limit"),
        alarm_event(UPDATE, at(112), rule="limit", priority=Priority.HIGH),
    )
    assert its == Catch(by_learned=5.0, by_fixed=10.0, first_rule="cusum")
    assert its.delay == 5.0


def test_an_open_alarm_that_rises_counts() -> None:
    before = alarm_event(START, at(90), alarm="x", priority=Priority.LOW)
    rises = alarm_event(UPDATE, at(110), alarm="x", priority=Priority.MEDIUM)
    assert caught(rises, clean=(before,)).delay == 10.0


@pytest.mark.parametrize(
    "clean",
    [
        (alarm_event(START, at(120)),),
        (alarm_event(START, at(50)),),
        (alarm_event(START, at(50), alarm="x"), alarm_event(END, at(100), alarm="x")),
    ],
    ids=["starts in it later", "open all the time", "ends at its onset"],
)
def test_what_the_recording_has_by_itself_is_no_catch(clean: tuple[AlarmEvent, ...]) -> None:
    assert caught(alarm_event(START, at(105)), clean=clean) == Catch()


@pytest.mark.parametrize(
    "clean",
    [
        (alarm_event(START, at(120), condition="heart_rate.low"),),
        (alarm_event(START, at(131)),),
        (alarm_event(START, at(50), alarm="x"), alarm_event(END, at(99), alarm="x")),
        (alarm_event(START, at(120), priority=Priority.LOW),),
    ],
    ids=["another condition", "after it", "over before it", "less urgent"],
)
def test_what_the_recording_has_otherwise_takes_nothing_away(clean: tuple[AlarmEvent, ...]) -> None:
    assert caught(alarm_event(START, at(105)), clean=clean).delay == 5.0


def test_other_vitals_equipment_ends_and_the_nightly_channel_catch_nothing() -> None:
    assert (
        caught(
            alarm_event(START, at(105), condition="oxygen_saturation.low"),
            alarm_event(START, at(105), kind="technical"),
            alarm_event(END, at(105)),
            alarm_event(START, at(105), condition="heart_rate.nightly"),
        )
        == Catch()
    )


def starts(*events: AlarmEvent, clean: tuple[AlarmEvent, ...] = ()) -> AlarmEvent | None:
    return false_start(injection(Kind.SPIKES), episodes(clean), events)


def test_an_alarm_that_starts_in_a_burst_or_soon_after_is_the_bursts() -> None:
    soon_ms = END_MS + AFTER_ARTEFACT_MS
    first, last = alarm_event(START, ONSET_MS), alarm_event(START, soon_ms)
    assert starts(last) == last
    assert starts(last, first) == first
    assert starts(alarm_event(START, ONSET_MS - 1), alarm_event(START, soon_ms + 1)) is None


def test_an_alarm_that_the_recording_has_by_itself_is_not_the_bursts() -> None:
    assert starts(alarm_event(START, at(105)), clean=(alarm_event(START, at(110)),)) is None
    assert starts(alarm_event(START, at(105)), clean=(alarm_event(START, at(99)),)) is not None


def test_only_starts_of_physiological_alarms_count_against_a_burst() -> None:
    assert starts(alarm_event(UPDATE, at(105)), alarm_event(END, at(106))) is None
    assert starts(alarm_event(START, at(105), kind="technical")) is None
    assert starts(alarm_event(START, at(105), condition="oxygen_saturation.low")) is not None
