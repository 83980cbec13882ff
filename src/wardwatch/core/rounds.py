"""Batches cut into rounds, in each of which a patient has at most one reading."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from wardwatch.core.reading import IntArray


def rounds(rows: IntArray) -> Iterable[IntArray]:
    """Indices into ``rows``, cut so that no round has a row twice and a row's readings keep their order.

    Working round by round on arrays gives each patient what working reading by reading would.

    >>> [index.tolist() for index in rounds(np.array([7, 8, 7, 7, 9]))]
    [[0, 1, 4], [2], [3]]
    """
    count = len(rows)
    if len(set(rows.tolist())) == count:
        return [np.arange(count)]
    order = np.argsort(rows, kind="stable")
    in_order = rows[order]
    starts = np.flatnonzero(np.r_[True, in_order[1:] != in_order[:-1]])
    sizes = np.diff(np.r_[starts, count])
    turn = np.empty(count, dtype=np.int64)
    turn[order] = np.arange(count) - np.repeat(starts, sizes)
    by_turn = np.argsort(turn, kind="stable")
    return np.split(by_turn, np.cumsum(np.bincount(turn))[:-1])
