"""What a suite may have found, made up; and a report as whoever reads it has it before them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

POINTS = ("0.029", "0.1", "0.25", "0.5", "1", "2")
_VOID = {"meta", "link", "br", "hr", "img", "input"}


def row_of(method: str, share: float | None = 0.4, /, **figures: Any) -> dict[str, Any]:
    """One method: the same share of events caught wherever it is set."""
    ends = None if share is None else [share - 0.1, share + 0.1]
    return {
        "method": method,
        "auroc": 0.7,
        "auprc": 0.1,
        "utility": None,
        "ppv": 0.2,
        "lead_time_h": 3.0,
        "lead_time_quartiles_h": [1.0, 6.0],
        "sensitivity": dict.fromkeys(POINTS, share),
        "false_alarms": dict.fromkeys(POINTS, 0.2),
        "alarming": dict.fromkeys(POINTS, 0.01),
        "intervals": {"auroc": [0.6, 0.8], "utility": None, "sensitivity": dict.fromkeys(POINTS, ends)},
    } | figures


def group_of(kind: str, value: str, caught: float) -> dict[str, Any]:
    """The figures of a subgroup."""
    return {
        "group": kind,
        "value": value,
        "patients": 20,
        "patient_days": 30.0,
        "events": 5,
        "auroc": 0.7,
        "auprc": 0.1,
        "false_alarms": 0.2,
        "sensitivity": dict.fromkeys(POINTS, caught),
        "intervals": {"auroc": [0.6, 0.8], "sensitivity": {point: [0.1, 0.7] for point in POINTS}},
    }


def example_of(number: int, text: str = "HR 134 > 130", **why: Any) -> dict[str, Any]:
    """An alarm of a heart rate, with the vitals around it."""
    return {
        "number": number,
        "at": "hour 11",
        "condition": "heart_rate.high",
        "text": text,
        "why": {
            "rule": "limit",
            "rule_version": 3,
            "limit": 130,
            "limit_of": "standard",
            "direction": "above",
            "lasted_s": 61.2,
            "vital": "heart_rate",
            "value": 134.0,
            "unit": "/min",
            "counterfactual": {"lasted_less_than_s": 61.2, "vitals": {"heart_rate": {"at_most": 130}}},
            "why_not_higher": None,
        }
        | why,
        "caught": number % 2 == 0,
        "series": {
            "heart_rate": [[-1.5, 90.0], [-0.5, 110.0], [0.0, 134.0], [1.0, 128.0]],
            "body_temperature": [[-0.2, 38.04]],
            "skin_temperature": [],
        },
    }


def figures_of(**changed: Any) -> dict[str, Any]:
    """All that a suite with labels says, and one table that no other suite has."""
    lost = {"method": "clock", "figure": "sensitivity", "ours": 0.4, "theirs": 0.6}
    return {
        "suite": "sepsis2019",
        "version": "1.2.3",
        "seed": 7,
        "patients": 40,
        "patient_days": 60.25,
        "events": 10,
        "rows": [row_of("wardwatch"), row_of("random", 0.1), row_of("clock", 0.6)],
        "curves": {
            "wardwatch": [[0.0, 0.0], [0.02, 0.3], [1.5, 0.6]],
            "random": [[0.0, 0.0], [0.2, 0.1]],
            "clock": [[0.0, 0.0], [0.01, 0.6]],
        },
        "subgroups": [group_of("sex", "female", 0.3), group_of("sex", "male", 0.5)],
        "subgroup_differences": [
            {
                "group": "sex",
                "of": ["female", "male"],
                "sensitivity": dict.fromkeys(POINTS, -0.2),
                "intervals": {point: [-0.5, 0.1] for point in POINTS},
            }
        ],
        "calibration": [
            {"set": 0.1, "obtained": 0.11, "interval": [0.05, 0.2], "patients": 20},
            {"set": 0.25, "obtained": 0.4, "interval": [0.3, 0.5], "patients": 20},
            {"set": 1.0, "obtained": None, "interval": None, "patients": 20},
        ],
        "lead_times_h": {"wardwatch": [-1.0, 2.0, 5.0, 12.0], "random": [], "clock": [12.0] * 6},
        "examples": [example_of(1), example_of(2)],
        "prevalence": 0.02,
        "not_beaten": [lost],
        "window_h": [-12, 3],
        "courses": [{"course": "heart_block", "events": 3, "interval": [0.1, 0.9], "delay": {"q1": 1.5}}],
    } | changed


@dataclass
class Element:
    """With all the text in it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, *tags: str) -> list[Element]:
        """Everything in it with such a tag, in the order of the page; with none, everything."""
        found = []
        for child in self.children:
            if not tags or child.tag in tags:
                found.append(child)
            found += child.all(*tags)
        return found

    def one(self, tag: str) -> Element:
        """The only one."""
        (found,) = self.all(tag)
        return found

    def by_id(self, name: str) -> Element:
        """The only one with this anchor."""
        (found,) = [each for each in self.all() if each.attributes.get("id") == name]
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self._here = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.children.append(element)
        if tag not in _VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self._here))

    def handle_endtag(self, tag: str) -> None:
        assert self._here.tag == tag, f"</{tag}> ends <{self._here.tag}>"
        assert self._here.parent is not None
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self._here
        while element is not None:
            element.text += data
            element = element.parent


def read_page(page: str) -> Element:
    """The page as a tree; every element that begins must end, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.root


def cells(table: Element) -> list[list[str]]:
    """A table's rows, heads first."""
    return [[cell.text.replace("\u00a0", " ") for cell in row.all("th", "td")] for row in table.all("tr")]
