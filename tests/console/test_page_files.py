"""What the files of the page promise: no HTML from text, nothing from elsewhere, flashing and contrast."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "src" / "wardwatch" / "console"
SCRIPTS = sorted(PAGE.glob("*.js"))
STYLES = sorted(PAGE.glob("*.css"))
_HTML_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\(|"
    r"new Function|setHTMLUnsafe|javascript:"
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_text_becomes_html(script: Path) -> None:
    assert not _HTML_SINKS.findall(script.read_text())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_import_is_a_file_of_the_page(script: Path) -> None:
    named = re.findall(r'(?:from|import)\s+"([^"]+)"', script.read_text())
    assert [name for name in named if not (PAGE / name).is_file() or not name.startswith("./")] == []


@pytest.mark.parametrize("file", [*SCRIPTS, *STYLES], ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(file: Path) -> None:
    text = file.read_text().replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert not re.findall(r"https?://|data:[a-z]|url\(|@import", text)


def test_the_page_has_no_inline_script_or_style() -> None:
    page = (PAGE / "index.html").read_text()
    assert not re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    sources = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert [source for source in sources if not (PAGE / source).is_file()] == []


def test_tokens_are_never_part_of_an_address() -> None:
    for script in SCRIPTS:
        assert not re.findall(r"[?&]token|location\.(search|hash)|document\.cookie", script.read_text()), (
            script
        )


# STANDARDS: high 1.4-2.8 Hz at 20-60 % duty, medium 0.4-0.8 Hz, low steady.
@pytest.mark.parametrize(("priority", "least_hz", "most_hz"), [("high", 1.4, 2.8), ("medium", 0.4, 0.8)])
def test_alarms_flash_as_the_standard_says(priority: str, least_hz: float, most_hz: float) -> None:
    grounds = re.search(rf'\[data-priority="{priority}"\] {{([^}}]*)}}', (PAGE / "alarms.css").read_text())
    assert grounds is not None
    period_ms = re.search(r"--flash: (\d+)ms", grounds[1])
    assert period_ms is not None
    assert least_hz <= 1000 / int(period_ms[1]) <= most_hz


def test_flashes_are_lit_for_half_of_the_time_and_never_where_less_motion_is_asked_for() -> None:
    style = (PAGE / "alarms.css").read_text()
    asked_for_less = "@media (prefers-reduced-motion: no-preference) {"
    assert asked_for_less in style
    before, after = style.split(asked_for_less)
    assert "animation:" not in before
    assert re.findall(r"animation: (.*);", after) == ["flash var(--flash) steps(2, jump-none) infinite"]
    assert "--flash" not in _rule(style, '[data-priority="low"]')


_TEXTS = [
    ("--text", "--surface"), ("--text", "--ground"), ("--text", "--surface-2"),
    ("--text-2", "--surface"), ("--text-2", "--ground"), ("--text-2", "--surface-2"), ("--surface", "--text"),
    ("--high-ink", "--high-lit"), ("--high-ink", "--high-dim"), ("--medium-ink", "--medium-lit"),
    ("--medium-ink", "--medium-dim"), ("--low-ink", "--low-lit"),
]  # fmt: skip
_MARKS = [
    ("--high", "--surface"),
    ("--medium", "--surface"),
    ("--low", "--surface"),
    ("--focus", "--surface"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), _TEXTS)
def test_text_stands_out_from_its_ground(ink: str, ground: str, theme: int) -> None:
    assert _contrast(_colour(ink, theme), _colour(ground, theme)) >= 4.5  # WCAG 2.2, 1.4.3 (AA)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), _MARKS)
def test_marks_stand_out_from_their_ground(mark: str, ground: str, theme: int) -> None:
    assert _contrast(_colour(mark, theme), _colour(ground, theme)) >= 3  # WCAG 2.2, 1.4.11 (AA)


def _rule(style: str, selector: str) -> str:
    found = re.search(re.escape(selector) + r" {([^}]*)}", style)
    assert found is not None
    return found[1]


def _colour(name: str, theme: int) -> str:
    style = (PAGE / "base.css").read_text()
    found = re.search(rf"{name}: (?:light-dark\((#\w+), (#\w+)\)|(#\w+));", style)
    assert found is not None, name
    return found[3] or found[1 + theme]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
