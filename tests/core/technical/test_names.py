"""Devices keep their slots, whoever else comes and goes."""

from __future__ import annotations

import numpy as np

from wardwatch.core.technical.names import FREE, SLOTS, DeviceNames


def names_of(*patients: str) -> DeviceNames:
    names = DeviceNames()
    names.fit(8)
    for row, patient in enumerate(patients):
        names.seat(patient, row, 0, "e4")
    return names


def test_a_patients_devices_take_turns_and_keep_their_slots() -> None:
    names = names_of("p-1", "p-2")
    names.seat("p-1", 0, 1, "cuff")
    rows = np.array([0, 1])
    for device, slot in (("e4", 0), ("cuff", 1), ("cuff", 1), ("e4", 0)):
        slots, unknown = names.slots(["p-1", "p-2"], rows, [device, "e4"])
        assert (slots.tolist(), unknown) == ([slot, 0], [])


def test_a_device_without_a_slot_is_pointed_out() -> None:
    _, unknown = names_of("p-1").slots(["p-1", "p-2"], np.array([1, 0]), ["e4", "ring"])
    assert unknown == [0, 1]


def test_whoever_takes_the_row_of_another_has_no_slot_by_that() -> None:
    names = names_of("p-1")
    names.slots(["p-1"], np.array([0]), ["e4"])
    names.forget("p-1")
    assert names.slots(["p-2"], np.array([0]), ["e4"])[1] == [0]


def test_a_slot_that_was_freed_is_the_first_to_be_used() -> None:
    names = names_of("p-1")
    for slot in range(1, SLOTS):
        names.seat("p-1", 0, slot, f"d-{slot}")
    assert names.free_slot("p-1") is None
    names.seat("p-1", 0, 2, FREE)
    assert names.free_slot("p-1") == 2
    assert names.slot("p-1", "d-3") == 3
    assert names.slot("p-1", "d-2") is None


def test_a_device_whose_slot_was_given_away_has_none() -> None:
    names = names_of("p-1")
    assert names.slots(["p-1"], np.array([0]), ["e4"])[1] == []
    names.seat("p-1", 0, 0, "ring")
    assert names.slots(["p-1"], np.array([0]), ["e4"])[1] == [0]
