"""People: they differ, by age and sex as measured, and each number is always the same person."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from wardwatch_simulators.living import AT_HOME, ON_THE_WARD, People
from wardwatch_simulators.living.people import TRAITS


def test_a_number_is_the_same_person_whoever_else_is_there() -> None:
    many = People.drawn(7, np.arange(100), AT_HOME)
    one = People.drawn(7, np.array([42]), AT_HOME)
    for field in fields(People):
        assert getattr(one, field.name)[0] == getattr(many, field.name)[42]


def test_people_differ_by_age_and_sex_as_measured() -> None:
    people = People.drawn(1, np.arange(20_000), AT_HOME)
    known = np.column_stack([np.ones(len(people)), (people.age - 40) / 10, people.male])
    for name in ("heart_rate", "systolic_pressure", "oxygen_saturation", "diastolic_pressure"):
        level, decade, male = np.linalg.lstsq(known, getattr(people, name), rcond=None)[0]
        trait = TRAITS[name]
        assert abs(level - trait.mean) < 0.05 * trait.spread + 0.05
        # Levels are kept within bounds, which takes a little from the differences.
        assert abs(decade - trait.decade) < 0.1 * abs(trait.decade) + 0.02 * trait.spread
        assert abs(male - trait.male) < 0.1 * abs(trait.male) + 0.06 * trait.spread


def test_everybody_is_within_bounds() -> None:
    people = People.drawn(3, np.arange(5000), ON_THE_WARD)
    for name, trait in TRAITS.items():
        values = getattr(people, name)
        assert trait.lowest - 1e-4 <= values.min() <= values.max() <= trait.highest + 1e-4
        assert len(np.unique(values)) > 500
    assert 18 <= people.age.min() < 40
    assert 85 < people.age.max() <= 95
    assert 0.45 < people.male.mean() < 0.55


def test_a_twin_changes_one_person_and_only_what_is_known_of_it() -> None:
    people = People.drawn(1, np.arange(3), AT_HOME)
    changed = people.with_person(1, {"heart_rate": 51.0})
    assert changed.heart_rate.tolist() == [people.heart_rate[0], 51.0, people.heart_rate[2]]
    np.testing.assert_array_equal(changed.sleep_dip, people.sleep_dip)
