from tests.support.quiet_wearers import alarm_event
from wardwatch.core.events import Phase, Priority
from wardwatch.evaluating.episodes import episodes, is_nightly, may_tell_of_heart_rate


def test_an_episode_has_its_steps_its_highest_priority_and_its_end() -> None:
    [episode, still_open] = episodes(
        [
            alarm_event(Phase.START, 10, alarm="x", priority=Priority.LOW),
            alarm_event(Phase.UPDATE, 20, alarm="x", priority=Priority.HIGH),
            alarm_event(Phase.START, 25, alarm="y", condition="news2.high", rule="news2"),
            alarm_event(Phase.END, 30, alarm="x", priority=Priority.HIGH),
        ]
    )
    assert (episode.start_ms, episode.end_ms, episode.priority) == (10, 30, Priority.HIGH)
    assert (still_open.rule, still_open.end_ms) == ("news2", None)


def test_technical_alarms_and_steps_of_unknown_alarms_make_no_episode() -> None:
    assert not episodes(
        [alarm_event(Phase.START, 1, kind="technical"), alarm_event(Phase.UPDATE, 2, alarm="before")]
    )


def test_what_it_had_risen_to_in_a_window() -> None:
    [episode] = episodes(
        [
            alarm_event(Phase.START, 10, alarm="x", priority=Priority.LOW),
            alarm_event(Phase.UPDATE, 20, alarm="x", priority=Priority.HIGH),
            alarm_event(Phase.END, 30, alarm="x", priority=Priority.HIGH),
        ]
    )
    windows = [(0, 9), (0, 10), (12, 19), (19, 20), (30, 40), (31, 40)]
    assert [episode.highest(*window) for window in windows] == [0, 1, 1, 3, 3, 0]


def test_conditions_are_told_apart_by_their_names() -> None:
    assert is_nightly("heart_rate.nightly")
    assert not is_nightly("heart_rate.high")
    conditions = [
        "heart_rate.high",
        "news2.high",
        "several.unusual",
        "oxygen_saturation.low",
        "movement.fall",
        "heart_rhythm.irregular",
    ]
    assert [may_tell_of_heart_rate(name) for name in conditions] == [True, True, True] + 3 * [False]
