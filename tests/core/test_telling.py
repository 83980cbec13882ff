"""What is told in which order, where conditions, devices and people meet."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from tests.support.logs import START_MS
from tests.support.people import command
from wardwatch.core.alarming.commands import Label, Verb
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.roster import RosterEntry
from wardwatch.core.table import BLOCK_ROWS

# What a broker takes, unless it is told otherwise.
KAFKAS_MESSAGE_BYTES = 1_048_588


def reading(at_s: float, device: str, patient: str = "p-1", **measured: float) -> Reading:
    return Reading(patient=patient, device=device, observed_at_ms=START_MS + round(at_s * 1000), **measured)  # type: ignore[arg-type]


def receive(monitor: Monitor, arrivals: Sequence[tuple[float, Reading]]) -> list[AlarmEvent]:
    monitor.receive(
        Batch.of(
            [each for _, each in arrivals],
            arrived_at_ms=[START_MS + round(at_s * 1000) for at_s, _ in arrivals],
        )
    )
    return monitor.drain().events


def of_the_heart(events: list[AlarmEvent]) -> list[tuple[str, int]]:
    return [(event.cause.value, event.at_ms) for event in events if event.condition == "heart_rate.high"]


def test_nobody_is_called_for_what_another_devices_clock_does_not_show_to_be_over() -> None:
    """The heart is back in time; then a thermometer whose clock is behind sends, before anybody ticks."""
    heart = [(at_s, reading(at_s, "watch", heart_rate=140.0)) for at_s in range(0, 240, 10)]
    heart += [(at_s, reading(at_s, "watch", heart_rate=75.0)) for at_s in range(240, 290, 10)]
    slow = [(900.0, reading(250, "thermometer", body_temperature=36.8))]
    late, ticked = Monitor(), Monitor()
    first = receive(late, heart)
    assert receive(ticked, heart) == first
    assert of_the_heart(first) == [("condition", START_MS + 212_133)]
    ticked.tick(START_MS + 800_000)
    expected = of_the_heart(ticked.drain().events)
    receive(ticked, slow)
    told = of_the_heart(receive(late, slow))
    late.tick(START_MS + 901_000)
    assert told + of_the_heart(late.drain().events) == expected == [("condition", START_MS + 300_000)]


def test_what_a_refused_reading_shows_to_have_happened_is_told_in_order() -> None:
    """Its device is missed for minutes; an alarm that was due before that must not be told after it."""
    sick = [(0.0, reading(0, "watch", body_temperature=40.4, respiratory_rate=16.0))]
    refused = [(3600.0, reading(3600, "watch", oxygen_saturation=0.96))]
    late, ticked = Monitor(), Monitor()
    receive(late, sick)
    receive(ticked, sick)
    ticked.tick(START_MS + 3_599_999)
    expected = [*ticked.drain().events, *receive(ticked, refused)]
    told = receive(late, refused)
    assert [event.condition for event in told][:2] == ["body_temperature.high", "device.no_data"]
    assert told == expected


def test_a_device_that_the_roster_takes_away_is_missed_no_longer() -> None:
    monitor = Monitor()
    entry = RosterEntry(patient="p-1", ward="4B", bed="12", devices=("watch",), at_ms=START_MS)
    monitor.admit([entry])
    receive(monitor, [(0.0, reading(0, "watch", heart_rate=70.0))])
    monitor.tick(START_MS + 3_600_000)
    opened = [event for event in monitor.drain().events if event.phase is Phase.START]
    assert [(event.condition, event.source) for event in opened] == [("device.no_data", "watch")]
    monitor.admit([RosterEntry(patient="p-1", ward="4B", bed="12", at_ms=START_MS + 3_700_000)])
    ended = monitor.drain().events
    assert [(event.alarm, event.phase) for event in ended] == [(opened[0].alarm, Phase.END)]
    monitor.tick(START_MS + 36_000_000)
    assert monitor.drain().events == []


def test_a_block_of_patients_who_all_have_much_to_tell_fits_into_a_message_of_kafkas() -> None:
    rng = random.Random(5)
    monitor = Monitor()
    patients = [f"a-rather-long-pseudonym-of-a-patient-{number:04}" for number in range(BLOCK_ROWS)]
    ill = {
        "heart_rate": 185.0,
        "oxygen_saturation": 80.0,
        "respiratory_rate": 33.0,
        "body_temperature": 40.5,
        "systolic_pressure": 70.0,
    }
    for at_s in range(0, 120, 10):
        receive(
            monitor,
            [
                (
                    at_s,
                    reading(
                        at_s, f"device-{rng.getrandbits(64):x}"[:14] if not at_s else "watch", name, **ill
                    ),
                )
                for name in patients
            ],
        )
    notes = [
        command(Verb.NOTE, name, START_MS + 130_000, alarm=f"{rng.getrandbits(80):020x}", text="x" * 500)
        for name in patients
        for _ in range(40)
    ]
    labels = [
        command(
            Verb.FEEDBACK, name, START_MS + 131_000, alarm=f"{rng.getrandbits(80):020x}", label=Label.ARTEFACT
        )
        for name in patients
    ]
    monitor.command([*notes, *labels])
    blocks = dict(monitor.snapshot(only_changed=False))
    header = blocks[0][4 : 4 + int.from_bytes(blocks[0][:4], "little")]
    assert len(json.loads(header)["attached"]["alarms"]) == BLOCK_ROWS
    assert max(map(len, blocks.values())) < 0.7 * KAFKAS_MESSAGE_BYTES


def test_what_is_paused_or_off_shows_in_the_status_though_nothing_alarms() -> None:
    monitor = Monitor()
    receive(monitor, [(0.0, reading(0, "watch", heart_rate=70.0))])
    pause = command(Verb.PAUSE_ALARM, at_ms=START_MS + 1000, condition="heart_rate.high", duration_s=60.0)
    monitor.command([pause, command(Verb.ALARM_OFF, at_ms=START_MS + 2000, condition="news2.high")])
    [status] = monitor.statuses(["p-1"])
    assert status.inhibited == {"heart_rate.high": START_MS + 61_000, "news2.high": None}
    monitor.tick(START_MS + 61_000)
    monitor.command([command(Verb.ALARM_OFF, at_ms=START_MS + 62_000)])
    [status] = monitor.statuses(["p-1"])
    assert status.inhibited == {"news2.high": None, "*": None}


def test_an_audio_pause_shows_in_the_status_with_its_end() -> None:
    monitor = Monitor()
    receive(monitor, [(at_s, reading(at_s, "watch", heart_rate=190.0)) for at_s in range(0, 60, 10)])
    monitor.command([command(Verb.PAUSE_AUDIO, at_ms=START_MS + 61_000, duration_s=30.0)])
    assert monitor.statuses(["p-1"])[0].audio_paused_until_ms == START_MS + 91_000
    monitor.tick(START_MS + 91_000)
    assert monitor.statuses(["p-1"])[0].audio_paused_until_ms is None
