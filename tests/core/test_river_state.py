"""The state of river's detectors as plain data: exact, and nothing else can come out of it."""

from __future__ import annotations

import collections
import functools
import json
import math
import random
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from river import sketch, stats, utils

from wardwatch.core.river_names import RiverError
from wardwatch.core.river_state import StateCodec, randoms_of

ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5)
HASHABLE = st.recursive(ATOMS, lambda inner: st.tuples(inner, inner), max_leaves=4)
THINGS: st.SearchStrategy[Any] = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.sets(st.integers() | st.text(max_size=3), max_size=4)
        | st.frozensets(st.integers(), max_size=4)
        | st.builds(collections.deque, st.lists(inner, max_size=4), st.sampled_from([None, 4]))
    ),
    max_leaves=20,
)


def through_json(thing: Any, codec: StateCodec | None = None) -> Any:
    codec = codec or StateCodec()
    text = json.dumps(codec.encode(thing), allow_nan=False)
    restored = codec.decode(json.loads(text))
    assert json.dumps(codec.encode(restored)) == text
    return restored


@given(THINGS)
def test_plain_things_come_back_as_they_were(thing: Any) -> None:
    # repr tells -0.0 from 0.0, 1 from 1.0 and True, and shows not-a-number as equal to itself; the order
    # within a set is the hash's and not ours.
    restored = through_json(thing)
    assert type(restored) is type(thing)
    if "{" not in repr(thing):
        assert repr(restored) == repr(thing)


@pytest.mark.parametrize("number", [0.1, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan])
def test_a_number_comes_back_to_the_last_bit(number: float) -> None:
    assert np.float64(through_json(number)).tobytes() == np.float64(number).tobytes()


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3), np.array([], dtype="i4"), np.array(1.5, dtype="f4"), np.array([True])],
    ids=repr,
)
def test_an_array_keeps_type_shape_and_numbers(array: Any) -> None:
    restored = through_json(array)
    assert (restored.dtype, restored.shape, restored.tobytes()) == (array.dtype, array.shape, array.tobytes())
    restored[...] = 0  # and can be written to


def test_a_numpy_number_stays_one() -> None:
    assert isinstance(through_json(np.float32(0.1)), np.float32)


def test_what_is_shared_stays_shared() -> None:
    shared = [1]
    restored = through_json({"a": shared, "b": (shared, shared)})
    restored["a"].append(2)
    assert restored["b"] == ([1, 2], [1, 2])


def test_what_holds_itself_is_kept() -> None:
    thing: list[Any] = [1]
    thing.append(thing)
    restored = through_json(thing)
    assert restored[1] is restored


def test_a_generator_goes_on_where_it_was() -> None:
    generator = random.Random(3)
    generator.gauss(0, 1)
    restored = through_json(generator)
    assert [restored.gauss(0, 1) for _ in range(5)] == [generator.gauss(0, 1) for _ in range(5)]


def test_a_generator_in_a_known_state_is_small() -> None:
    codec = StateCodec([random.Random(3).getstate()])
    assert len(json.dumps(codec.encode(random.Random(3)))) < 50
    assert through_json(random.Random(3), codec).random() == random.Random(3).random()
    with pytest.raises(RiverError):
        StateCodec().decode(codec.encode(random.Random(3)))


def test_all_generators_of_a_graph_are_found_once() -> None:
    one, other = random.Random(1), random.Random(2)
    assert randoms_of({"a": [one], "b": (other, one)}) == [one, other]


@pytest.mark.parametrize(
    "thing",
    [
        stats.Var(),  # attributes
        stats.EWMean(0.3),  # in Rust
        stats.Quantile(0.7),
        utils.Rolling(stats.Mean, window_size=3),  # a deque, and attributes passed on
        sketch.Histogram(max_bins=4),  # type: ignore[no-untyped-call]  # slots
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_rivers_own_go_on_as_they_were(thing: Any) -> None:
    for number in range(10):
        thing.update(number**1.5)
    restored = through_json(thing)
    for each in (thing, restored):
        each.update(2.5)
    assert StateCodec().encode(restored) == StateCodec().encode(thing)


def test_a_default_is_kept_too() -> None:
    thing: Any = collections.defaultdict(functools.partial(tuple, (0.0, 1.0)))
    assert through_json(thing)["a"] == (0.0, 1.0)


class NotRivers:
    pass


@pytest.mark.parametrize(
    "thing",
    [
        NotRivers(),
        NotRivers,
        threading.Lock(),
        open,
        lambda: 0,
        iter([1]),
        [].append,
        1j,
        np.array([object()]),
        np.array(["2026-01-01"], dtype="M8[D]"),
        random.SystemRandom(),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_no_plain_data_is_refused(thing: Any) -> None:
    with pytest.raises(RiverError, match=r"can't be kept as plain data\.$"):
        StateCodec().encode([thing])


def test_what_is_nested_too_deeply_is_refused() -> None:
    thing: list[Any] = []
    for _ in range(100_000):
        thing = [thing]
    with pytest.raises(RiverError, match="nested too deeply"):
        StateCodec().encode(thing)


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "builtins:eval",
        "builtins:getattr",
        "subprocess:Popen",
        "river.anomaly.hst:random",  # a name of river's that is another module
        "river.anomaly.hst:random.Random",
        "river.anomaly.gaussian:utils.io",
        "river:",
        "rivers:x",
        "riverbank.evil:x",
        "river.no_such:x",
        "",
    ],
)
@pytest.mark.parametrize("letter", ["g", "o", "c"])
def test_a_state_may_name_nothing_but_rivers_own(letter: str, name: str) -> None:
    with pytest.raises(RiverError):
        StateCodec().decode([letter, name, ["t", "true"], None, None, None])


@pytest.mark.parametrize(
    "plain",
    [
        [],
        {},
        ["x"],
        [1],
        ["r", 0],
        ["t", ["r", 0]],
        ["f", "one"],
        ["b", "zz"],
        ["d", "key"],
        ["R", "no such digest"],
        ["R", None, "00", None],
        ["a", "|O", [1], "00" * 8],
        ["a", "<f8", [3], "00"],
        ["g", 3],
        ["o", "river.stats.mean:Mean"],
        ["o", "river.stats.mean:Mean", ["t"], 3, None, None],
        ["c", "river._river_rust.vectordict:euclidean_distance_tuple", ["t"], None, None, None],
    ],
    ids=repr,
)
def test_what_was_not_written_by_us_is_refused_with_a_sentence(plain: Any) -> None:
    with pytest.raises(RiverError, match=r"\.$"):
        StateCodec().decode(plain)
