"""A clinical story: what devices measure, what the roster says and what people do; and what must come of it.

Each story is a file in `stories/`, with the alarm events that come of it beside it; docs/stories.md tells how
they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.scenarios.claims import Claim
from tests.scenarios.courses import Course, SentReading
from tests.scenarios.times import at_ms, duration_ms
from wardwatch.core.alarming.commands import Label, Verb
from wardwatch.core.events import Role
from wardwatch.core.roster import RosterEntry

FOLDER = Path(__file__).parent / "stories"
PATIENT = "p-1"


class RosterLine(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A line of the roster, whole: see :class:`RosterEntry`."""

    at: str
    ward: str
    bed: str
    devices: tuple[str, ...] = ()
    limits: Mapping[str, Mapping[str, float]] = {}
    news2_scale_2: bool = False
    on_oxygen: bool | None = None
    discharged: bool = False

    def entry(self) -> RosterEntry:
        """As the monitor takes it."""
        said = {name: getattr(self, name) for name in self.__struct_fields__ if name != "at"}
        return RosterEntry(patient=PATIENT, at_ms=at_ms(self.at), **said)


class Act(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody does at a console; ``alarm`` names the condition, and means its latest alarm so far."""

    at: str
    who: str
    does: Verb
    role: Role = Role.NURSE
    alarm: str | None = None
    condition: str | None = None
    duration: str | None = None
    text: str | None = None
    label: Label | None = None

    @property
    def duration_s(self) -> float | None:
        """For how long a pause shall last."""
        return None if self.duration is None else duration_ms(self.duration) / 1000


class Input(NamedTuple):
    """Something that arrives, on our clock."""

    arrived_at_ms: int
    what: SentReading | RosterEntry | Act


class Story(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """See the module; ``ends`` is how long somebody looks on."""

    title: str
    story: str
    ends: str
    claim: list[Claim]
    course: list[Course]
    roster: list[RosterLine] = []
    act: list[Act] = []

    @property
    def until_ms(self) -> int:
        """When somebody has last looked."""
        return at_ms(self.ends)

    def inputs(self) -> list[Input]:
        """All that arrives, in its order; of what arrives at once the roster comes first, then people."""
        found = [Input(at_ms(line.at), line.entry()) for line in self.roster]
        found += [Input(at_ms(act.at), act) for act in self.act]
        found += [Input(sent.arrived_at_ms, sent) for each in self.course for sent in each.readings(PATIENT)]
        return sorted(found, key=lambda each: each.arrived_at_ms)


def names() -> Iterable[str]:
    """All stories there are."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> Story:
    """The story of a name."""
    return msgspec.toml.decode((FOLDER / f"{name}.toml").read_bytes(), type=Story)
