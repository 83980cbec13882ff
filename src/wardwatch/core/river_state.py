"""The state of a river detector as plain data and back: JSON, and never pickle, which can run code.

River's detectors are graphs of Python and Rust objects. Each object can say how a copy of it is made
(``__reduce_ex__``, what `copy` and `pickle` go by): its class, arguments, attributes and items. That is
written down as data. It is read back only into classes and functions of river's own modules and a handful of
the standard library's, so that a checkpoint which was tampered with can't call anything else.

Numbers, strings, ``None`` and booleans stand for themselves; everything else is a JSON list that begins with
a word of one letter:

    ["f", text]               a number that JSON has no word for: nan, inf, -inf
    ["b", hex]                bytes
    ["t", ...]  ["l", ...]    tuple, list
    ["s", ...]  ["z", ...]    set, frozenset, sorted, so that equal ones are written alike
    ["d", key, value, ...]    dict, in its order
    ["a", type, shape, hex]   NumPy array, or number where the shape is null
    ["R", digest]             random.Random in the state with this digest, one of those known beforehand
    ["R", null, hex, gauss]   random.Random in another state
    ["g", name]               a class or function, by module:name
    ["o", name, arguments, state, items, pairs]   an object that is made by __new__
    ["c", name, arguments, state, items, pairs]   an object that is made by calling its class
    ["r", number]             the same object as the one that was the number-th of the above to begin

>>> codec = StateCodec()
>>> shared = [1.5, float("inf")]
>>> codec.encode({"a": shared, "b": shared})
['d', 'a', ['l', 1.5, ['f', 'inf']], 'b', ['r', 1]]
>>> codec.decode(codec.encode({"a": shared, "b": shared}))
{'a': [1.5, inf], 'b': [1.5, inf]}
>>> codec.decode(["c", "os:system", ["t", "true"], None, None, None])
Traceback (most recent call last):
...
wardwatch.core.river_names.RiverError: A state may not name os:system.
"""

from __future__ import annotations

import hashlib
import math
import random
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from wardwatch.core.river_names import RiverError, name_of, named, unkept

_SEQUENCES: dict[type, str] = {tuple: "t", list: "l"}
_SETS: dict[type, str] = {set: "s", frozenset: "z"}
_FILLED_AT_ONCE: dict[str, Callable[[Iterable[Any]], Any]] = {"t": tuple, "s": set, "z": frozenset}
_ARRAY_KINDS = "biuf"
_WORDS_OF_RANDOM = struct.Struct("<625I")
_VERSION_OF_RANDOM = 3
_UNMADE = object()

# What an object gives as its maker if it is made by __new__.
_NEW = object().__reduce_ex__(2)[0]

_RandomState = tuple[Any, ...]


class StateCodec:
    """Writes and reads; ``known`` are states of ``random.Random`` that need not be written out.

    A generator that has only just been seeded is 2.5 kB of state, many times that of a mean and a variance.
    """

    def __init__(self, known: Iterable[_RandomState] = ()) -> None:
        self._known = {_digest(state): state for state in known}

    def encode(self, thing: Any) -> Any:
        """``thing`` as JSON's types; raises :class:`RiverError` where it can't be kept as plain data."""
        try:
            return _Writer(self._known).write(thing)
        except RecursionError:
            raise RiverError("The state is nested too deeply to be kept.") from None

    def decode(self, plain: Any) -> Any:
        """What :meth:`encode` was given; raises :class:`RiverError` for what it did not write."""
        try:
            return _Reader(self._known).read(plain)
        except RiverError:
            raise
        except Exception as error:  # noqa: BLE001 (foreign constructors complain as they like)
            raise RiverError(f"A state can't be read: {error!r}.") from None


def randoms_of(thing: Any) -> list[random.Random]:
    """All generators in a graph of objects, in the order in which they are written."""
    writer = _Writer({})
    writer.write(thing)
    return writer.randoms


class _Writer:
    def __init__(self, known: Mapping[str, _RandomState]) -> None:
        self._known = known
        self._numbers: dict[int, int] = {}
        self._kept_alive: list[Any] = []  # the number of an object that is gone could be given out again
        self.randoms: list[random.Random] = []

    def write(self, thing: Any) -> Any:
        if thing is None or type(thing) in (bool, int, str):
            return thing
        if type(thing) is float:
            return thing if math.isfinite(thing) else ["f", repr(thing)]
        if type(thing) is bytes:
            return ["b", thing.hex()]
        if isinstance(thing, np.ndarray | np.generic):
            return _array(thing)
        number = self._numbers.get(id(thing))
        if number is not None:
            return ["r", number]
        self._numbers[id(thing)] = len(self._numbers)
        self._kept_alive.append(thing)
        return self._write_composed(thing)

    def _write_composed(self, thing: Any) -> list[Any]:
        kind = type(thing)
        if kind in _SEQUENCES:
            return [_SEQUENCES[kind], *map(self.write, thing)]
        if kind in _SETS:
            return [_SETS[kind], *map(self.write, sorted(thing, key=repr))]
        if kind is dict:
            return ["d", *self._pairs(thing.items())]
        if kind is random.Random:
            return self._random(thing)
        if isinstance(thing, type | FunctionType | BuiltinFunctionType):
            return ["g", name_of(thing)]
        return self._object(thing)

    def _object(self, thing: Any) -> list[Any]:
        try:
            reduced = thing.__reduce_ex__(2)
        except Exception:  # noqa: BLE001 (what refuses to be copied says so as it likes)
            raise unkept(thing) from None
        if not isinstance(reduced, tuple):
            raise unkept(thing)
        make, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
        if make is _NEW and arguments[0] is type(thing):
            letter, arguments = "o", arguments[1:]
        elif make is type(thing):
            letter = "c"
        else:
            raise unkept(thing)
        return [
            letter,
            name_of(type(thing)),
            self.write(arguments),
            self.write(state),
            None if items is None else [self.write(item) for item in items],
            None if pairs is None else self._pairs(pairs),
        ]

    def _pairs(self, pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
        return [self.write(part) for pair in pairs for part in pair]

    def _random(self, generator: random.Random) -> list[Any]:
        self.randoms.append(generator)
        state = generator.getstate()
        digest = _digest(state)
        if digest in self._known:
            return ["R", digest]
        _, words, gauss = state
        return ["R", None, _WORDS_OF_RANDOM.pack(*words).hex(), gauss]


class _Reader:
    def __init__(self, known: Mapping[str, _RandomState]) -> None:
        self._known = known
        self._made: list[Any] = []

    def read(self, plain: Any) -> Any:
        if plain is None or type(plain) in (bool, int, float, str):
            return plain
        letter, *rest = plain
        if letter == "f":
            return float(rest[0])
        if letter == "b":
            return bytes.fromhex(rest[0])
        if letter == "a":
            return _from_array(*rest)
        if letter == "r":
            return self._same(rest[0])
        number = len(self._made)
        self._made.append(_UNMADE)
        return self._read_composed(number, letter, rest)

    def _same(self, number: int) -> Any:
        thing = self._made[number]
        if thing is _UNMADE:  # a tuple, say, that holds itself by way of what it holds
            raise RiverError("A state can't be read: an object is needed before it is made.")
        return thing

    def _read_composed(self, number: int, letter: str, rest: list[Any]) -> Any:
        made: Any
        # What can hold itself has its number before it is filled.
        if letter == "l":
            self._made[number] = made = []
            made.extend(map(self.read, rest))
        elif letter == "d":
            self._made[number] = made = {}
            self._fill(made, rest)
        elif letter in ("o", "c"):
            made = self._object(number, letter, *rest)
        elif letter in _FILLED_AT_ONCE:
            made = _FILLED_AT_ONCE[letter](map(self.read, rest))
        elif letter == "R":
            made = self._random(*rest)
        elif letter == "g":
            made = named(rest[0])
        else:
            raise RiverError("A state can't be read: it has a part of an unknown kind.")
        self._made[number] = made
        return made

    def _object(
        self, number: int, letter: str, name: str, arguments: Any, state: Any, items: Any, pairs: Any
    ) -> Any:
        kind = named(name)
        if not isinstance(kind, type):
            raise RiverError(f"A state can't be read: {name} is no class.")
        given = self.read(arguments)
        thing = kind.__new__(kind, *given) if letter == "o" else kind(*given)
        self._made[number] = thing
        _set_state(thing, self.read(state))
        for item in items or ():
            thing.append(self.read(item))
        self._fill(thing, pairs or ())
        return thing

    def _fill(self, mapping: Any, flat: Sequence[Any]) -> None:
        for plain_key, value in zip(flat[::2], flat[1::2], strict=True):
            key = self.read(plain_key)  # before its value, as they were written and numbered
            mapping[key] = self.read(value)

    def _random(self, digest: str | None, words: str = "", gauss: float | None = None) -> random.Random:
        generator = random.Random()  # noqa: S311 (no secret: a detector's own)
        if digest is None:
            unpacked = _WORDS_OF_RANDOM.unpack(bytes.fromhex(words))
            generator.setstate((_VERSION_OF_RANDOM, unpacked, gauss))
        else:
            generator.setstate(self._known[digest])
        return generator


def _set_state(thing: Any, state: Any) -> None:
    """As `copy` does it: by ``__setstate__``, or attribute by attribute."""
    if state is None:
        return
    if hasattr(thing, "__setstate__"):
        thing.__setstate__(state)
        return
    in_dict, in_slots = state if isinstance(state, tuple) else (state, None)
    if in_dict:
        vars(thing).update(in_dict)
    for name, value in (in_slots or {}).items():
        setattr(thing, name, value)


def _digest(state: _RandomState) -> str:
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


def _array(thing: np.ndarray[Any, Any] | np.generic) -> list[Any]:
    if thing.dtype.kind not in _ARRAY_KINDS:
        raise unkept(thing)
    shape = list(thing.shape) if isinstance(thing, np.ndarray) else None
    return ["a", thing.dtype.str, shape, thing.tobytes().hex()]


def _from_array(kind: str, shape: list[int] | None, numbers: str) -> Any:
    dtype = np.dtype(kind)
    if dtype.kind not in _ARRAY_KINDS:
        raise RiverError("A state can't be read: it has an array of an unknown kind.")
    flat = np.frombuffer(bytes.fromhex(numbers), dtype=dtype).copy()
    return flat[0] if shape is None else flat.reshape(shape)
