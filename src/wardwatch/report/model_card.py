"""The model card: what is meant to be done with wardwatch, what it was fitted and tuned on, what it can't do.

This is its one source: reports and docs/model-card.md are made from it. What the model itself says of the
recordings that it was fitted on is taken from the model.
"""

from __future__ import annotations

from collections.abc import Sequence

from wardwatch.core.model import Model
from wardwatch.report.parts import Section

_USE = (
    "For: adults, watched by wearables or bedside devices, whose vital signs reach wardwatch as readings; "
    "a nurse who answers the alarms; and whoever tests and improves such a system.",
    "Its rules: hard limits and NEWS2, which nothing learned may hold back; learned alarms, which go by each "
    "patient's own usual; and deterioration, which goes by what is rare in the population.",
)
_NOT_FOR = (
    "Care of a person: wardwatch is not a certified medical device, and nobody has tried it in a clinical "
    "study.",
    "Children under 16 and pregnancy: NEWS2 and the hard limits are not made for them, and no recording is "
    "known to be of them.",
    "A diagnosis: an alarm says that somebody should look, not what is the matter.",
    "A substitute for observation: who wears nothing, or whose readings don't arrive, is not watched.",
)
_TUNED = (
    "Waiting times, thresholds and gains of the learned alarm: on eight wearers of a wrist tracker, 7 to "
    "13 weeks each, a heart rate a minute, without labels, and on some 500 acute events that were injected "
    "into them, with other seeds than those of published figures.",
    "Hard limits and NEWS2: on nothing. They are published, or wardwatch's own choice and marked so.",
    "Deterioration: its references, weights and rates never saw a label. The form of its sum, the sides of "
    "the vitals and the time constants were chosen by the labels of sepsis of every second one of the 3,766 "
    "stays of PhysioNet/CinC Challenge 2019, set B.",
    "Irregular, pausing and fast pulses: on labelled rhythms of every second one of 278 patients in surgery, "
    "with an ECG (VitalDB).",
)
_CANT = (
    "Prove itself on what it knows: where the recordings judged are among those that the model was fitted or "
    "tuned on, the figures are better than those of another hospital will be. The suites burden on the "
    "wearers above, sepsis2019 on set B and rhythm on VitalDB are such cases.",
    "Read a pulse in motion: rhythms were seen in anaesthetised patients with an ECG, never on a moving "
    "wrist.",
    "Speak for wards: levels and spreads of all vitals but the heart rate are those of intensive care, and "
    "came hourly, from a chart.",
    "Speak for many: the rate of learned alarms is that of eight wearers at home and of the heart rate "
    "alone. Rates below 0.01 a patient-day are from a handful of alarms.",
    "Promise its rate of deterioration alarms to another ward: it is that of intensive care. People who are "
    "less ill alarm less than is set, and more than about 0.5 a patient-day is not reached.",
    "Tell deterioration from time: what has added up over days is in part a clock, so its figures are to be "
    "read beside those of the clock.",
    "Know the truth: that nothing happened to the wearers it was fitted on is assumed. Real illness among "
    "their alarms makes limits too high.",
    "Know a patient at once: a baseline needs hours, the nightly channel several nights; until then the "
    "population speaks.",
    "See what is not measured: without readings minutes apart, waiting times and baselines are worth "
    "little; NEWS2 without oxygen and consciousness is a lowest total.",
    "Know who works nights: the clock of the wearers was taken as it stood, and theirs is another rhythm.",
    "Promise fairness: groups other than sex and age, skin tones, pacemakers and drugs that hold the heart "
    "rate were not looked at, and no recording tells of them.",
)


def model_card(model: Model) -> Section:
    """Of this model."""
    parts = (
        _part("Intended use", _USE),
        _part("Not intended for", _NOT_FOR),
        _part("What the model was fitted on", model.sources),
        _part("What the rules were tuned on", _TUNED),
        _part("What it can't do", _CANT),
    )
    text = [
        f"Model: {model.name}. Patients whom nobody knows yet start from it, and it never changes while a "
        "monitor runs. How good the alarms are, only an evaluation on recordings can tell, beside methods "
        "that know less."
    ]
    return Section(name="model-card", title="Model card", text=text, parts=parts)


def _part(title: str, items: Sequence[str]) -> Section:
    return Section(
        name=f"card-{title.lower().replace(' ', '-').replace(chr(39), '')}", title=title, items=items
    )
