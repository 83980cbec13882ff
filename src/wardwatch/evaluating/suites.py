"""The suites by name, each a function from recordings to an evaluation."""

from __future__ import annotations

from collections.abc import Mapping

from wardwatch.evaluating import sepsis2019
from wardwatch.evaluating.evaluation import Suite

SUITES: Mapping[str, Suite] = {
    "sepsis2019": sepsis2019.evaluate,
}
