"""The report as one HTML file: no script, nothing from elsewhere, the same bytes for the same figures."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from wardwatch.core.model import Model
from wardwatch.report.by_method import by_method, kinds_of, single_of
from wardwatch.report.calibration import calibration
from wardwatch.report.examples import examples
from wardwatch.report.further import further, is_evaluation
from wardwatch.report.lead_times import lead_times
from wardwatch.report.methods import has_operating_points, is_ranked, operating_points, ranks
from wardwatch.report.model_card import model_card
from wardwatch.report.own_alarms import own_alarms
from wardwatch.report.parts import Section
from wardwatch.report.subgroups import subgroups
from wardwatch.report.verdict import is_beaten, verdict
from wardwatch.report.words import Figures


def page(figures: Figures, model: Model) -> str:
    """What `wardwatch evaluate --json` prints, for people; ``model`` is the one that the monitor went by."""
    return _template().render(
        figures=figures,
        verdict=verdict(figures),
        is_beaten=is_beaten(figures),
        model=model,
        sections=[*_sections(figures, ""), model_card(model)],
        style=resources.files("wardwatch.report").joinpath("templates/report.css").read_text("utf-8"),
    )


def _sections(figures: Figures, name: str) -> list[Section]:
    """Those for which the suite has figures; ``name`` goes before their anchors."""
    sections = []
    if is_ranked(figures):
        sections.append(ranks(figures, name))
    if has_operating_points(figures):
        sections.append(operating_points(figures, name))
    if kinds_of(figures["rows"]) or single_of(figures["rows"]):
        sections.append(by_method(figures, name))
    if any(figures["lead_times_h"].values()) and figures["events"]:
        sections.append(lead_times(figures, name))
    if figures.get("alarms"):
        sections.append(own_alarms(figures, name))
    if figures["subgroups"]:
        sections.append(subgroups(figures, name))
    if figures["calibration"]:
        sections.append(calibration(figures, name))
    if (more := further(figures, name)) is not None:
        sections.append(more)
    sections += [_part(key, told) for key, told in figures.items() if is_evaluation(told)]
    if figures["examples"]:
        sections.append(examples(figures, name))
    return sections


def _part(key: str, figures: Figures) -> Section:
    """What a suite judges beside its main figures, with nulls of its own."""
    title = f"The same of {key.replace('_', ' ')}"
    patients, days, events = (figures[each] for each in ("patients", "patient_days", "events"))
    size = f"{patients:,} patients, {days:,.1f} patient-days, {events:,} events."
    return Section(
        name=f"part-{key}", title=title, text=[size, verdict(figures)], parts=_sections(figures, f"{key}-")
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("wardwatch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")
