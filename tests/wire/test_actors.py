"""Actors on the wire."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from tests.support.records import actors
from wardwatch.core.events import Actor, Role
from wardwatch.wire.actors import ActorV1, actor_fields, actor_of


@given(actor=actors())
def test_what_is_written_is_what_is_read(actor: Actor) -> None:
    assert actor_of(msgspec.convert(actor_fields(actor), ActorV1)) == actor


def test_nobody_is_null() -> None:
    assert actor_fields(None) is None
    assert actor_of(None) is None


@pytest.mark.parametrize("name", ["", " Anna", "Anna\n", "x" * 65])
def test_a_name_has_no_space_around_it_and_an_end(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(actor_fields(Actor(name=name, role=Role.NURSE)), ActorV1)
