"""A simulation on its way to Kafka: all is sent once and in order, the truth apart from the readings."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from wardwatch.simulating import Sent, send
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import READINGS, ROSTER
from wardwatch_simulators import Failures, Illnesses, Plan, Simulation, Wearers, encode_truth
from wardwatch_simulators.faults import REALISTIC
from wardwatch_simulators.truth import TOPIC

START_MS = 1_767_225_600_000
PLAN = Plan(
    wearers=[Wearers(count=30)],
    illnesses=[Illnesses(course="fall", count=2, at_s=(30, 170))],
    failures=[Failures(kind="packet_loss", count=2, at_s=(0, 180), lasts_s=(60, 60))],
    mixture={name: 10 * a_day for name, a_day in REALISTIC.items()},
    lasts_s=200,
)


class KeepsAll:
    """A sender that remembers what it was given, and stops everything after so many readings."""

    def __init__(self, stopping: asyncio.Event, stops_after: int | None = None) -> None:
        self.sent: dict[str, list[tuple[int, str, bytes]]] = defaultdict(list)
        self.flushed = 0
        self._stopping, self._stops_after = stopping, stops_after

    async def send(self, patient: str, payload: bytes, timestamp_ms: int, topic: str = READINGS) -> None:
        self.sent[topic].append((timestamp_ms, patient, payload))
        if len(self.sent[READINGS]) == self._stops_after:
            self._stopping.set()

    async def flush(self) -> None:
        self.flushed = sum(map(len, self.sent.values()))


class AtOnce:
    """Nothing is waited for, and everything is a tenth of a second late."""

    late_s = 0.1

    async def until(self, at_ms: int) -> None: ...


def simulation() -> Simulation:
    return Simulation(PLAN, seed=7, start_ms=START_MS)


async def sent_of(
    played: Simulation, *, stops_after: int | None = None, truth_topic: str | None = TOPIC
) -> tuple[KeepsAll, Sent]:
    stopping = asyncio.Event()
    sender = KeepsAll(stopping, stops_after)
    return sender, await send(played, sender, AtOnce(), stopping, truth_topic=truth_topic)


async def test_all_that_arrives_is_sent_in_order_with_its_instant() -> None:
    sender, sent = await sent_of(simulation())
    assert sender.sent[READINGS] == [tuple(arrival) for arrival in simulation().packets()]
    assert sent.readings == len(sender.sent[READINGS])
    assert sender.flushed == sum(map(len, sender.sent.values()))


async def test_everybody_is_put_to_bed_first() -> None:
    sender, _ = await sent_of(simulation())
    assert next(iter(sender.sent)) == ROSTER
    assert [payload for _, _, payload in sender.sent[ROSTER]] == [
        encode_placement(placement) for placement in simulation().placements
    ]


async def test_the_truth_is_told_whole_and_once() -> None:
    played = simulation()
    sender, _ = await sent_of(played)
    truth = played.truth()
    assert len(truth) > 10
    assert sender.sent[TOPIC] == [(each.began_ms, each.patient, encode_truth(each)) for each in truth]


async def test_the_truth_is_told_while_the_readings_come() -> None:
    # Not with the last of them: who watches live wants to know in time.
    sender, _ = await sent_of(simulation(), stops_after=30 * 100)
    assert sender.sent[TOPIC]


async def test_nobody_is_told_the_truth_who_did_not_ask() -> None:
    sender, _ = await sent_of(simulation(), truth_topic=None)
    assert sender.sent.keys() == {READINGS, ROSTER}


async def test_who_is_stopped_has_told_the_truth_about_all_that_was_sent() -> None:
    played = simulation()
    sender, sent = await sent_of(played, stops_after=2000)
    assert sent.readings == len(sender.sent[READINGS]) == 2000
    assert [payload for _, _, payload in sender.sent[TOPIC]] == [
        encode_truth(each) for each in played.truth()
    ]
    assert sender.flushed == sum(map(len, sender.sent.values()))


async def test_how_late_the_readings_were_is_counted() -> None:
    _, sent = await sent_of(simulation())
    assert (sent.within_ms(1), sent.within_ms(99)) == (101, 101)


def test_of_nothing_nothing_was_late() -> None:
    assert Sent().within_ms(99) == 0


def test_whoever_is_very_late_takes_no_more_memory_for_it() -> None:
    sent = Sent()
    for late_s in range(1000):
        sent.add(float(late_s))
    assert len(sent.late_ms) == 61
    assert sent.within_ms(99) > 60_000
