"""What is kept of a patient, and what can be told from it: alarm events and the latest status."""

from __future__ import annotations

import numpy as np

from wardwatch.core import alarms, explain, river_judging
from wardwatch.core.baseline import LEARNING_S
from wardwatch.core.conditions import CONDITIONS
from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES
from wardwatch.core.events import AlarmEvent, News2Status, PatientStatus, Phase, alarm_identity
from wardwatch.core.judges import Judges
from wardwatch.core.news2 import PARAMETERS
from wardwatch.core.news2_of_patients import scores_of
from wardwatch.core.packs import Column
from wardwatch.core.reading import PART_COUNT, UNKNOWN
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITAL_COUNT, VITALS

# Before any instant, and yet far from overflowing when subtracted from one.
NEVER_MS = -(2**60)

COLUMNS = (
    # The latest accepted value of each part, and when it was observed.
    Column("value", "f8", np.nan, VITAL_COUNT),
    Column("on_oxygen", "f8", np.nan),
    Column("consciousness", "i1", UNKNOWN),
    Column("seen_ms", "i8", NEVER_MS, PART_COUNT),
    # The latest instant of all, and that of the latest step.
    Column("observed_ms", "i8", NEVER_MS),
    Column("moved_ms", "i8", NEVER_MS),
    # Which parameters have scored while the latest NEWS2 alarm was pending, a bit each.
    Column("news2_scored", "i1", 0),
    # The number of the patient's latest event.
    Column("sequence", "i8", 0),
    *alarms.COLUMNS,
    *river_judging.COLUMNS,
)


def event_of(table: PatientTable, judges: Judges, step: alarms.Step) -> AlarmEvent:
    """The event that tells of a step; counts it in the patient's sequence."""
    row, condition = step.row, CONDITIONS[step.condition]
    patient, (ward, bed) = table.patients[row], table.places[row]
    text, why = explain.text_and_reasons(table, judges, step)
    # Never below the event's time, so that it keeps rising even if the state was lost and began anew.
    sequence = max(int(table["sequence"][row]) + 1, step.at_ms)
    table["sequence"][row] = sequence
    alarm = alarm_identity(patient, condition.name, step.onset_ms)
    return AlarmEvent(
        event=f"{alarm}-{step.number}",
        alarm=alarm,
        sequence=sequence,
        patient=patient,
        ward=ward,
        bed=bed,
        condition=condition.name,
        kind="physiological",
        priority=step.priority,
        phase=step.phase,
        state="off" if step.phase is Phase.END else "active",
        inactivation="enabled",
        onset_ms=step.onset_ms,
        observed_at_ms=step.at_ms,
        text=text,
        why=why,
    )


def status_of(table: PatientTable, row: int) -> PatientStatus:
    """The latest that is known of a patient, at the instant of the latest reading."""
    observed_ms = max(int(table["observed_ms"][row]), 0)
    scores = scores_of(table, np.array([row]), np.array([observed_ms]))
    values, seen_ms = table["value"][row], table["seen_ms"][row]
    opened = np.flatnonzero(table["alarm_phase"][row] == alarms.OPEN).tolist()
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
        open_alarms=tuple(CONDITIONS[which].name for which in opened),
        learning=_learning(table, row),
    )


def _learning(table: PatientTable, row: int) -> dict[str, float]:
    shares = table["learned_s"][row] / LEARNING_S
    seen = table["seen_ms"][row, :JUDGED] > NEVER_MS
    known = zip(JUDGED_NAMES, shares.tolist(), seen.tolist(), strict=True)
    return {name: round(share, 3) for name, share, is_seen in known if is_seen and share < 1.0}
