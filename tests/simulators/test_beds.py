"""Wearers are put to bed ward by ward."""

from __future__ import annotations

from wardwatch_simulators.beds import lay_out


def test_nobody_shares_a_bed_and_no_ward_is_overfull() -> None:
    placements = lay_out([f"p-{n}" for n in range(250)], beds_per_ward=20)
    assert len({(p.ward, p.bed) for p in placements}) == len(placements) == 250
    assert {p.bed for p in placements} == {str(bed) for bed in range(1, 21)}


def test_wards_fill_up_in_order_and_floor_by_floor() -> None:
    placements = lay_out([f"p-{n}" for n in range(5)], beds_per_ward=1)
    assert [p.ward for p in placements] == ["4A", "4B", "4C", "4D", "5A"]
    assert [p.patient for p in placements] == ["p-0", "p-1", "p-2", "p-3", "p-4"]
