"""The model is a file: what is written is what is read, and what is none is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from wardwatch.core.bank import Bank
from wardwatch.core.detectors.detector import JUDGED_NAMES, empty_state
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model, ModelError, shipped_model


def changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(shipped_model().to_json()) | changes).encode()


def without(name: str) -> bytes:
    return json.dumps(
        {key: of for key, of in json.loads(shipped_model().to_json()).items() if key != name}
    ).encode()


def test_what_is_written_is_read_back() -> None:
    written = shipped_model().to_json()
    again = Model.from_json(written)
    assert again.to_json() == written
    assert again.name == shipped_model().name
    scores = np.linspace(0, 40, 50)
    assert (again.fused.bits_of(scores) == shipped_model().fused.bits_of(scores)).all()
    assert again.tail == shipped_model().tail


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b"\xff\xfe",
        changed(format=99),
        changed(vitals=list(reversed(JUDGED_NAMES))),
        changed(prior={}),
        changed(tail={"threshold": [2.0]}),
        changed(fused={"scores": [0, 1]}),
        changed(false_alarms=3),
        changed(deterioration={"vitals": ["heart_rate"]}),
        without("deterioration"),
        without("references"),
        without("name"),
    ],
    ids=range(15),
)
def test_what_is_no_model_is_refused_in_a_sentence(payload: bytes) -> None:
    with pytest.raises(ModelError, match=r"^This is no model that wardwatch can use: .+\.$"):
        Model.from_json(payload)


def test_a_model_of_the_first_format_says_nothing_of_deterioration() -> None:
    old = json.loads(without("deterioration")) | {"format": 1}
    model = Model.from_json(json.dumps(old).encode())
    assert model.deterioration is None
    assert Model.from_json(model.to_json()).deterioration is None
    assert shipped_model().deterioration is not None


def test_a_patient_never_seen_begins_at_the_shipped_model() -> None:
    model = shipped_model()
    bank = Bank(model, LocalTime.utc(), 0.05)
    defaults = {column.name: column.default for column in bank.columns}
    state = empty_state(bank.baseline, 1)
    midnight = np.zeros(1, dtype=np.int64)
    prior, _ = bank.baseline.usual_and_spread(state, midnight)
    # At midnight both cosines are 1.
    at_midnight = model.prior.level + model.prior.harmonics[0] + model.prior.harmonics[2]
    assert prior[:, 0] == pytest.approx(at_midnight)
    assert defaults["usual_variance"] == pytest.approx(model.prior.variance.tolist())
    assert defaults["tail_share"] == model.tail.share


def test_the_shipped_model_has_a_reference_for_every_detector_that_confirms() -> None:
    model = shipped_model()
    assert tuple(model.references) == Bank(model, LocalTime.utc(), 0.05).confirming
    assert np.linalg.eigvalsh(model.correlation)[0] > 0


def test_the_shipped_models_levels_are_those_of_people_at_rest() -> None:
    """Within NEWS2's bands that score nothing (Royal College of Physicians 2017)."""
    level = dict(zip(JUDGED_NAMES, shipped_model().prior.level.tolist(), strict=True))
    assert 51 <= level["heart_rate"] <= 90
    assert 96 <= level["oxygen_saturation"] <= 100
    assert 12 <= level["respiratory_rate"] <= 20
    assert 36.1 <= level["body_temperature"] <= 38.0
    assert 111 <= level["systolic_pressure"] <= 219
    assert level["diastolic_pressure"] < level["systolic_pressure"]
