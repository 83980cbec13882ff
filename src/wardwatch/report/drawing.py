"""Pictures by matplotlib, as SVG that a page takes in: its own fonts, its own colours by day and by night.

The same figures give the same bytes: no date, no version, and names of clips that come from a fixed salt.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours that stand for a property of the page's style: `#00000d` is drawn, `var(--ink)` is written.
INK, MUTED, GRID, OURS = "#00000d", "#00001d", "#00002d", "#00003d"
OTHERS = ("#00004d", "#00005d", "#00006d", "#00007d", "#00008d", "#00009d")
_PROPERTIES = {INK: "ink", MUTED: "muted", GRID: "grid", OURS: "ours"} | {
    colour: f"other-{number}" for number, colour in enumerate(OTHERS, 1)
}
_DRAWN = re.compile("|".join(_PROPERTIES))
_POINTS_A_REM = 10.8
_NAMESPACE = re.compile(r"^\{[^}]*\}")
# What matplotlib writes beside the picture: who made it, and a style for everything on the page.
_NOT_THE_PICTURE = ("metadata", "style")

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "wardwatch",
    "text.parse_math": False,
    "text.usetex": False,
    "axes.formatter.use_mathtext": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.0,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


def drawn(
    name: str, label: str, draw: Callable[[Figure], None], *, width: float = 9.0, height: float = 4.2
) -> str:
    """The SVG of what ``draw`` draws, with what it shows as ``label`` for who can't see it.

    ``name``, which the page has once, keeps what it refers to within it apart from that of other pictures.
    """
    with mpl.rc_context():
        mpl.rcdefaults()  # nobody's own settings
        mpl.rcParams.update(_STYLE)
        picture = Figure(figsize=(width, height), layout="constrained")
        draw(picture)
        written = io.BytesIO()
        picture.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    root = ET.fromstring(written.getvalue())  # noqa: S314 (matplotlib has just written it)
    return _for_a_page(root, name, label)


def only_axes(picture: Figure) -> Axes:
    """The axes of a picture that has one."""
    axes: Axes = picture.subplots()
    return axes


def _for_a_page(root: ET.Element, name: str, label: str) -> str:
    for parent in list(root.iter()):
        for child in [each for each in parent if _local(each.tag) in _NOT_THE_PICTURE]:
            parent.remove(child)
    used = set(re.findall(r"#([A-Za-z][\w-]*)", " ".join(_values(root))))
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib = {
            _local(key): _renamed(value, key, name, used)
            for key, value in element.attrib.items()
            if key != "id" or value in used
        }
    box = root.attrib["viewBox"]
    # As wide as the page at most, and no larger than it is drawn: letters stay those of the text.
    widest_rem = float(box.split()[2]) / _POINTS_A_REM
    root.attrib = {
        "viewBox": box,
        "style": f"max-width: {widest_rem:.1f}rem",
        "role": "img",
        "aria-label": label,
    }
    return ET.tostring(root, encoding="unicode")


def _values(root: ET.Element) -> list[str]:
    """Of all attributes in which something may be referred to; colours are no names."""
    return [
        value
        for element in root.iter()
        for key, value in element.attrib.items()
        if "url(#" in value or _local(key) == "href"
    ]


def _renamed(value: str, key: str, name: str, used: set[str]) -> str:
    if key == "id":
        return f"{name}-{value}"
    if _local(key) == "href":
        return f"#{name}-{value.removeprefix('#')}"
    value = _DRAWN.sub(lambda found: f"var(--{_PROPERTIES[found[0]]})", value)
    return value.replace("url(#", f"url(#{name}-") if used else value


def _local(tag: str) -> str:
    return _NAMESPACE.sub("", tag)
