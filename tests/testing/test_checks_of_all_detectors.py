"""Each detector that wardwatch has keeps each promise."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from wardwatch.core import detectors
from wardwatch.core.detectors.detector import Detector
from wardwatch.testing import CHECKS, Check

_FORM = {"name", "fields", "score", "learn"}


def _detectors() -> Iterator[Callable[[], Detector]]:
    """The classes of detector form in all modules of the package, whoever wrote them."""
    for module_info in pkgutil.walk_packages(detectors.__path__, f"{detectors.__name__}."):
        module = importlib.import_module(module_info.name)
        for _, found in inspect.getmembers(module, inspect.isclass):
            of_this_module = found.__module__ == module.__name__
            if of_this_module and found is not Detector and set(dir(found)) >= _FORM:
                yield cast("Callable[[], Detector]", found)


def _name(detector: Callable[[], Detector]) -> str:
    return cast("type", detector).__name__


_DETECTORS = list(_detectors())


def test_detectors_are_found() -> None:
    assert "NightSignal" in {_name(detector) for detector in _DETECTORS}


@pytest.mark.parametrize("check", CHECKS, ids=str)
@pytest.mark.parametrize("detector", _DETECTORS, ids=_name)
def test_each_detector_keeps_each_promise(detector: Callable[[], Detector], check: Check) -> None:
    check(detector())
