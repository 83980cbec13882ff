"""Detectors of river for each patient: the slow way for special wishes, beside wardwatch's own detectors.

Any anomaly detector of river (https://riverml.xyz), by name and parameters. River runs one reading of one
patient at a time, in Python objects; docs/river.md says what that costs.

>>> spec = RiverSpec("GaussianScorer", {"grace_period": 20}, ("body_temperature",), threshold=0.999)
>>> panel = RiverPanel([spec])
>>> for reading in range(100):
...     usual = panel.take("p-17", {"body_temperature": 36.5 + reading % 5 / 10}, learning=True)
>>> fever = panel.take("p-17", {"body_temperature": 38.4}, learning=True)
>>> usual[0] < 0.999 <= fever[0]
True
>>> panel.take("p-17", {"heart_rate": 71}, learning=True)
[nan]
"""

from __future__ import annotations

import copy
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wardwatch.core.river_detector import Kept, RiverSpec
from wardwatch.core.river_names import RiverError
from wardwatch.core.river_probe import tried
from wardwatch.core.vitals import VITAL_INDEX, VITALS

__all__ = ["RiverError", "RiverPanel", "RiverSpec", "check_size", "packed"]

STATE_VERSION = 1

# 128 patients' states are written in one message, of which Kafka takes 1 MB; a quarter of it is the bank's,
# and base64 needs four bytes for three.
MOST_STATE_BYTES = 4000
TRIAL_READINGS = 300


class RiverPanel:
    """The detectors of all patients.

    Making one takes seconds: river is imported, and each detector tried out. :class:`RiverError` says in a
    sentence what is wrong with a spec. ``take`` raises nothing: where river fails, there is no score.
    """

    def __init__(self, specs: Sequence[RiverSpec]) -> None:
        detectors = [tried(spec) for spec in specs]
        self._detectors = {detector.identity: detector for detector in detectors}
        self.specs = tuple(detector.spec for detector in detectors)
        self.thresholds = np.array([spec.threshold for spec in self.specs])
        self._patients: dict[str, dict[str, Kept]] = {}
        # Of patients of whom nothing was taken since: a state can take as long as a thousand readings.
        self._saved: dict[str, bytes] = {}
        if len(self._detectors) < len(detectors):
            raise RiverError("A detector is configured twice, with the same parameters and vitals.")

    def empty(self) -> RiverPanel:
        """Another one with the same detectors, for other patients; at once."""
        other = copy.copy(self)
        other._patients, other._saved = {}, {}  # noqa: SLF001 (it is one of ours)
        return other

    def __contains__(self, patient: object) -> bool:
        return patient in self._patients

    def take(self, patient: str, values: Mapping[str, float], *, learning: bool) -> list[float]:
        """The score of one reading by each spec; then it is learned, if ``learning``.

        ``values`` has what was measured, by the vital's name and in the table's unit. A score is not-a-number
        where the detector can't tell: unless all of its vitals were measured (then it learns nothing
        either), and as long as there is too little spread to judge by.
        """
        all_kept = self._patients.setdefault(patient, {})
        scores = []
        for identity, detector in self._detectors.items():
            measured = tuple(values.get(name, math.nan) for name in detector.spec.vitals)
            if not all(map(math.isfinite, measured)):
                scores.append(math.nan)
                continue
            if identity not in all_kept:
                all_kept[identity] = detector.fresh()
            self._saved.pop(patient, None)
            scores.append(detector.take(all_kept[identity], measured, learning=learning))
        return scores

    def state_of(self, patient: str) -> bytes:
        """All that is kept of one patient: equal bytes are equal states. ``KeyError`` for one never seen."""
        if patient not in self._saved:
            self._saved[patient] = packed(
                {
                    identity: self._detectors[identity].written(kept)
                    for identity, kept in sorted(self._patients[patient].items())
                }
            )
        return self._saved[patient]

    def restore(self, patient: str, state: bytes) -> None:
        """Put back what :meth:`state_of` gave; raises :class:`RiverError`, and changes nothing, otherwise.

        A detector whose parameters or vitals are no longer those of a spec is left out, and so are all after
        river has changed its version: they begin anew.
        """
        try:
            plain = json.loads(zlib.decompress(state))
            version, written = plain["version"], dict(plain["detectors"])
        except (zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
            raise RiverError(f"The bytes are no state of river's detectors: {error}.") from None
        if version != STATE_VERSION:
            raise RiverError(f"The state of river's detectors has version {version}, not {STATE_VERSION}.")
        restored = {
            identity: self._detectors[identity].read(each)
            for identity, each in written.items()
            if identity in self._detectors
        }
        self._patients[patient] = restored
        self._saved.pop(patient, None)

    def forget(self, patient: str) -> None:
        """Drop all that is kept of a patient, seen or not."""
        self._patients.pop(patient, None)
        self._saved.pop(patient, None)


def check_size(panel: RiverPanel) -> None:
    """Raise :class:`RiverError` if so much is kept of a patient that it doesn't fit into a checkpoint."""
    trial = panel.empty()
    names = {name for spec in panel.specs for name in spec.vitals}
    for reading in range(TRIAL_READINGS):
        usual = {name: (VITALS[VITAL_INDEX[name]].plausible_low + 10 + reading % 7) for name in names}
        trial.take("", usual, learning=True)
    size = len(trial.state_of(""))
    if size > MOST_STATE_BYTES:
        raise RiverError(
            f"Of each patient {size:,} bytes would be kept, of which {MOST_STATE_BYTES:,} fit into a "
            "checkpoint: choose parameters that make the detectors smaller, such as fewer or lower trees."
        )


def packed(written: Mapping[str, Any]) -> bytes:
    """What detectors wrote, by their identities, as bytes."""
    state = {"version": STATE_VERSION, "detectors": written}
    return zlib.compress(json.dumps(state, separators=(",", ":")).encode(), level=1)
