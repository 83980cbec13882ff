"""The suites by name, each a function from recordings to an evaluation."""

from __future__ import annotations

from collections.abc import Mapping

from wardwatch.evaluating import burden, deterioration, rhythm, sepsis2019, simulated
from wardwatch.evaluating.evaluation import Suite

SUITES: Mapping[str, Suite] = {
    "burden": burden.evaluate,
    "deterioration": deterioration.evaluate,
    "rhythm": rhythm.evaluate,
    "sepsis2019": sepsis2019.evaluate,
    "simulated": simulated.evaluate,
}
