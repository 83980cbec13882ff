"""Pictures that a page can take in."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from tests.support.reports import read_page
from wardwatch.report.drawing import OTHERS, OURS, drawn, only_axes

LABEL = 'of "a" & <b>'


def draw(picture: Figure) -> None:
    axes = only_axes(picture)
    axes.plot([0, 1], [0, 1], color=OURS, label="$a_b$ <c>")
    axes.plot([0, 1], [1, 0], color=OTHERS[2])
    axes.set_xlim(0.2, 0.8)
    axes.legend()


def test_it_is_the_picture_alone_with_a_name_for_those_who_cant_see_it() -> None:
    svg = read_page(drawn("a", LABEL, draw)).one("svg")
    assert svg.attributes["role"] == "img"
    assert svg.attributes["aria-label"] == LABEL
    assert svg.all("metadata", "style", "title", "script", "image") == []
    assert "$a_b$ <c>" in svg.text


def test_its_colours_are_those_of_the_page() -> None:
    svg = drawn("a", LABEL, draw)
    assert "var(--ours)" in svg
    assert "var(--other-3)" in svg
    assert "#0000" not in svg


def test_what_it_refers_to_within_it_bears_its_name() -> None:
    svg = read_page(drawn("one", LABEL, draw))
    names = {each.attributes["id"] for each in svg.all() if "id" in each.attributes}
    assert names
    assert all(name.startswith("one-") for name in names)


def test_nobodys_own_settings_change_it_nor_does_it_change_them(monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn("a", LABEL, draw)
    monkeypatch.setitem(mpl.rcParams, "lines.linewidth", 9.0)
    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "path")
    assert drawn("a", LABEL, draw) == before
    assert mpl.rcParams["lines.linewidth"] == 9.0
