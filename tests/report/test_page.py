"""The report as whoever gets the file has it: whole, by itself, and never without its nulls."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import Element, cells, example_of, figures_of, read_page, row_of
from wardwatch.core.model import shipped_model
from wardwatch.report.page import page

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> $\\frac{1}{2}$ {{ 7 * 7 }} \u202e"


def page_of(**changed: Any) -> Element:
    return read_page(page(figures_of(**changed), shipped_model()))


def test_the_first_lines_say_what_it_is_and_whether_it_beats_its_nulls() -> None:
    header = page_of().one("header")
    facts = {row.one("dt").text: row.one("dd").text for row in header.one("dl").all("div")}
    assert facts == {
        "Suite": "sepsis2019",
        "wardwatch": "1.2.3",
        "Model": shipped_model().name,
        "Seed": "7",
        "Patients": "40",
        "Patient-days": "60.2",
        "Events": "10",
    }
    notice, verdict = header.all("p")
    assert notice.text.startswith("wardwatch is not a certified medical device.")
    assert verdict.text.startswith("wardwatch does NOT beat clock in events caught; it beats random")


def test_nothing_is_from_elsewhere_and_nothing_runs() -> None:
    written = page(figures_of(), shipped_model())
    for element in read_page(written).all():
        assert element.tag not in {"script", "link", "img", "iframe", "object", "base", "form", "image"}
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            if name.split(":")[-1] in {"href", "src", "action", "data"}:
                assert value.startswith("#")
            assert "://" not in value
    assert re.findall(r"url\((?!#)", written) == []
    assert "@import" not in written
    policy = next(
        each
        for each in read_page(written).all("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.attributes["content"].startswith("default-src 'none'")


def test_every_reference_is_to_one_place_on_the_page() -> None:
    written = page(figures_of(outcome=figures_of()), shipped_model())
    names = [each.attributes["id"] for each in read_page(written).all() if "id" in each.attributes]
    assert len(names) == len({*names})
    used = {
        each.attributes["href"].removeprefix("#")
        for each in read_page(written).all()
        if "href" in each.attributes
    }
    assert used | set(re.findall(r"url\(#([^)]*)\)", written)) <= {*names}


def test_every_figure_has_a_name_a_caption_and_a_table_of_its_numbers() -> None:
    root = page_of()
    figures = root.all("figure")
    assert len(figures) == 4 + 2
    for figure in figures:
        svg = figure.one("svg")
        assert svg.attributes["role"] == "img"
        assert svg.attributes["aria-label"]
        assert figure.one("figcaption").text
        assert figure.parent is not None
        after = figure.parent.children[figure.parent.children.index(figure) + 1]
        assert len(cells(after.one("table"))) > 1


def test_tables_have_captions_and_their_heads_say_of_what() -> None:
    for table in page_of().all("table"):
        assert table.one("caption").text
        assert all(head.attributes["scope"] in {"row", "col"} for head in table.all("th"))
        width = {len(row) for row in cells(table)}
        assert len(width) == 1


def test_headings_leave_no_level_out() -> None:
    levels = [int(each.tag[1]) for each in page_of(outcome=figures_of()).all("h1", "h2", "h3", "h4", "h5")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_no_text_of_an_alarm_becomes_a_part_of_the_page() -> None:
    hostile = example_of(1, HOSTILE, why_not_higher=HOSTILE, detector=HOSTILE) | {"condition": HOSTILE}
    hostile["series"][HOSTILE] = [[0.0, 1.0]]
    rows = [row_of("wardwatch"), row_of(HOSTILE)]
    curves = {HOSTILE: [[0.0, 0.0], [1.0, 1.0]]}
    root = page_of(examples=[hostile], rows=rows, curves=curves, lead_times_h={HOSTILE: [1.0]}, suite=HOSTILE)
    assert root.all("script", "img") == []
    assert HOSTILE in root.one("title").text
    assert HOSTILE in root.by_id("example-1").one("h3").text


def test_the_same_figures_give_the_same_bytes() -> None:
    program = (
        "from tests.support.reports import figures_of\n"
        "from wardwatch.core.model import shipped_model\n"
        "from wardwatch.report.page import page\n"
        "import sys\n"
        "sys.stdout.buffer.write(page(figures_of(), shipped_model()).encode())\n"
    )
    root = Path(__file__).parents[2]
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=root)
    assert page(figures_of(), shipped_model()).encode() == other.stdout
    assert re.search(rb"20\d\d-\d\d-\d\d", other.stdout) is None


def test_what_a_suite_does_not_have_is_left_out() -> None:
    nothing = dict.fromkeys(("subgroups", "calibration", "examples", "courses", "not_beaten"), ())
    root = page_of(**nothing, lead_times_h={}, curves={}, window_h=None, subgroup_differences=())
    titles = [each.text for each in root.all("h2")]
    assert titles == [
        "How to read this",
        "Ranks",
        "Events caught against false alarms",
        "Further figures",
        "Model card",
    ]
    assert root.all("svg") == []


def test_a_suite_without_rows_has_a_page() -> None:
    root = page_of(rows=[], curves={}, lead_times_h={}, not_beaten=[])
    assert "there is no figure" in root.one("header").all("p")[1].text


def test_what_is_judged_beside_the_main_figures_has_its_own_verdict() -> None:
    beside = figures_of(examples=[], not_beaten=[{"method": "random", "figure": "auroc"}])
    part = page_of(outcome=beside).by_id("part-outcome")
    assert part.all("h2")[0].text == "The same of outcome"
    assert any("does NOT beat random in AUROC" in each.text for each in part.all("p"))
    assert len(part.all("figure")) == 4


@pytest.mark.parametrize(
    "name", ["ranks", "caught", "leads-section", "subgroups-section", "further", "model-card"]
)
def test_the_contents_lead_to_each_section(name: str) -> None:
    root = page_of()
    assert f"#{name}" in {each.attributes["href"] for each in root.one("nav").all("a")}
    assert root.by_id(name).all("h2")
