"""One source for reports and for the documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docs.generate import regenerated
from wardwatch.core.model import shipped_model
from wardwatch.report.model_card import model_card

DOCUMENT = Path(__file__).parents[2] / "docs/model-card.md"


def test_the_document_is_made_from_it() -> None:
    document = DOCUMENT.read_text()
    assert regenerated(document) == document
    assert shipped_model().name in document


def test_it_names_the_model_and_what_that_says_of_its_recordings() -> None:
    card = model_card(replace(shipped_model(), name="ward 7", sources=("nobody", "nowhere")))
    assert card.text[0].startswith("Model: ward 7.")
    parts = {part.title: [*part.items] for part in card.parts}
    assert parts["What the model was fitted on"] == ["nobody", "nowhere"]
    assert len({part.name for part in card.parts}) == len(card.parts)


def test_it_says_what_it_is_not_for_and_what_it_cant_do() -> None:
    parts = {part.title: " ".join(part.items) for part in model_card(shipped_model()).parts}
    for word in ("not a certified medical device", "Children", "pregnancy", "diagnosis"):
        assert word in parts["Not intended for"]
    for word in ("another hospital", "clock", "fairness"):
        assert word in parts["What it can't do"]
