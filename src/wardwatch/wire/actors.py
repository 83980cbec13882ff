"""Who did it, on the wire."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from wardwatch.core.events import Actor, Role

# A user's name on the console: letters of any script, and spaces within.
_UserName = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^\S(.*\S)?\Z")]


class ActorV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The record of an actor within another record."""

    name: _UserName
    role: Role


def actor_fields(actor: Actor | None) -> dict[str, Any] | None:
    """``actor`` as the fields of its record, for JSON output."""
    return None if actor is None else {"name": actor.name, "role": actor.role.value}


def actor_of(record: ActorV1 | None) -> Actor | None:
    """The actor that a record tells of."""
    return None if record is None else Actor(name=record.name, role=record.role)
