"""Which ward and bed each wearer lies in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from wardwatch.core.events import Placement

BEDS_PER_WARD = 20
_FIRST_FLOOR = 4
_WARDS_OF_A_FLOOR = "ABCD"


def lay_out(patients: Iterable[str], *, beds_per_ward: int = BEDS_PER_WARD) -> list[Placement]:
    """Put patients to bed in the order given: 4A is filled first, then 4B, ... 4D, 5A and so on.

    >>> [(p.ward, p.bed) for p in lay_out(["p-1", "p-2", "p-3"], beds_per_ward=2)]
    [('4A', '1'), ('4A', '2'), ('4B', '1')]
    """
    beds = ((ward, bed) for ward in map(_ward_name, count()) for bed in range(1, beds_per_ward + 1))
    return [
        Placement(patient=patient, ward=ward, bed=str(bed))
        for patient, (ward, bed) in zip(patients, beds, strict=False)
    ]


def _ward_name(number: int) -> str:
    floor, letter = divmod(number, len(_WARDS_OF_A_FLOOR))
    return f"{_FIRST_FLOOR + floor}{_WARDS_OF_A_FLOOR[letter]}"
