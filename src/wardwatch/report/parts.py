"""What a report is made of: sections of text, figures and tables. No figure is without its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Row = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first cell of a row is its head; ``heads`` are those of the columns."""

    caption: str
    heads: Row
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture, what it shows in one sentence, and its numbers."""

    svg: str
    caption: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """``name`` is the anchor; ``items`` become a list; ``parts`` are sections within it."""

    name: str
    title: str
    text: Sequence[str] = ()
    items: Sequence[str] = ()
    terms: Sequence[tuple[str, str]] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    parts: Sequence[Section] = field(default_factory=tuple)
