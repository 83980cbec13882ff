"""What a kept state of a river detector may name: classes and functions, as ``module:name``."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

# What river keeps of other modules inside its detectors, all of it without effects outside of itself.
_HARMLESS = frozenset(
    {
        "builtins:dict",
        "builtins:float",
        "builtins:int",
        "builtins:list",
        "builtins:set",
        "builtins:tuple",
        "collections:Counter",
        "collections:OrderedDict",
        "collections:defaultdict",
        "collections:deque",
        "functools:partial",
    }
)


class RiverError(ValueError):
    """A detector of river that can't be used as asked, or a state that can't be kept or read: a sentence."""


def name_of(thing: Any) -> str:
    """The name of a class or function; raises :class:`RiverError` for one that a state may not name."""
    name = f"{thing.__module__}:{thing.__qualname__}"
    try:
        found = named(name)
    except RiverError:
        raise unkept(thing) from None
    if found is not thing:
        raise unkept(thing)
    return name


@cache
def named(name: str) -> Any:
    """The class or function of this name; raises :class:`RiverError` for one that a state may not name."""
    module, _, path = name.partition(":")
    if name not in _HARMLESS and module != "river" and not module.startswith("river."):
        raise RiverError(f"A state may not name {name}.")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    # A module of river has names of others' too: those that it imports.
    if not callable(found) or getattr(found, "__module__", None) != module:
        raise RiverError(f"A state may not name {name}.")
    return found


def unkept(thing: Any) -> RiverError:
    """The error to raise where ``thing`` stands in the way of keeping a state."""
    kind = thing if isinstance(thing, type) else type(thing)
    return RiverError(f"A {kind.__module__}.{kind.__qualname__} can't be kept as plain data.")
