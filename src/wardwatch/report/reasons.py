"""An alarm's reasons, as terms and what is said of them. What `why` holds, docs/alarms.md tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wardwatch.report.words import Figures, headed, interval, label_of, listed, unit_in_words, value_of

_MAIN_VITALS = 3
# What a vital adds to a score, and where that comes from.
_PARTS = ("z", "contribution", "of_now", "of_days")
# What would have been enough, beside values of vitals.
_BOUNDED = {
    "nightly_mean": "a nightly mean of",
    "impact": "an impact in g of",
    "rr_interval_ms": "intervals in ms of",
}
_STATES = {"on_oxygen": "on air", "consciousness": "alert"}
_OWN_WORDS = {
    "rule", "rule_version", "limit", "limit_of", "direction", "band", "lasted_s", "vital", "value", "unit",
    "counterfactual", "why_not_higher", "usual", "usual_band", "points", "lowest", "highest", "missing",
    "vitals",
}  # fmt: skip


def reasons(why: Figures) -> list[tuple[str, str]]:
    """What the alarm went by, the most telling first.

    >>> reasons({"rule": "limit", "vital": "heart_rate", "value": 134.0, "unit": "/min", "limit": 130,
    ...          "direction": "above", "limit_of": "standard", "lasted_s": 61.2})[:3]
    [('Value', 'HR 134 /min'), ('Limit', 'above 130 /min (standard)'), ('Lasted', '61 s when it was judged')]
    """
    return [*_of_value(why), *_of_points(why), *_of_vitals(why), *_others(why), *_of_all_rules(why)]


def vitals_of(why: Figures) -> set[str]:
    """The vitals that the alarm is about."""
    if isinstance(why.get("vital"), str):
        return {why["vital"]}
    if "points" in why:
        return {name for name, points in why["points"].items() if points}
    vitals = why.get("vitals", ())
    return set([*vitals][:_MAIN_VITALS])


def limit_of(why: Figures) -> float | None:
    """The limit that the vital is beyond, where it is one of a chart."""
    return float(why["limit"]) if why.get("rule") == "limit" else None


def _of_value(why: Figures) -> Iterator[tuple[str, str]]:
    vital = why.get("vital")
    if vital is not None:
        yield "Value", f"{label_of(vital)} {value_of(vital, why['value'])}"
        side = why.get("direction", "beyond")
        yield "Limit", f"{side} {value_of(vital, why['limit'])} ({why.get('limit_of', 'standard')})"
    elif "value" in why:
        unit = unit_in_words(why.get("unit", ""))
        yield "Value", f"{why['value']:g} {unit}".strip()
        yield "Limit", f"{why.get('direction', 'beyond')} {why['limit']:g} {unit}".strip()
    if why.get("usual_band") is not None:
        yield "Usual for this patient", interval(why["usual_band"], 1)
    elif isinstance(why.get("usual"), int | float):
        yield "Usual for this patient", f"{why['usual']:.1f}"


def _of_points(why: Figures) -> Iterator[tuple[str, str]]:
    if "points" not in why:
        return
    scored = [f"{label_of(name)} {points}" for name, points in why["points"].items() if points]
    yield "Points", listed(scored) or "none"
    yield "Total", f"{why['lowest']} for sure, at most {why['highest']}; it alarms above {why['limit']:g}"
    if why.get("missing"):
        yield "Not known", listed([label_of(name) for name in why["missing"]])


def _of_vitals(why: Figures) -> Iterator[tuple[str, str]]:
    vitals = why.get("vitals", {})
    if not isinstance(vitals, Mapping):
        yield "Vitals", listed([label_of(name) for name in vitals])
        return
    for name, of in vitals.items():
        told = [value_of(name, of["now"])] if isinstance(of.get("now"), int | float) else []
        if _is_number(of.get("of_most")):
            told.append(f"most have about {value_of(name, of['of_most'])}")
        if of.get("band") is not None:
            told.append(f"usual {interval(of['band'], 1)}")
        told += [f"{label_of(key)} {of[key]:.1f}" for key in _PARTS if _is_number(of.get(key))]
        yield label_of(name), ", ".join(told)


def _others(why: Figures) -> Iterator[tuple[str, str]]:
    """Of rules with figures of their own. No instant: a report has no dates."""
    for name, told in why.items():
        if name not in _OWN_WORDS and not name.endswith("_at_ms"):
            if _is_number(told):
                yield headed(label_of(name)), f"{told:.4g}"
            elif isinstance(told, str):
                yield headed(label_of(name)), label_of(told)


def _of_all_rules(why: Figures) -> Iterator[tuple[str, str]]:
    if "lasted_s" in why:
        yield "Lasted", f"{_seconds(why['lasted_s'])} when it was judged"
    if avoided := _counterfactual(why.get("counterfactual") or {}):
        yield "No alarm with", avoided
    if why.get("why_not_higher"):
        yield "Why not more urgent", why["why_not_higher"]
    yield "Rule", f"{why.get('rule', 'not known')}, version {why.get('rule_version', 'not known')}"


def _counterfactual(allowed: Figures) -> str:
    bounds = [f"{label_of(vital)} {_bounds(vital, of)}" for vital, of in allowed.get("vitals", {}).items()]
    bounds += [f"{label} {_range(allowed[key])}" for key, label in _BOUNDED.items() if key in allowed]
    bounds += [words for key, words in _STATES.items() if key in allowed]
    ways = [listed(bounds, "and" if allowed.get("enough") == "all" else "or")] if bounds else []
    if "lasted_less_than_s" in allowed:
        ways.append(f"less than {_seconds(allowed['lasted_less_than_s'])} of it")
    return ", or ".join(ways)


def _seconds(duration_s: float) -> str:
    return f"{duration_s:.0f} s" if duration_s >= 10 else f"{duration_s:.2g} s"


def _range(of: Figures) -> str:
    names = (("at_least", "at least"), ("at_most", "at most"))
    return listed([f"{words} {of[key]:g}" for key, words in names if key in of])


def _bounds(vital: str, of: Figures) -> str:
    low, high = of.get("at_least"), of.get("at_most")
    if low is not None and high is not None:
        return f"from {value_of(vital, low)} to {value_of(vital, high)}"
    return (
        f"at least {value_of(vital, low)}" if low is not None else f"at most {value_of(vital, high or 0.0)}"
    )


def _is_number(thing: Any) -> bool:
    return isinstance(thing, int | float) and not isinstance(thing, bool)
