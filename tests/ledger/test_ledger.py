"""The ledger: alarms out of events and receipts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.support.alarm_lives import NURSE, acknowledged, receipt, step
from tests.support.alerts import T0_MS
from wardwatch.core.alarming.commands import Label, Receipt, Verdict
from wardwatch.core.events import AlarmEvent, Cause, Phase
from wardwatch.ledger.episode import Episode
from wardwatch.ledger.ledger import Ledger
from wardwatch.ledger.period import Period


def folded(*entries: AlarmEvent | Receipt, since_ms: int | None = None) -> list[Episode]:
    ledger = Ledger(since_ms=since_ms)
    for entry in entries:
        if isinstance(entry, AlarmEvent):
            ledger.take(entry)
        else:
            ledger.answer(entry)
    return ledger.episodes()


@st.composite
def logs(draw: st.DrawFn) -> dict[str, list[AlarmEvent]]:
    """By patient, the events of alarms of three conditions; each has its start before the rest of it."""
    patients: dict[str, list[AlarmEvent]] = {}
    for patient in ("p-1", "p-2"):
        open_episodes: dict[str, int] = {}
        events: list[AlarmEvent] = []
        for number in range(draw(st.integers(0, 15))):
            condition = draw(st.sampled_from(["heart_rate.high", "news2.high", "oxygen_saturation.low"]))
            phase = draw(st.sampled_from(["update", "end"])) if condition in open_episodes else "start"
            if phase == "start":
                open_episodes[condition] = number
            events.append(
                step(
                    60 * number,
                    phase,
                    sequence=number,
                    patient=patient,
                    condition=condition,
                    episode=open_episodes[condition],
                    priority=draw(st.sampled_from(["low", "medium", "high"])),
                    ward=draw(st.sampled_from(["4B", "5A"])),
                    cause=draw(st.sampled_from(Cause)),
                    state=draw(st.sampled_from(["active", "inactive", "latched"])),
                )
            )
            if phase == "end":
                del open_episodes[condition]
        patients[patient] = events
    return patients


def receipts_about(log: dict[str, list[AlarmEvent]]) -> st.SearchStrategy[list[Receipt]]:
    alarms = sorted({(event.patient, event.alarm) for events in log.values() for event in events})
    if not alarms:
        return st.just([])
    about = st.tuples(st.sampled_from(alarms), st.sampled_from(Label), st.sampled_from(Verdict))
    return st.lists(about).map(
        lambda drawn: [
            replace(
                receipt(f"c-{number}", number, label=label, verdict=verdict), patient=patient, alarm=alarm
            )
            for number, ((patient, alarm), label, verdict) in enumerate(drawn)
        ]
    )


@st.composite
def with_rewinds(draw: st.DrawFn, events: list[AlarmEvent]) -> list[AlarmEvent]:
    """The log as workers write it that crash now and then: from some point on, once more."""
    written: list[AlarmEvent] = []
    for position, event in enumerate(events):
        written.append(event)
        if draw(st.booleans()):
            written += events[draw(st.integers(0, position)) : position + 1]
    return written


@given(data=st.data())
def test_neither_repeats_nor_the_order_in_which_topics_and_patients_are_read_change_anything(
    data: st.DataObject,
) -> None:
    log = data.draw(logs())
    receipts = data.draw(receipts_about(log))
    plain = folded(*(event for events in log.values() for event in events), *receipts)

    queues: list[list[AlarmEvent | Receipt]] = [[*data.draw(with_rewinds(events))] for events in log.values()]
    queues.append([*data.draw(st.permutations(receipts + receipts))])
    mixed: list[AlarmEvent | Receipt] = []
    while queues := [queue for queue in queues if queue]:
        mixed.append(data.draw(st.sampled_from(queues)).pop(0))
    assert folded(*mixed) == plain


@given(log=logs())
def test_every_alarm_that_has_started_is_open_or_over(log: dict[str, list[AlarmEvent]]) -> None:
    events = [event for events in log.values() for event in events]
    episodes = folded(*events)
    started = {event.alarm for event in events if event.phase is Phase.START}
    ended = {event.alarm for event in events if event.phase is Phase.END}
    assert {episode.alarm for episode in episodes} == started
    assert {episode.alarm for episode in episodes if not episode.is_open} == ended
    assert all(episode.is_whole for episode in episodes)


@given(log=logs(), since_s=st.integers(0, 900), length_s=st.integers(1, 900))
def test_what_was_over_before_is_dropped_and_nothing_else(
    log: dict[str, list[AlarmEvent]], since_s: int, length_s: int
) -> None:
    period = Period(since_ms=T0_MS + 1000 * since_s, until_ms=T0_MS + 1000 * (since_s + length_s))
    full, short = Ledger(), Ledger(since_ms=period.since_ms)
    for events in log.values():
        for event in events:
            full.take(event)
            short.take(event)
    assert short.episodes(period) == full.episodes(period)
    assert all(each.end_ms is None or each.end_ms >= period.since_ms for each in short.episodes())
    assert short.first_ms == full.first_ms


def test_alarms_are_those_that_were_open_at_some_time_of_the_period() -> None:
    ledger = Ledger()
    for number, (start_s, end_s) in enumerate([(0, 10), (0, 20), (20, 40), (30, None)]):
        of = {"patient": f"p-{number}"}
        ledger.take(step(start_s, "start", sequence=0, **of))
        if end_s is not None:
            ledger.take(step(end_s, "end", sequence=1, **of))
    period = Period(since_ms=T0_MS + 20_000, until_ms=T0_MS + 30_000)
    assert [episode.patient for episode in ledger.episodes(period)] == ["p-1", "p-2"]


def test_receipts_count_once_a_command_and_only_for_what_was_done_about_this_patients_alarm() -> None:
    done = receipt("c-1", 30, label=Label.ACTIONABLE, text="Infusion changed")
    [episode] = folded(
        done,
        step(0, "start", sequence=1),
        done,
        receipt("c-2", 40, label=Label.ARTEFACT, verdict=Verdict.REFUSED),
        replace(receipt("c-3", 50, label=Label.ARTEFACT), patient="p-2"),
        replace(receipt("c-4", 60, text="About nothing"), alarm=None),
    )
    assert [(each.label, each.by) for each in episode.labels] == [(Label.ACTIONABLE, NURSE)]
    assert [each.text for each in episode.notes] == ["Infusion changed"]


def test_steps_are_kept_where_they_are_asked_for() -> None:
    events = [step(0, "start", sequence=1), acknowledged(9, sequence=2), step(20, "end", sequence=3)]
    ledger = Ledger(keeps_steps=True)
    for event in [*events, *events]:
        ledger.take(event)
    assert ledger.episodes()[0].steps == events
    assert folded(*events)[0].steps == []
