"""Whatever a console asks for, in whatever order, and whatever happens meanwhile: no byte of another ward."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.alerts import alarm_event
from tests.support.feeds import live
from tests.support.stations import Station, fresh_token, station
from wardwatch.adapters.feed.audience import Subscriber
from wardwatch.adapters.feed.limits import Limits
from wardwatch.adapters.feed.outbox import Outbox
from wardwatch.adapters.feed.session import EndOfSession, Session
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.permissions import ConsoleRole

OWN, ALSO_OWN, FOREIGN = "ward-own", "ward-also", "ward-foreign"
WARDS = [OWN, ALSO_OWN, FOREIGN]
# Who begins with `f` never lies in a ward of the token; who begins with `m` moves about.
FIXED = {"o-1": OWN, "o-2": ALSO_OWN, "f-1": FOREIGN, "f-2": FOREIGN}
PATIENTS = [*FIXED, "m-1", "m-2"]

# The name of the ward, or any sign of somebody who was never anywhere else.
POSITION = re.compile(rb'"position":"([0-9a-f]+:[0-9.]+)"')
SECRET = re.compile(rb"ward-foreign|text-of-f-|name-of-f-")


@dataclass
class Wire:
    """A connection that never ends, and all that was sent over it."""

    behind: Station
    paused: bool = False
    heard: bool = True
    outbox: Outbox | None = None
    sent: list[bytes] = field(default_factory=list)

    def write(self, frames: bytes) -> None:
        self.sent.append(frames)

    def cut_off(self) -> None:
        pass

    def give_up(self) -> None:
        pass

    def say(self, payload: bytes) -> None:
        self.sent.append(payload)

    def join(self) -> Subscriber:
        return self.behind.hub.join(self)

    async def drained(self) -> bool:
        return True


alarms = st.sampled_from([alarm_event(patient=patient).alarm for patient in PATIENTS] + ["no-such-alarm"])
patients = st.sampled_from([*PATIENTS, "nobody"])
wards = st.lists(st.sampled_from([*WARDS, "*", "no-such-ward"]), min_size=1, max_size=4)
requests = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("subscribe"), "wards": wards},
        optional={
            "vitals": st.booleans(),
            "minimum_priority": st.sampled_from(["low", "medium", "high"]),
            "patients": st.lists(patients, min_size=1, max_size=3),
            "position": st.sampled_from(["latest", "first", "nonsense", "0000000000000000:0"]),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("command"), "patient": patients, "verb": st.sampled_from(list(Verb))},
        optional={"alarm": alarms},
    ),
    st.fixed_dictionaries(
        {"type": st.just("history"), "patients": st.lists(patients, min_size=1, max_size=4)}
    ),
    st.fixed_dictionaries({"type": st.just("name"), "patient": patients}),
    st.fixed_dictionaries({"type": st.just("shown"), "alarms": st.lists(alarms, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"type": st.just("deliveries"), "alarm": alarms}),
    st.fixed_dictionaries({"type": st.just("login"), "wards": st.lists(st.sampled_from(WARDS), max_size=3)}),
)
happenings = st.tuples(
    st.sampled_from(["event", "event", "status", "gone", "beat"]),
    st.sampled_from(PATIENTS),
    st.sampled_from(WARDS),
    st.sampled_from(["low", "medium", "high"]),
    st.sampled_from(["start", "update", "update", "end"]),
)


class World:
    """The ward's life, and one console of two of its wards."""

    def __init__(self, role: ConsoleRole) -> None:
        self.behind = station()
        self.wire = Wire(self.behind)
        self.session = Session(self.behind.services, self.wire, Limits(messages_at_once=1000))
        self.token = fresh_token(role, OWN, ALSO_OWN)
        self.role = role
        self.sequence = 0
        self.positions: list[str] = []

    async def ask(self, request: dict[str, Any]) -> None:
        if request["type"] == "login":
            # Another token of the same person, for no more wards than before.
            wanted = [ward for ward in request["wards"] if ward != FOREIGN] or [OWN]
            request = {"type": "login", "token": fresh_token(self.role, *wanted)}
        if request["type"] == "command":
            request = request | {"command": f"c-{self.sequence}"}
        if request.get("position") in ("latest", "first"):
            known = self.positions or ["nonsense"]
            request = request | {"position": known[-1] if request["position"] == "latest" else known[0]}
        await self.session.take(json.dumps(request))

    def happen(self, kind: str, patient: str, ward: str, priority: str, phase: str) -> None:
        ward = FIXED.get(patient, ward)
        self.sequence += 1
        match kind:
            case "event":
                event = alarm_event(
                    patient=patient, ward=ward, sequence=self.sequence, priority=priority, phase=phase,
                    text=f"text-of-{patient}",
                )  # fmt: skip
                self.behind.happen(event)
            case "status":
                self.behind.lie(patient, ward)
            case "gone":
                self.behind.services.census.discharge(patient)
                self.behind.hub.flush()
            case "beat":
                self.behind.hub.heartbeat(live())
        self.positions += map(bytes.decode, POSITION.findall(b"".join(self.wire.sent[-1:])))


@given(
    role=st.sampled_from(list(ConsoleRole)),
    steps=st.lists(st.one_of(requests, happenings), min_size=1, max_size=40),
)
def test_no_byte_of_another_ward(role: ConsoleRole, steps: list[Any]) -> None:
    async def live_through() -> None:
        world = World(role)
        await world.session.take(json.dumps({"type": "login", "token": world.token}))
        for step in steps:
            try:
                if isinstance(step, dict):
                    await world.ask(step)
                else:
                    world.happen(*step)
            except EndOfSession as end:
                world.session.end(end.code)
        said = b"".join(world.wire.sent)
        assert not SECRET.search(said)

    asyncio.run(live_through())


async def test_a_leak_would_be_found() -> None:
    world = World(ConsoleRole.NURSE)
    world.token = fresh_token("nurse", FOREIGN)
    await world.session.take(json.dumps({"type": "login", "token": world.token}))
    await world.ask({"type": "subscribe", "wards": [FOREIGN]})
    world.happen("event", "f-1", FOREIGN, "high", "start")
    assert SECRET.search(b"".join(world.wire.sent))
