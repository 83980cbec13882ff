"""River's anomaly detectors by name: what there is, and one made from a name and parameters as plain data.

A parameter that is an object of river is written ``{"river": "stats.EWMean", "parameters": {...}}``.

This is the only file that imports river, and only when something is made: it takes seconds.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.metadata
import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from wardwatch.core.river_names import RiverError

# Where what river's detectors are made of comes from: nothing that reads files or the network.
_PARTS = (
    "anomaly",
    "linear_model",
    "neighbors",
    "optim",
    "optim.initializers",
    "optim.losses",
    "optim.schedulers",
    "preprocessing",
    "stats",
    "time_series",
)


def river_version() -> str:
    """The version of river that is installed."""
    return importlib.metadata.version("river")


def detector_names() -> list[str]:
    """The names of all of river's anomaly detectors."""
    return sorted(_anomaly().__all__)


def make(name: str, parameters: Mapping[str, Any]) -> Any:
    """River's detector ``name``, new; raises :class:`RiverError` for a name or parameters that don't fit."""
    known = detector_names()
    if name not in known:
        raise RiverError(f"River has no anomaly detector {name}{nearest(name, known)}.")
    return _made(name, getattr(_anomaly(), name), parameters)


def new_adwin(delta: float) -> Any:
    """River's detector of a change of mean, which is wrong about as often as ``delta`` says."""
    from river import drift  # noqa: PLC0415 (it takes seconds, and most never want it)

    detector: Any = drift.ADWIN
    return detector(delta=delta)


def innermost(detector: Any) -> Any:
    """The detector itself, without the filters that are wrapped around it."""
    wrapper = _base().AnomalyFilter
    while isinstance(detector, wrapper):
        detector = detector.anomaly_detector
    return detector


def takes_target(detector: Any) -> bool:
    """Whether it judges a target, and not only features: river calls that supervised."""
    return isinstance(detector, _base().SupervisedAnomalyDetector)


def nearest(name: str, known: Iterable[str]) -> str:
    """What to say after a name that is not known: a close one, or all.

    >>> nearest("HalfSpaceTree", ["LODA", "HalfSpaceTrees"]), nearest("x", ["LODA", "HalfSpaceTrees"])
    (' (did you mean HalfSpaceTrees?)', ' (there are LODA, HalfSpaceTrees)')
    """
    known = list(known)
    lowered = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), lowered, n=1)
    return f" (did you mean {lowered[close[0]]}?)" if close else f" (there are {', '.join(known)})"


def _anomaly() -> Any:
    from river import anomaly  # noqa: PLC0415 (it takes seconds, and most never want it)

    return anomaly


def _base() -> Any:
    from river import base  # noqa: PLC0415 (as above)

    return base


def _made(name: str, kind: Any, parameters: Mapping[str, Any]) -> Any:
    _check_names(name, kind, parameters)
    given = {key: _value(value) for key, value in parameters.items()}
    try:
        return kind(**given)
    except Exception as error:  # noqa: BLE001 (river's own checks raise whatever they like)
        raise RiverError(f"{name} can't be made with these parameters: {error}.") from None


def _check_names(name: str, kind: Any, parameters: Mapping[str, Any]) -> None:
    known = inspect.signature(kind).parameters
    for key in parameters:
        if key not in known:
            raise RiverError(f"{name} has no parameter {key}{nearest(key, known)}.")
    for key, parameter in known.items():
        if parameter.default is inspect.Parameter.empty and key not in parameters:
            raise RiverError(f"{name} needs the parameter {key}.")


def _value(value: Any) -> Any:
    """A copy of a parameter, with objects of river where it asks for them: each patient has its own."""
    if isinstance(value, Mapping):
        if "river" in value:
            return _part(value)
        return {key: _value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value(each) for each in value]
    return value


def _part(value: Mapping[str, Any]) -> Any:
    path = str(value["river"])
    module, _, name = path.rpartition(".")
    if module not in _PARTS:
        raise RiverError(f"A parameter asks for river's {path}, which is in none of {', '.join(_PARTS)}.")
    found = importlib.import_module(f"river.{module}")
    known = [each for each in found.__all__ if inspect.isclass(getattr(found, each))]
    if name not in known:
        raise RiverError(f"River has no {path}{nearest(name, known)}.")
    parameters = value.get("parameters", {})
    if not isinstance(parameters, Mapping):
        raise RiverError(f"The parameters of {path} must be names with values.")
    return _made(path, getattr(found, name), parameters)
