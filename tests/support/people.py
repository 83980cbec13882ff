"""What people do with alarms, as commands."""

from __future__ import annotations

from itertools import count
from typing import Any

from wardwatch.core.alarming.commands import Command, Verb
from wardwatch.core.events import Actor, Role
from wardwatch.core.monitor import Monitor

NURSE = Actor(name="n.brown", role=Role.NURSE)
_numbers = count()


def command(verb: Verb, patient: str = "p-1", at_ms: int = 0, **wishes: Any) -> Command:
    """One that never came before."""
    return Command(command=f"c-{next(_numbers)}", patient=patient, verb=verb, by=NURSE, at_ms=at_ms, **wishes)


def new_normal(monitor: Monitor, patient: str, at_ms: int) -> None:
    """What is now is usual from now on."""
    monitor.command([command(Verb.NEW_NORMAL, patient, at_ms)])
