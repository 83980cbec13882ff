"""What detectors see, for tests that care for a few of its parts only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wardwatch.core.detectors.detector import JUDGED, Seen
from wardwatch.core.reading import FloatArray

Numbers = npt.ArrayLike


def seen(
    z: Numbers = 0.0,
    *,
    innovation: Numbers | None = None,
    elapsed_s: Numbers = 60.0,
    learning: Numbers = 1.0,
    patients: int = 1,
) -> Seen:
    """A reading of each patient; ``innovation`` is as ``z`` unless given, numbers broadcast to all vitals."""
    shape = (JUDGED, patients)
    return Seen(
        at_ms=np.zeros(patients, dtype=np.int64),
        local_ms=np.zeros(patients, dtype=np.int64),
        values=_filled(z, shape),
        elapsed_s=_filled(elapsed_s, shape),
        z=_filled(z, shape),
        innovation=_filled(z if innovation is None else innovation, shape),
        steps=np.zeros(patients),
        resting=np.ones(patients, dtype=np.bool_),
        learning=_filled(learning, (patients,)),
    )


def _filled(numbers: Numbers, shape: tuple[int, ...]) -> FloatArray:
    return np.array(np.broadcast_to(np.asarray(numbers, dtype=np.float64), shape))
