"""A detector of river is tried out before any patient depends on it."""

from __future__ import annotations

import json
import math
import numbers
import random

from wardwatch.core.river_detector import Kept, RiverDetector, RiverSpec
from wardwatch.core.river_names import RiverError

# More than the readings after which river's detectors, as they come, begin to score: 100 and 250.
_LEARNED = 300
_GOES_ON = 20

Values = tuple[float, ...]


def tried(spec: RiverSpec) -> RiverDetector:
    """The detector of ``spec``; raises :class:`RiverError` where one does not

    - learn and score such values as its vitals have,
    - do the same each time it is given the same,
    - come back from its saved state, and go on as if nothing had been.
    """
    detector = RiverDetector(spec)
    values = plausible_values(detector, _LEARNED + _GOES_ON)
    kept, twin = detector.fresh(), detector.fresh()
    before = _text(detector, kept)
    _learn_and_score(detector, kept, values[:_LEARNED])
    _learn_and_score(detector, twin, values[:_LEARNED])
    if _text(detector, kept) == before:
        raise RiverError(f"{spec.detector} learns nothing with these parameters.")
    detector.expect(kept)
    learned = _text(detector, kept)
    if _text(detector, twin) != learned:
        raise RiverError(f"{spec.detector} does not do the same each time.")
    detector.score(kept, values[_LEARNED], learning=True)
    detector.scoring_learns = _text(detector, kept) != learned
    _go_on(detector, detector.read(json.loads(learned)), twin, values[_LEARNED:])
    return detector


def plausible_values(detector: RiverDetector, count: int) -> list[Values]:
    """Made-up readings: around the middle of each plausible range, rounded as a chart does."""
    generator = random.Random(1)  # noqa: S311 (no secret)
    halves = [(vital, (vital.plausible_high - vital.plausible_low) / 2) for vital in detector.vitals]
    return [
        tuple(
            float(vital.written(vital.plausible_low + half + generator.gauss(0, half / 25)))
            for vital, half in halves
        )
        for _ in range(count)
    ]


def _learn_and_score(detector: RiverDetector, kept: Kept, values: list[Values]) -> None:
    """Unlike when patients depend on it, what river complains of is told. The last value is scored, too."""
    name = detector.spec.detector
    try:
        for each in values[:-1]:
            kept.detector.learn_one(*detector.arguments(each))
        score = kept.detector.score_one(*detector.arguments(values[-1]))
    except Exception as error:  # noqa: BLE001 (whatever it is, this detector can't be used)
        raise RiverError(f"{name} fails with these parameters: {error!r}.") from None
    if not isinstance(score, numbers.Real) or not math.isfinite(score):
        raise RiverError(f"{name} scores {score!r} with these parameters, which is no number.")


def _go_on(detector: RiverDetector, restored: Kept, twin: Kept, values: list[Values]) -> None:
    """The one that was saved and restored beside the one that was not."""
    scores: list[list[float]] = [[], []]
    for kept, told in zip((restored, twin), scores, strict=True):
        for each in values:
            told.append(detector.score(kept, each, learning=True))
            detector.learn(kept, each)
    if repr(scores[0]) != repr(scores[1]) or _text(detector, restored) != _text(detector, twin):
        raise RiverError(f"{detector.spec.detector} does not go on from its saved state as it was.")


def _text(detector: RiverDetector, kept: Kept) -> str:
    return json.dumps(detector.written(kept))
