"""The promises about company: which other patients are seen in a round changes nothing, bit for bit."""

from __future__ import annotations

import numpy as np

from wardwatch.testing import running, streams
from wardwatch.testing.running import ROUNDS, Trial

_SIZES = (1024, 7, 1)


def order_of_patients(made: Trial) -> str | None:
    """Each patient has the same scores wherever in the round the patient comes."""
    # More than a vector register holds, and no multiple of it: ends are computed otherwise than middles.
    patients = 37
    stream = streams.ordinary(made.seed, patients=patients, rounds=ROUNDS // 3)
    scores, at_end = running.run(made.detector, stream)
    rng = np.random.default_rng(made.seed)
    state = running.begin(made.detector, patients)
    for index in range(len(stream)):
        seats = rng.permutation(patients)
        mixed = {name: np.take(array, seats, axis=1) for name, array in state.items()}
        mixed_scores = running.step(made.detector, mixed, streams.columns(stream.seen(index), seats))
        running.store(made.detector, mixed)
        differs = running.difference(scores[index], mixed_scores[:, np.argsort(seats)], at=index)
        if differs is not None:
            return f"in another order of the patients {differs}"
        for name, array in state.items():
            array[:, seats] = mixed[name]
    field = running.changed(state, at_end)
    return None if field is None else f"in another order of the patients {field} of the state differs"


def batch_size(made: Trial) -> str | None:
    """The first patients have the same scores, and keep the same, alone and among many.

    They stay in their places: what comes of another place, the check of the order finds.
    """
    largest = streams.ordinary(made.seed, patients=_SIZES[0], rounds=ROUNDS // 4)
    scores, state = running.run(made.detector, largest)
    for size in _SIZES[1:]:
        fewer_scores, fewer_state = running.run(made.detector, largest.first(size))
        differs = running.difference(scores[..., :size], fewer_scores)
        if differs is not None:
            return f"among {_SIZES[0]} patients and among {size} {differs}"
        field = running.changed({name: array[:, :size] for name, array in state.items()}, fewer_state)
        if field is not None:
            return f"among {_SIZES[0]} patients and among {size} {field} differs"
    return None
