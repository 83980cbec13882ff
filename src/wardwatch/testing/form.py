"""The promise of form: fields, scores and learning are what whoever runs a detector counts on."""

from __future__ import annotations

import copy

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Detector, Field, empty_state
from wardwatch.testing import running, streams
from wardwatch.testing.running import PATIENTS, ROUNDS, Arrays, Trial


def form(made: Trial) -> str | None:
    """Names, types and shapes are right, learning is in place, and there are scores at all."""
    detector = copy.deepcopy(made.detector)
    wrong = _wrong_fields(detector)
    if wrong is not None:
        return wrong
    stream = streams.ordinary(made.seed, patients=PATIENTS, rounds=ROUNDS, complete=True)
    state = empty_state(detector, PATIENTS)
    scored = False
    for index in range(ROUNDS):
        seen, before = stream.seen(index), dict(state)
        scores = running.score(detector, state, seen)
        if scores.shape != (JUDGED, PATIENTS) or scores.dtype != np.float64:
            return f"its scores are {scores.shape} of {scores.dtype}, not {(JUDGED, PATIENTS)} of float64"
        running.learn(detector, state, seen)
        wrong = _wrong_state(before, state)
        if wrong is not None:
            return wrong
        scored = scored or not np.isnan(scores).all()
    return None if scored else "in five days of readings it scored no number, so nothing can be tried on it"


def _wrong_fields(detector: Detector) -> str | None:
    if not isinstance(detector.name, str) or len(detector.name.split()) != 1:
        return f"its name is {detector.name!r}"
    names = [field.name for field in detector.fields]
    if len(set(names)) < len(names):
        return f"two fields have one name, among {names}"
    return next((wrong for field in detector.fields if (wrong := _wrong_field(field))), None)


def _wrong_field(field: Field) -> str | None:
    """A default that its type can't hold would be another one after the first round."""
    default = np.broadcast_to(np.asarray(field.default, dtype=np.float64), (field.width,))
    with np.errstate(all="ignore"):
        kept = default.astype(field.dtype).astype(np.float64)
    near = np.isclose(kept, default, rtol=1e-6, atol=0.0, equal_nan=True)
    return None if near.all() else f"the default of {field.name} does not fit into {field.dtype}"


def _wrong_state(before: Arrays, state: Arrays) -> str | None:
    if state.keys() != before.keys():
        return f"learning left the fields {sorted(state)} instead of {sorted(before)}"
    replaced = [name for name, array in state.items() if array is not before[name]]
    return f"learning put another array in the place of {replaced[0]}" if replaced else None
