"""Who may do what: every cell, against a table that was written by hand."""

from __future__ import annotations

import pytest

from tests.support.rights import CELLS
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.events import Actor, Role
from wardwatch.core.permissions import EVERY_WARD, MAY, Action, ConsoleRole, Grant


def grant(role: ConsoleRole = ConsoleRole.NURSE, *wards: str) -> Grant:
    return Grant(
        token_id="t-1",  # noqa: S106 (no password)
        subject="anna",
        name="Anna Berg",
        role=role,
        wards=frozenset(wards),
        expires_ms=1,
    )


@pytest.mark.parametrize(("role", "action", "is_allowed"), CELLS)
def test_a_role_may_what_the_table_written_by_hand_says(role: str, action: str, *, is_allowed: bool) -> None:
    assert grant(ConsoleRole(role)).may(Action(action)) is is_allowed


def test_the_table_written_by_hand_has_every_cell() -> None:
    assert {(role, action) for role, action, _ in CELLS} == {
        (role.value, action.value) for role in ConsoleRole for action in Action
    }
    assert MAY.keys() == set(ConsoleRole)


def test_there_is_an_action_for_each_verb() -> None:
    assert {Action.of(verb) for verb in Verb} == {Action(verb.value) for verb in Verb}


def test_a_grant_covers_the_wards_that_it_names_and_no_other() -> None:
    named = grant(ConsoleRole.NURSE, "4B", "5A")
    assert all(map(named.covers, ("4B", "5A")))
    assert not any(map(named.covers, ("4b", "4", "", EVERY_WARD)))
    assert grant(ConsoleRole.NURSE, EVERY_WARD).covers("4B")
    assert not grant(ConsoleRole.NURSE).covers("4B")


@pytest.mark.parametrize("role", [role for role in ConsoleRole if role is not ConsoleRole.DEVICE])
def test_who_gives_a_command_is_the_person_of_the_token(role: ConsoleRole) -> None:
    assert grant(role).actor() == Actor(name="Anna Berg", role=Role(role.value))


def test_a_device_is_nobody() -> None:
    with pytest.raises(ValueError, match="nobody"):
        grant(ConsoleRole.DEVICE).actor()
