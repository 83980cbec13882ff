"""What is kept of a patient, and what can be told from it: alarm events and the latest status."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wardwatch.core import alarms, explain, limits, river_judging
from wardwatch.core.alarming.changes import Change
from wardwatch.core.alarming.desk import AlarmDesk
from wardwatch.core.baseline import LEARNING_S
from wardwatch.core.conditions import CONDITIONS
from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES
from wardwatch.core.events import AlarmEvent, News2Status, PatientStatus
from wardwatch.core.judges import Judges
from wardwatch.core.news2 import PARAMETERS
from wardwatch.core.news2_of_patients import scores_of
from wardwatch.core.packs import Column
from wardwatch.core.reading import PART_COUNT, UNKNOWN
from wardwatch.core.table import PatientTable
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
    Column("seen_ms", "i8", NEVER_MS, PART_COUNT),
    # When that arrived, on our clock.
    Column("arrived_ms", "i8", NEVER_MS, PART_COUNT),
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


def status_of(table: PatientTable, row: int, desk: AlarmDesk) -> PatientStatus:
    """The latest that is known of a patient, at the instant of the latest reading."""
    observed_ms = max(int(table["observed_ms"][row]), 0)
    scores = scores_of(table, np.array([row]), np.array([observed_ms]))
    values, seen_ms = table["value"][row], table["seen_ms"][row]
    ward, bed = table.places[row]
    return PatientStatus(
        patient=table.patients[row],
        ward=ward,
        bed=bed,
        observed_at_ms=observed_ms,
        vitals={
            vital.name: (float(values[index]), int(seen_ms[index]))
            for index, vital in enumerate(VITALS)
            if not np.isnan(values[index])
        },
        news2=News2Status(
            lowest=int(scores.lowest[0]),
            highest=int(scores.highest[0]),
            missing=tuple(name for name, gone in zip(PARAMETERS, scores.missing[0], strict=True) if gone),
        ),
        open_alarms=tuple(desk.open_conditions(table.patients[row])),
        inhibited=desk.inhibited(table.patients[row]),
        audio_paused_until_ms=desk.audio_paused_until_ms(table.patients[row]),
        learning=_learning(table, row),
    )


def _learning(table: PatientTable, row: int) -> dict[str, float]:
    shares = table["learned_s"][row] / LEARNING_S
    seen = table["seen_ms"][row, :JUDGED] > NEVER_MS
    known = zip(JUDGED_NAMES, shares.tolist(), seen.tolist(), strict=True)
    return {name: round(share, 3) for name, share, is_seen in known if is_seen and share < 1.0}
