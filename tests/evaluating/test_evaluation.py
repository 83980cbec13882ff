import json

import pytest

import wardwatch
from wardwatch.evaluating.evaluation import OPERATING_POINTS, Evaluation, Example, Row


def test_as_json_has_the_keys_that_every_suite_has() -> None:
    example = Example(
        at="hour 3", condition="news2.high", text="NEWS2 7", why={"rule": "news2"}, caught=True, series={}
    )
    evaluation = Evaluation(
        suite="x",
        seed=3,
        patients=2,
        patient_days=1 / 3,
        events=1,
        rows=[Row(method="wardwatch", auroc=float("nan"), more={"extra": 1})],
        curves={"wardwatch": [(0.1, 0.5)]},
        examples=[example],
        more={"own": {"a": (1, 2)}},
    )
    figures = json.loads(json.dumps(evaluation.as_json(), allow_nan=False))
    assert figures["version"] == wardwatch.__version__
    assert figures["patient_days"] == pytest.approx(1 / 3, abs=1e-6)
    [row] = figures["rows"]
    assert [*row["sensitivity"]] == [*OPERATING_POINTS] == ["0.029", "0.1", "0.25", "0.5", "1", "2"]
    assert {*row["sensitivity"].values()} == {row["auroc"], row["utility"], row["lead_time_h"]} == {None}
    assert row["extra"] == 1
    assert figures["examples"][0]["number"] == 1
    assert figures["own"] == {"a": [1, 2]}
    assert figures["curves"] == {"wardwatch": [[0.1, 0.5]]}
