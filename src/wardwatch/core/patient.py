"""What is kept of a patient, and what can be told from it: alarm events and the latest status."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, isnan
from typing import Any

import numpy as np

from wardwatch.core import alarms, deterioration, explain, falls, limits, rhythm, river_judging
from wardwatch.core.alarming.changes import Change
from wardwatch.core.alarming.desk import AlarmDesk
from wardwatch.core.baseline import LEARNING_S
from wardwatch.core.conditions import CONDITIONS
from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES
from wardwatch.core.events import AlarmEvent, News2Status, PatientStatus
from wardwatch.core.judges import Judges
from wardwatch.core.news2 import PARAMETERS, Scores
from wardwatch.core.news2_of_patients import scores_of
from wardwatch.core.packs import Column
from wardwatch.core.reading import PART_COUNT, UNKNOWN, FloatArray, IntArray
from wardwatch.core.table import PatientTable
from wardwatch.core.technical.names import DeviceNames
from wardwatch.core.technical.sight import devices_of
from wardwatch.core.vitals import VITAL_COUNT, VITALS

# Before any instant, and yet far from overflowing when subtracted from one.
NEVER_MS = -(2**60)
# After any instant.
NOT_DUE_MS = 2**60

COLUMNS = (
    # The latest accepted value of each part, and when it was observed.
    Column("value", "f8", np.nan, VITAL_COUNT),
    Column("on_oxygen", "f8", np.nan),
    Column("consciousness", "i1", UNKNOWN),
    Column("seen_ms", "i8", NEVER_MS, PART_COUNT, is_appended_to=True),
    # When that arrived, on our clock.
    Column("arrived_ms", "i8", NEVER_MS, PART_COUNT, is_appended_to=True),
    # The latest instant of all, and that of the latest step.
    Column("observed_ms", "i8", NEVER_MS),
    Column("moved_ms", "i8", NEVER_MS),
    # Which parameters have scored while the latest NEWS2 alarm was pending, a bit each.
    Column("news2_scored", "i1", 0),
    # The number of the patient's latest event.
    Column("sequence", "i8", 0),
    # When something falls due of itself at the alarm desk, on our clock.
    Column("desk_due_ms", "i8", NOT_DUE_MS),
    *alarms.COLUMNS,
    *river_judging.COLUMNS,
    *falls.COLUMNS,
    *rhythm.COLUMNS,
    *deterioration.COLUMNS,
    *limits.COLUMNS,
)


def change_of(table: PatientTable, judges: Judges, step: alarms.Step, now_ms: int) -> Change:
    """What the alarm desk hears of a step; it is ``now_ms`` by our clock, and no later than that."""
    condition = CONDITIONS[step.condition]
    text, why = explain.text_and_reasons(table, judges, step)
    return Change(
        patient=table.patients[step.row],
        condition=condition.name,
        kind="physiological",
        source="",
        phase=step.phase,
        priority=step.priority,
        onset_ms=step.onset_ms,
        observed_at_ms=step.at_ms,
        at_ms=min(step.our_ms, now_ms),
        text=text,
        why=why,
    )


def numbered(table: PatientTable, row: int, events: list[AlarmEvent]) -> list[AlarmEvent]:
    """The events of a patient, counted in the patient's sequence."""
    found = []
    for event in events:
        # Never below the event's time, so that it keeps rising even if the state was lost and began anew.
        sequence = max(int(table["sequence"][row]) + 1, event.at_ms, event.observed_at_ms)
        table["sequence"][row] = sequence
        found.append(replace(event, sequence=sequence))
    return found


def statuses_of(
    table: PatientTable, judges: Judges, desk: AlarmDesk, devices: DeviceNames, rows: IntArray
) -> list[PatientStatus]:
    """The latest that is known of these patients, each at the instant of the latest reading."""
    if not len(rows):
        return []
    observed_ms = np.maximum(table["observed_ms"][rows], 0)
    scores = scores_of(table, rows, observed_ms)
    usual, spread = judges.bank.known_usual(table, rows, observed_ms)
    return [
        _status(
            table,
            row,
            desk,
            news2=_news2(scores, place),
            usual=_usual(usual[:, place], spread[:, place]),
            limits=limits.bounds_of(table, judges.wards, row),
            devices=devices_of(table, devices, row),
        )
        for place, row in enumerate(rows.tolist())
    ]


def _status(table: PatientTable, row: int, desk: AlarmDesk, **known: Any) -> PatientStatus:
    name = table.patients[row]
    values, seen_ms = table["value"][row].tolist(), table["seen_ms"][row].tolist()
    ward, bed = table.places[row]
    return PatientStatus(
        patient=name,
        ward=ward,
        bed=bed,
        observed_at_ms=max(int(table["observed_ms"][row]), 0),
        vitals={
            vital.name: (values[index], seen_ms[index])
            for index, vital in enumerate(VITALS)
            if not isnan(values[index])
        },
        open_alarms=tuple(desk.open_conditions(name)),
        inhibited=desk.inhibited(name),
        audio_paused_until_ms=desk.audio_paused_until_ms(name),
        learning=_learning(table, row),
        **known,
    )


def _news2(scores: Scores, place: int) -> News2Status:
    return News2Status(
        lowest=int(scores.lowest[place]),
        highest=int(scores.highest[place]),
        missing=tuple(name for name, gone in zip(PARAMETERS, scores.missing[place], strict=True) if gone),
    )


def _usual(usual: FloatArray, spread: FloatArray) -> dict[str, tuple[float, float]]:
    # Two decimals are ten times finer than any vital is written.
    known = zip(JUDGED_NAMES, usual.tolist(), spread.tolist(), strict=True)
    return {name: (round(centre, 2), round(one, 2)) for name, centre, one in known if isfinite(centre)}


def _learning(table: PatientTable, row: int) -> dict[str, float]:
    shares = table["learned_s"][row] / LEARNING_S
    seen = table["seen_ms"][row, :JUDGED] > NEVER_MS
    known = zip(JUDGED_NAMES, shares.tolist(), seen.tolist(), strict=True)
    return {name: round(share, 3) for name, share, is_seen in known if is_seen and share < 1.0}
