"""The promises about a score: what it may depend on, and what it leaves alone."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np

from wardwatch.core.detectors.detector import Detector, OnePass, Seen
from wardwatch.core.reading import FloatArray
from wardwatch.testing import running, streams
from wardwatch.testing.running import PATIENTS, ROUNDS, TOLERANCE, Arrays, Trial


def deterministic(made: Trial) -> str | None:
    """One detector, asked the same twice, answers the same twice, and learns the same."""
    # Complete, so that who can't do without a value is not taken for fickle.
    stream = streams.ordinary(made.seed, patients=PATIENTS, rounds=ROUNDS // 3, complete=True)
    state = running.begin(made.detector, PATIENTS)
    for index in range(len(stream)):
        detector, again = copy.deepcopy(made.detector), running.copied(state)
        first = running.score(detector, state, stream.seen(index))
        second = running.score(detector, again, stream.seen(index))
        differs = running.difference(first, second, at=index)
        if differs is not None:
            return f"asked twice, {differs}"
        running.learn(detector, state, stream.seen(index))
        running.learn(detector, again, stream.seen(index))
        field = running.changed(state, again)
        if field is not None:
            return f"learning the same twice from the same state makes {field} differ"
        running.store(made.detector, state)
    return None


def missing_values(made: Trial) -> str | None:
    """A reading without values changes no later score, and what was missing once is no loss for ever.

    Only nearly so, because a detector that forgets by the clock does so in two smaller steps then.
    """
    stream = streams.ordinary(made.seed, patients=PATIENTS, rounds=ROUNDS)
    scores, _ = running.run(made.detector, stream)
    with_empty, _ = running.run(made.detector, streams.with_empty_between(stream))
    differs = running.difference(scores, with_empty[::2], tolerance=TOLERANCE)
    if differs is not None:
        return f"with readings between in which nothing was measured, {differs}"

    complete = streams.ordinary(made.seed, patients=PATIENTS, rounds=2 * ROUNDS, complete=True)
    holed = streams.missing_at_first(complete, made.seed, until=ROUNDS // 4)
    never_missing, _ = running.run(made.detector, complete)
    missing_once, _ = running.run(made.detector, holed)
    lost = np.isnan(missing_once) & ~np.isnan(never_missing)
    # Who counts values before the first score has had enough by then.
    if lost[ROUNDS + ROUNDS // 4 :].any():
        return "five days after the last missing value there still are no scores where there should be"
    return None


def score_before_learn(made: Trial) -> str | None:
    """Scoring leaves the state as it is, and does not care whether there will be learning.

    So the state that a value is scored by was made by the values before it. What is seen, other detectors
    see too: neither scoring nor learning may change it.
    """
    stream = streams.ordinary(made.seed, patients=PATIENTS, rounds=ROUNDS // 3)
    state = running.begin(made.detector, PATIENTS)
    for index in range(len(stream)):
        before, seen = running.copied(state), stream.seen(index)
        scores = running.score(copy.deepcopy(made.detector), state, seen)
        field = running.changed(before, state)
        if field is not None:
            return f"scoring changes {field} of the state"
        unlearned = replace(stream.seen(index), learning=1.0 - seen.learning)
        unlearned_scores = running.score(copy.deepcopy(made.detector), state, unlearned)
        differs = running.difference(scores, unlearned_scores, at=index)
        if differs is not None:
            return f"whether there will be learning changes a score: {differs}"
        running.learn(copy.deepcopy(made.detector), state, seen)
        field = running.changed(_as_arrays(stream.seen(index)), _as_arrays(seen))
        if field is not None:
            return f"it changes {field} of what was seen"
        running.store(made.detector, state)
    return None


def _as_arrays(seen: Seen) -> Arrays:
    return {name: getattr(seen, name) for name in Seen.__slots__}


def one_pass(made: Trial) -> str | None:
    """Scoring and learning in one pass give what they give one after the other, whatever the learning."""
    if not isinstance(made.detector, OnePass):
        return None
    stream = streams.ordinary(made.seed, patients=PATIENTS, rounds=ROUNDS // 3)
    state = running.begin(made.detector, PATIENTS)
    for index in range(len(stream)):
        before, at_once, seen = running.copied(state), running.copied(state), stream.seen(index)
        # As the bank does, which knows only after scoring who may learn.
        guarded = replace(seen, learning=1.0 - seen.learning)
        scores, learner = running.score_and_learner(copy.deepcopy(made.detector), at_once, seen)
        field = running.changed(before, at_once)
        if field is not None:
            return f"it changes {field} of the state before it is to learn"
        two_scores = running.score(copy.deepcopy(made.detector), state, seen)
        differs = running.difference(two_scores, scores, at=index)
        if differs is not None:
            return f"in two passes and in one {differs}"
        learner(guarded.learning)
        running.learn(copy.deepcopy(made.detector), state, guarded)
        field = running.changed(state, at_once)
        if field is not None:
            return f"learning in one pass makes {field} of the state another"
        running.store(made.detector, state)
    return None


def no_lookahead(made: Trial) -> str | None:
    """What comes later changes no score: neither one already given, nor through a look at it."""
    half = ROUNDS // 4
    ours, other = (streams.ordinary(made.seed + more, patients=PATIENTS, rounds=2 * half) for more in (0, 1))
    _, otherwise = _given(made.detector, ours.with_future_of(other, half))
    given, at_once = _given(made.detector, ours)
    differs = running.difference(at_once, given)
    if differs is not None:
        return f"learning changes scores already given: {differs}"
    differs = running.difference(at_once[:half], otherwise[:half])
    return None if differs is None else f"with other readings from round {half} on, {differs}"


def _given(detector: Detector, stream: streams.Stream) -> tuple[FloatArray, FloatArray]:
    """The very arrays that the detector returned, looked at when all is over; and what they said at once."""
    given, at_once = [], []
    state = running.begin(detector, stream.patients)
    for index in range(len(stream)):
        at_work, seen = copy.deepcopy(detector), stream.window(index)
        with np.errstate(all="ignore"):
            given.append(at_work.score(state, seen))
        at_once.append(given[-1].copy())
        running.learn(at_work, state, seen)
        running.store(detector, state)
    return np.stack(given), np.stack(at_once)


def quiet_when_constant(made: Trial) -> str | None:
    """No score is above ``quiet_below`` where nothing ever changes, nor five days after the last change."""
    always = streams.constant(made.seed, patients=PATIENTS, rounds=ROUNDS)
    loudest = _loudest(running.run(made.detector, always)[0])
    if loudest > made.quiet_below:
        return f"a signal that was never anything else scores {loudest:.3g}, above {made.quiet_below:g}"
    settled = streams.constant(made.seed, patients=PATIENTS, rounds=2 * ROUNDS, since=ROUNDS // 2)
    loudest = _loudest(running.run(made.detector, settled)[0][ROUNDS + ROUNDS // 2 :])
    if loudest > made.quiet_below:
        return f"five days after it became constant it scores {loudest:.3g}, above {made.quiet_below:g}"
    return None


def _loudest(scores: FloatArray) -> float:
    return float(np.nanmax(scores, initial=0.0))
