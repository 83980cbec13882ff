from dataclasses import replace

import numpy as np
import pytest

from tests.support.hourly_stays import hourly_stay
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.judged import Judged
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.subgroups import subgroups


def stays_and_scores(deaf_to: str | None) -> tuple[list[Stay], list[FloatArray]]:
    """Eight women and eight men, half of them old, all of whom fall ill; nothing is noticed of one sex."""
    stays, scores = [], []
    for number in range(16):
        sex, age = ("female", "male")[number % 2], (40.0, 65.0)[number // 2 % 2]
        stay = hourly_stay(30, patient=str(number), event=(10, 20, 22), sex=sex)
        stays.append(replace(stay, age_years=age))
        scores.append(np.where(stay.positive & (sex != deaf_to), 1.0, 0.0))
    return stays, scores


def judged(stays: list[Stay], scores: list[FloatArray]) -> Judged:
    instants = Instants.of(stays)
    return Judged("wardwatch", instants, instants.joined(scores))


def test_who_is_deaf_to_one_sex_is_found_out() -> None:
    stays, scores = stays_and_scores("male")
    groups, differences = subgroups(judged(stays, scores), Draws.of(16, 50, 1))
    by_value = {group["value"]: group for group in groups}
    assert [*by_value] == ["female", "male", "under 65", "65 and over"]
    assert (by_value["female"]["sensitivity"]["0.25"], by_value["male"]["sensitivity"]["0.25"]) == (1.0, 0.0)
    assert (by_value["female"]["auroc"], by_value["male"]["auroc"]) == (1.0, 0.5)
    assert {(group["patients"], group["events"]) for group in groups} == {(8, 8)}
    [sex, age] = differences
    assert sex["of"] == ["female", "male"]
    assert sex["sensitivity"]["0.25"] == 1.0
    assert sex["intervals"]["0.25"] == pytest.approx((1.0, 1.0))
    assert age["sensitivity"]["0.25"] == 0.0
    assert age["intervals"]["0.25"][0] < 0 < age["intervals"]["0.25"][1]


def test_a_kind_of_which_nobody_is_known_is_left_out() -> None:
    stays = [replace(stay, sex=None) for stay in stays_and_scores(None)[0]]
    groups, differences = subgroups(judged(stays, stays_and_scores(None)[1]), Draws.of(16, 5, 1))
    assert {group["group"] for group in groups} == {"age"}
    assert len(differences) == 1
    ageless = [replace(stay, age_years=None) for stay in stays]
    assert subgroups(judged(ageless, [np.zeros(30)] * 16), Draws.of(16, 5, 1)) == ([], [])
