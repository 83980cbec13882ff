"""What is known of the population, and so of a patient never seen: fitted on recordings, versioned, shipped.

`wardwatch fit` makes a model; the package ships one. A patient's state begins at the model and stays shrunk
to it. Patients who happen to share a partition teach each other nothing: what is pooled is here, and never
changes while a monitor runs.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from wardwatch.core.baseline import Prior
from wardwatch.core.calibration import FalseAlarms, Reference
from wardwatch.core.detectors.detector import JUDGED_NAMES
from wardwatch.core.detectors.spot import TailPrior
from wardwatch.core.evidence import SPEAKING_NAMES, Population
from wardwatch.core.reading import FloatArray

# 2 since there is deterioration: without it, as in format 1, nothing is said of that.
FORMAT = 2
_READABLE = (1, 2)


class ModelError(ValueError):
    """Bytes that are no model which this version can use: one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What is pooled over patients.

    ``name`` says which it is, wherever an alarm gives its reasons; ``sources`` what it was fitted on.
    ``correlation`` (judged vitals, judged vitals) is that of z; ``references`` are those of the detectors'
    scores by name, ``fused`` that of the root of the fused score. ``deterioration`` is what vitals say for an
    acute illness, or ``None`` where that is not known.
    """

    name: str
    sources: tuple[str, ...]
    prior: Prior
    correlation: FloatArray
    tail: TailPrior
    references: dict[str, Reference]
    fused: Reference
    false_alarms: FalseAlarms
    deterioration: Population | None = None

    def to_json(self) -> bytes:
        """As a file, for `from_json`."""
        prior = {name: getattr(self.prior, name).round(6).tolist() for name in self.prior.__slots__}
        return json.dumps(
            {
                "format": FORMAT,
                "name": self.name,
                "sources": self.sources,
                "vitals": JUDGED_NAMES,
                "prior": prior,
                "correlation": self.correlation.round(4).tolist(),
                "tail": asdict(self.tail),
                "references": {name: _plain(found) for name, found in self.references.items()},
                "fused": _plain(self.fused),
                "false_alarms": self.false_alarms.measured,
                "deterioration": None
                if self.deterioration is None
                else _plain_population(self.deterioration),
            },
            indent=1,
        ).encode()

    @classmethod
    def from_json(cls, payload: bytes) -> Model:
        """The model that `to_json` wrote; raises :class:`ModelError`."""
        try:
            return _read(json.loads(payload))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ModelError(f"This is no model that wardwatch can use: {error}.") from error


def _plain(reference: Reference) -> dict[str, list[float]]:
    return {"scores": reference.scores.round(5).tolist(), "bits": reference.bits.round(4).tolist()}


def _read(found: Any) -> Model:
    if found["format"] not in _READABLE or tuple(found["vitals"]) != JUDGED_NAMES:
        raise ModelError("its format or its vitals are those of another version of wardwatch")
    deterioration = found["deterioration"] if found["format"] == FORMAT else None
    return Model(
        name=found["name"],
        sources=tuple(found["sources"]),
        prior=Prior(**{name: np.array(numbers) for name, numbers in found["prior"].items()}),
        correlation=np.array(found["correlation"]),
        tail=TailPrior(**{name: tuple(numbers) for name, numbers in found["tail"].items()}),
        references={name: _reference(points) for name, points in found["references"].items()},
        fused=_reference(found["fused"]),
        false_alarms=_false_alarms(found["false_alarms"]),
        deterioration=None if deterioration is None else _population(deterioration),
    )


def _false_alarms(measured: Any) -> FalseAlarms:
    return FalseAlarms(tuple((limit, rate) for limit, rate in measured))


def _plain_population(population: Population) -> dict[str, Any]:
    return {
        "vitals": SPEAKING_NAMES,
        "middle": population.middle.round(4).tolist(),
        "references": [_plain(reference) for reference in population.references],
        "mean": population.mean.round(5).tolist(),
        "false_alarms": population.false_alarms.measured,
    }


def _population(found: Any) -> Population:
    if tuple(found["vitals"]) != SPEAKING_NAMES or len(found["references"]) != len(SPEAKING_NAMES):
        raise ModelError("its vitals of deterioration are those of another version of wardwatch")
    return Population(
        middle=np.array(found["middle"]),
        references=tuple(_reference(points) for points in found["references"]),
        mean=np.array(found["mean"]),
        false_alarms=_false_alarms(found["false_alarms"]),
    )


def _reference(points: dict[str, list[float]]) -> Reference:
    return Reference(np.array(points["scores"]), np.array(points["bits"]))


@cache
def shipped_model() -> Model:
    """The model that comes with the package."""
    return Model.from_json(resources.files("wardwatch.models").joinpath("shipped.json").read_bytes())
