"""Deterioration: what all vitals together say for an acute illness, now and added up over days.

A single value that is a little worse than most says little, and no limit is passed by it. Several of them do,
and so does one that stays for days. Each vital's `evidence` is followed with a time constant of an hour, from
the population's mean on, and added up, fading within a week. The score of a patient is the sum

    score = sum of c_i,    c_i = level_i - mean + added up_i / 24 h

so that what has stood for a day counts as much as what stands now, and each term is its vital's exact
contribution. A vital that was never measured contributes nothing; one that was not for twelve hours only what
it has added up. With fewer than three of the vitals known within twelve hours nothing is said: a heart rate
alone is no picture of a patient. Nor is anything said by who moves, has moved within twelve minutes, or does
not wear the device.

The limit is the score with as many false alarms as are allowed, as the model has measured (`model`). Nothing
is learned about the patient, and nothing from alarms.

Figures
    On 3,766 stays of intensive care, of whom 207 became septic (PhysioNet/CinC Challenge 2019, set B), hour
    by hour: AUROC 0.73. Hours since admission alone have 0.63, and NEWS2 0.65. What is added up grows with
    the hours, too: within the same hour of their stays the score has 0.64 (docs/evidence.md).

Doubts
    Whoever is ill for long has a high score for long. Values of intensive care are what "most" are here;
    people at home have hardly any evidence by them.
"""

from __future__ import annotations

import numpy as np

from wardwatch.core import looking
from wardwatch.core.alarms import IDLE
from wardwatch.core.conditions import DETERIORATING
from wardwatch.core.context import REST_MS, off_body
from wardwatch.core.evidence import SPEAKING, Population
from wardwatch.core.packs import Column
from wardwatch.core.reading import FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable

# All wardwatch's own choices, tried against others on half of the stays: the ranking hardly differs. A longer
# level catches more at few false alarms, but alarms so steadily that many a day can't be had
# (docs/evidence.md).
_LEVEL_H = 1.0
_AS_MUCH_AS_NOW_H = 24.0
_FADES_H = 168.0
# The longest interval between two observations by NEWS2 (Royal College of Physicians, 2017): what was
# measured longer ago is not known.
_KNOWN_H = 12.0
FEWEST_KNOWN = 3

COLUMNS = (
    # How far the followed evidence of each vital is from the population's mean, in bits.
    Column("evidence_level", "f8", 0.0, SPEAKING),
    # What has added up, in bits times hours.
    Column("evidence_sum", "f8", 0.0, SPEAKING),
    # What each vital contributed to the latest score.
    Column("evidence_part", "f8", 0.0, SPEAKING),
    # With no more evidence than this in its values a vital would not have made the alarm that is pending or
    # open; below 0 for one without which it would be there as well.
    Column("evidence_allowed", "f8", np.inf, SPEAKING),
)


class Deterioration:
    """Judges patients by what is known of the ``population``, if anything is."""

    def __init__(self, population: Population | None, false_alarms_a_patient_day: float) -> None:
        self.population = population
        self.limit = np.inf
        if population is not None:
            self.limit = population.false_alarms.limit_for(false_alarms_a_patient_day)

    def limits_of(self, table: PatientTable, rows: IntArray) -> FloatArray:  # noqa: ARG002 (for subclasses)
        """The limit of each of these patients: the same for all of them."""
        return np.full(len(rows), self.limit)

    def judge(self, table: PatientTable, taken: Round) -> FloatArray:
        """(n): how far the score is above the limit; not-a-number where a reading says nothing of it.

        These are readings that the bank looks at (`looking`), before that is noted. All steps of alarms
        before them must have been made, and the table must know of their steps on foot.
        """
        beyond = np.full(len(taken), np.nan)
        if self.population is None:
            return beyond
        heard = taken.observed_at_ms - table["moved_ms"][taken.rows] > REST_MS
        heard &= taken.told[:, :SPEAKING].any(axis=1) & ~off_body(taken.context)
        if heard.any():
            beyond[heard] = self._judge(table, taken.where(heard), self.population)
        return beyond

    def _judge(self, table: PatientTable, taken: Round, population: Population) -> FloatArray:
        rows, measured = taken.rows, taken.told[:, :SPEAKING]
        elapsed_ms = taken.observed_at_ms[:, None] - looking.looked_at_ms(table, rows)[:, :SPEAKING]
        # Below 0 where another device has measured later.
        elapsed_h = np.maximum(elapsed_ms / 3_600_000.0, 0.0)
        evidence = population.evidence_of(taken.values[:, :SPEAKING].T).T
        level, added = table["evidence_level"][rows], table["evidence_sum"][rows]
        # No value counts for longer than the time constant: the first one, or a wild one, is not the level.
        share = -np.expm1(np.minimum(elapsed_h, _LEVEL_H) / -_LEVEL_H)
        stood_h = np.where(elapsed_h <= _KNOWN_H, elapsed_h, 0.0)
        grown_h = -_FADES_H * np.expm1(stood_h / -_FADES_H)
        level = np.where(measured, level + share * (evidence - population.mean - level), level)
        added_now = added * np.exp(-elapsed_h / _FADES_H) + (level + population.mean) * grown_h
        added = np.where(measured, added_now, added)
        table["evidence_level"][rows], table["evidence_sum"][rows] = level, added
        # What was measured too long ago is not known now, and what it has added up goes on fading.
        age_h = np.where(measured, 0.0, elapsed_h)
        parts = (
            np.where(age_h <= _KNOWN_H, level, 0.0) + added * np.exp(-age_h / _FADES_H) / _AS_MUCH_AS_NOW_H
        )
        table["evidence_part"][rows] = parts
        beyond = total(parts) - self.limits_of(table, rows)
        weight = np.where(measured, share * (1.0 + grown_h / _AS_MUCH_AS_NOW_H), 0.0)
        _narrow(table, rows, evidence, weight, beyond)
        known = (age_h <= _KNOWN_H).sum(axis=1) >= FEWEST_KNOWN
        return np.where(known, beyond, np.nan)


def known_level(table: PatientTable, row: int) -> FloatArray:
    """(speaking vitals): the followed evidence of one patient's vitals, 0 of those that are not known now."""
    looked_ms = looking.looked_at_ms(table, np.array([row]))[0, :SPEAKING]
    known = looked_ms.max() - looked_ms <= _KNOWN_H * 3_600_000
    level: FloatArray = np.where(known, table["evidence_level"][row], 0.0)
    return level


def total(parts: FloatArray) -> FloatArray:
    """Their sum over the vitals, one after the other: the same for one patient and for a thousand."""
    added = np.zeros(len(parts))
    for part in parts.T:
        added = added + part
    return added


def _narrow(
    table: PatientTable, rows: IntArray, evidence: FloatArray, weight: FloatArray, beyond: FloatArray
) -> None:
    """Keep the most evidence with which none of the readings since an alarm's onset was beyond the limit.

    The score rises by ``weight`` with each bit of evidence of this reading. The less evidence there was
    before, the lower the score: so what is kept of each reading is true of all of them together.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        enough = np.where(weight > 0.0, evidence - beyond[:, None] / weight, -np.inf)
    enough = np.where(beyond[:, None] > 0.0, enough, np.inf)
    begun = table["alarm_phase"][rows, DETERIORATING] == IDLE
    before = np.where(begun[:, None], np.inf, table["evidence_allowed"][rows])
    table["evidence_allowed"][rows] = np.minimum(before, enough)
