"""The promises about the state: it is all there is, survives being stored, and has bounds."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from wardwatch.core.detectors.detector import Detector, Field, empty_state
from wardwatch.testing import running, streams
from wardwatch.testing.running import PATIENTS, ROUNDS, TOLERANCE, Arrays, Trial


def snapshot(made: Trial) -> str | None:
    """One detector throughout, and one that begins anew with what was stored, score the same bit for bit."""
    stream = streams.ordinary(made.seed, patients=PATIENTS, rounds=ROUNDS // 2)
    rng = np.random.default_rng(made.seed)
    throughout, restarted = copy.deepcopy(made.detector), copy.deepcopy(made.detector)
    state = running.begin(made.detector, PATIENTS)
    restored = running.copied(state)
    for index in range(len(stream)):
        scores = running.score(throughout, state, stream.seen(index))
        restarted_scores = running.score(restarted, restored, stream.seen(index))
        differs = running.difference(scores, restarted_scores, at=index)
        if differs is not None:
            return f"without restarts and with some, {differs}"
        running.learn(throughout, state, stream.seen(index))
        running.learn(restarted, restored, stream.seen(index))
        running.store(made.detector, state)
        running.store(made.detector, restored)
        if rng.random() < 0.1:
            restarted, restored = copy.deepcopy(made.detector), _through_bytes(made.detector, restored)
    field = running.changed(state, restored)
    return None if field is None else f"without restarts and with some, {field} of the state differs"


def _through_bytes(detector: Detector, state: Arrays) -> Arrays:
    restored = empty_state(detector, PATIENTS)
    for field in detector.fields:
        kept = state[field.name].astype(field.dtype).tobytes()
        restored[field.name][...] = np.frombuffer(kept, field.dtype).reshape(field.width, PATIENTS)
    return restored


def stored_precision(made: Trial) -> str | None:
    """That the state is rounded after each round hardly shows in the scores."""
    stream = streams.ordinary(made.seed, patients=PATIENTS, rounds=ROUNDS)
    stored, _ = running.run(made.detector, stream)
    unrounded, _ = running.run(made.detector, stream, stored=False)
    differs = running.difference(stored, unrounded, tolerance=TOLERANCE)
    return None if differs is None else f"kept as it is stored and kept in double precision, {differs}"


def bounded_state(made: Trial) -> str | None:
    """What the state reaches while the worst happens once, it does not double when that happens ten times.

    An instant may be kept: for so long as this lasts, it grows by less.
    """
    rounds, times = 200, 10
    stream = streams.extreme(made.seed, rounds=rounds, times=times)
    state = running.begin(made.detector, stream.patients)
    largest = dict.fromkeys(state, 0.0)
    for index in range(len(stream)):
        running.step(made.detector, state, stream.seen(index))
        running.store(made.detector, state)
        for field in made.detector.fields:
            size = _size(state[field.name], field)
            if not np.isfinite(size):
                return f"{field.name} is no longer finite after {index + 1} readings"
            if index < rounds:
                largest[field.name] = max(largest[field.name], size)
            elif size > 2.0 * largest[field.name] and not _bounded_by_type(field):
                return (
                    f"{field.name}, at most {largest[field.name]:.3g} in {rounds} extreme readings, "
                    f"is {size:.3g} after {index + 1}"
                )
    return None


def _size(array: Any, field: Field) -> float:
    """The largest absolute number; not-a-number only counts where a patient never seen has none."""
    sizes = np.abs(array.astype(np.float64))
    unset = np.isnan(np.broadcast_to(np.asarray(field.default, dtype=np.float64), (field.width,)))
    return float(np.where(np.isnan(sizes) & unset[:, None], 0.0, sizes).max())


def _bounded_by_type(field: Field) -> bool:
    """Small whole numbers, such as counts of nights, have the bound of their type."""
    dtype = np.dtype(field.dtype)
    return dtype.kind in "iub" and dtype.itemsize <= 2
