"""What every detector promises, each promise with the check that finds it broken.

A check can show that a promise is broken, never that it is kept: it tries the detector on streams made up
from a seed. And it sees the detector from outside: neither a wrong formula nor a poor detector is found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wardwatch.core.detectors.detector import Detector
from wardwatch.testing import company, form, keeping, scoring
from wardwatch.testing.running import Trial

# The highest score that is none to worry about: that of one spread off the usual, or of NightSignal's yellow.
QUIET_BELOW = 1.0


class DetectorFault(AssertionError):  # noqa: N818 - it reads as what it says of the detector
    """A detector breaks a promise; ``check`` is the name of the check that found it."""

    def __init__(self, check: str, sentence: str) -> None:
        super().__init__(sentence)
        self.check = check


@dataclass(frozen=True, slots=True)
class Check:
    """One promise; called with a detector it raises :class:`DetectorFault` where that breaks it.

    ``find`` says what it found broken, or ``None``.
    """

    name: str
    promise: str
    find: Callable[[Trial], str | None]

    def __call__(self, detector: Detector, *, seed: int = 0, quiet_below: float = QUIET_BELOW) -> None:
        """As :func:`check_detector`, for this promise alone."""
        try:
            found = self.find(Trial(detector=detector, seed=seed, quiet_below=quiet_below))
        except Exception as error:
            raise DetectorFault(self.name, self._sentence(detector, f"it raised {error!r}")) from error
        if found is not None:
            raise DetectorFault(self.name, self._sentence(detector, found))

    def __str__(self) -> str:
        return self.name

    def _sentence(self, detector: Detector, found: str) -> str:
        return f"{getattr(detector, 'name', type(detector).__name__)}: {self.promise}, but {found}."


def check_detector(detector: Detector, *, seed: int = 0, quiet_below: float = QUIET_BELOW) -> None:
    """Raise :class:`DetectorFault` at the first promise that the ``detector`` breaks.

    ``seed`` chooses the streams of readings; ``quiet_below`` is the highest score that still is none to
    worry about, where a signal is constant. The detector itself is left as it is: copies are tried.
    """
    for check in CHECKS:
        check(detector, seed=seed, quiet_below=quiet_below)


CHECKS: tuple[Check, ...] = (
    Check("form", "it has the form of a detector", form.form),
    Check("deterministic", "the same question has the same answer", scoring.deterministic),
    Check("missing_values", "what was not measured teaches nothing", scoring.missing_values),
    Check("score_before_learn", "it scores before it learns", scoring.score_before_learn),
    Check("one_pass", "in one pass it scores and learns as in two", scoring.one_pass),
    Check("no_lookahead", "a score does not know the future", scoring.no_lookahead),
    Check("order_of_patients", "the order of the patients does not matter", company.order_of_patients),
    Check("batch_size", "the number of other patients does not matter", company.batch_size),
    Check("snapshot", "all that is known of a patient is in the state", keeping.snapshot),
    Check("stored_precision", "the state is exact enough as it is stored", keeping.stored_precision),
    Check("bounded_state", "the state has bounds", keeping.bounded_state),
    Check("quiet_when_constant", "a constant signal is no alarm", scoring.quiet_when_constant),
)
