"""Who may do what in which ward, over real sockets: every cell, and random sessions of several consoles."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.alerts import alarm_event
from tests.support.rights import ACTIONS, MAY_BY_HAND, ROLES
from tests.support.stations import Station, fresh_token, serving, station
from wardwatch.adapters.feed.limits import Limits
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.events import AlarmEvent

OWN, FOREIGN = "Ahorn-1", "Birke-2"
WARDS = (OWN, FOREIGN, "Linde-3")
NAMES = {OWN: "Erika Mustermann", FOREIGN: "Max Musterfrau"}
PATIENTS = {OWN: "p-own", FOREIGN: "p-foreign"}
ALARMS = {ward: alarm_event(patient=patient, ward=ward) for ward, patient in PATIENTS.items()}
NEEDED: dict[str, dict[str, str]] = {
    "acknowledge": {},
    "note": {"text": "seen"},
    "feedback": {"label": "artefact"},
}
GENEROUS = Limits(messages_a_second=1e6, messages_at_once=1_000_000)

_fences = itertools.count()


@dataclass
class Console:
    """A console without any cleverness: sends what it is told, and keeps every frame that comes."""

    socket: ClientConnection
    frames: list[str] = field(default_factory=list)
    is_closed: bool = False

    async def ask(self, message: dict[str, Any]) -> list[str]:
        """All that comes until this has been answered, and whatever was waiting before."""
        fence = f"fence-{next(_fences)}"
        new: list[str] = []
        try:
            await self.socket.send(json.dumps(message))
            # What can't be used is answered in its turn: then all before it has been.
            await self.socket.send(json.dumps({"type": "subscribe", "wards": [], "request": fence}))
            async with asyncio.timeout(20):
                while not (new and fence in new[-1]):
                    frame = await self.socket.recv()
                    assert isinstance(frame, str)
                    new.append(frame)
        except ConnectionClosed:
            self.is_closed = True
        self.frames += new
        return new[:-1] if not self.is_closed else new


@asynccontextmanager
async def console_at(url: str, token: str, name: str = "station") -> AsyncIterator[Console]:
    async with connect(url, max_size=None) as socket:
        console = Console(socket)
        welcome = await console.ask({"type": "login", "token": token, "console": name})
        assert [json.loads(frame)["type"] for frame in welcome] == ["hello", "welcome"]
        yield console


@pytest.fixture
def behind(tmp_path: Path) -> Station:
    names = tmp_path / "names.csv"
    lines = "".join(f"{PATIENTS[ward]},{name}\n" for ward, name in NAMES.items())
    names.write_text(f"patient,name\n{lines}", encoding="utf-8")
    made = station(names=names)
    for ward, patient in PATIENTS.items():
        made.lie(patient, ward)
    made.happen(*ALARMS.values())
    return made


def request_for(action: str, ward: str) -> dict[str, Any]:
    """What a console sends that wants this, of a ward and of the patient who lies there."""
    patient, alarm = PATIENTS[ward], ALARMS[ward].alarm
    if action in set(Verb):
        needed = {"alarm": alarm, **NEEDED[action]} if action in NEEDED else {}
        return {"type": "command", "command": f"c-{action}", "patient": patient, "verb": action, **needed}
    by_action: dict[str, dict[str, Any]] = {
        "read": {"type": "subscribe", "wards": [ward]},
        "vitals": {"type": "subscribe", "wards": [ward], "vitals": True},
        "history": {"type": "history", "patients": [patient]},
        "names": {"type": "name", "patient": patient},
        "shown": {"type": "shown", "alarms": [alarm]},
        "deliveries": {"type": "deliveries", "alarm": alarm},
    }
    return by_action[action]


def happened(behind: Station, action: str, ward: str, answers: list[dict[str, Any]]) -> bool:
    """Whether the console has got what it asked for."""
    if action in set(Verb):
        return [order.patient for order, _ in behind.written.orders] == [PATIENTS[ward]]
    if action == "shown":
        consoles = behind.services.deliveries.of(ALARMS[ward].alarm).consoles
        return [console.shown_ms is not None for console in consoles if console.console == "station"] == [
            True
        ]
    found = {answer["type"]: answer for answer in answers}
    match action:
        case "read" | "vitals":
            return "snapshot" in found and PATIENTS[ward] in str(found["snapshot"])
        case "names":
            return "name" in found and found["name"]["name"] == NAMES[ward]
        case _:
            return action in found


REFUSED = {"read": "forbidden_ward", "vitals": "forbidden_ward", "deliveries": "unknown_alarm"}


@pytest.mark.parametrize("covered", [(OWN,), (OWN, "Linde-3"), ("*",)], ids=",".join)
@pytest.mark.parametrize("ward", [OWN, FOREIGN])
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_in_a_ward_what_the_table_and_the_token_say_and_nothing_else(
    behind: Station, role: str, action: str, ward: str, covered: tuple[str, ...]
) -> None:
    is_allowed = (role, action) in MAY_BY_HAND
    is_covered = ward in covered or "*" in covered
    token = fresh_token(role, *covered)
    async with serving(behind, limits=GENEROUS) as (_, server), console_at(server.url, token) as console:
        if action == "shown":  # of what it was not sent a console can know nothing
            await console.ask({"type": "subscribe", "wards": ["*"]})
        frames = await console.ask(request_for(action, ward))
        answers = [json.loads(frame) for frame in frames]
        assert happened(behind, action, ward, answers) is (is_allowed and is_covered)
        codes = [answer["code"] for answer in answers if answer["type"] == "error"]
        if is_allowed and (is_covered or action == "shown"):
            assert codes == []
        elif is_allowed:
            assert codes == [REFUSED.get(action, "unknown_patient")]
        else:
            assert codes == ["forbidden_action"]
        if not (is_allowed and is_covered):
            assert (action == "shown" and is_allowed) or "refused" in behind.written.kinds()
        if not is_covered:
            assert not tells_of(console.frames, FOREIGN)


@pytest.mark.parametrize(
    "action", [action for action in ACTIONS if action not in ("read", "vitals", "shown")]
)
async def test_what_is_in_another_ward_and_what_does_not_exist_give_the_same_answer(
    behind: Station, action: str
) -> None:
    foreign = request_for(action, FOREIGN)
    nobodys = json.loads(
        json.dumps(foreign).replace(PATIENTS[FOREIGN], "p-nobody").replace(ALARMS[FOREIGN].alarm, "0" * 20)
    )
    token = fresh_token("physician", OWN)
    async with serving(behind, limits=GENEROUS) as (_, server), console_at(server.url, token) as console:
        first, second = await console.ask(foreign), await console.ask(nobodys)
    assert len(first) == 1
    assert first == second
    assert behind.written.orders == []


@pytest.mark.parametrize("role", ROLES)
async def test_what_a_console_is_told_that_it_may_is_what_it_may(behind: Station, role: str) -> None:
    token = fresh_token(role, OWN)
    async with serving(behind, limits=GENEROUS) as (_, server), console_at(server.url, token) as console:
        welcome = json.loads(console.frames[1])
    assert {(role, action) for action in welcome["may"]} == {cell for cell in MAY_BY_HAND if cell[0] == role}
    assert welcome["wards"] == [OWN]


async def test_who_gives_a_command_says_the_token_and_nothing_else(behind: Station) -> None:
    token = fresh_token("nurse", OWN)
    order = request_for("acknowledge", OWN)
    async with serving(behind, limits=GENEROUS) as (_, server), console_at(server.url, token) as console:
        (refused,) = await console.ask({**order, "by": {"name": "Chefarzt", "role": "physician"}})
        assert json.loads(refused)["code"] == "bad_request"
        assert all(json.loads(frame)["type"] != "error" for frame in await console.ask(order))
    ((_, grant),) = behind.written.orders
    assert (grant.actor().name, grant.actor().role) == ("Anna Berg", "nurse")


def tells_of(frames: list[str], ward: str) -> bool:
    """Whether a ward, who lies there, or what happens there is in any of these."""
    marks = [ward]
    if ward in PATIENTS:
        marks += [PATIENTS[ward], NAMES[ward], ALARMS[ward].alarm]
    return any(mark in frame for mark in marks for frame in frames)


# Random sessions: patients lie somewhere, move and have alarms, while consoles ask for all sorts of things.

_ward = st.sampled_from(WARDS)
_patient = st.sampled_from([f"p-{number}" for number in range(4)])
_token_wards = st.lists(_ward, min_size=1, max_size=2, unique=True)
_role = st.sampled_from(ROLES)
_console = st.integers(0, 2)

_world = st.one_of(
    st.tuples(st.just("lie"), _patient, _ward),
    st.tuples(st.just("alarm"), _patient, st.sampled_from(["start", "update", "end"])),
    st.tuples(st.just("discharge"), _patient, st.none()),
)
_asked = st.one_of(
    st.tuples(
        st.just("subscribe"),
        st.lists(_ward | st.just("*"), min_size=1, max_size=3, unique=True),
        st.sampled_from(["none", "own", "another's", "made up"]),
        st.booleans(),
        st.none() | st.lists(_patient, min_size=1, max_size=2),
    ),
    st.tuples(st.just("history"), _patient),
    st.tuples(st.just("name"), _patient),
    st.tuples(st.just("deliveries"), _patient),
    st.tuples(st.just("shown"), _patient),
    st.tuples(st.just("command"), _patient, st.sampled_from(list(Verb))),
    st.tuples(st.just("login"), _role, _token_wards),
)
_steps = st.lists(_world | st.tuples(_console, _asked), min_size=25, max_size=60)
_tokens = st.lists(st.tuples(_role, _token_wards), min_size=3, max_size=3)


@dataclass
class World:
    """Where each patient lies, and what has happened, as the test knows it."""

    behind: Station
    ward_of: dict[str, str] = field(default_factory=dict)
    wards_ever: dict[str, set[str]] = field(default_factory=dict)
    sequence: int = 0
    latest: dict[str, AlarmEvent] = field(default_factory=dict)

    def step(self, what: str, patient: str, how: Any) -> None:
        if what == "lie":
            self.ward_of[patient] = how
            self.wards_ever.setdefault(patient, set()).add(how)
            self.behind.lie(patient, how)
        elif what == "discharge":
            self.ward_of.pop(patient, None)
            self.behind.services.census.discharge(patient)
            self.behind.hub.flush()
        elif patient in self.ward_of:
            self.sequence += 1
            ward = self.ward_of[patient]
            event = alarm_event(
                patient=patient, ward=ward, bed=f"{ward}-bed", sequence=self.sequence, phase=how,
                text=f"HR 152 in {ward}",
            )  # fmt: skip
            self.latest[patient] = event
            self.behind.happen(event)


@dataclass
class Guest:
    """A console, and the wards that its token names now."""

    console: Console
    subject: str
    wards: set[str]
    position: str | None = None

    def message(self, asked: tuple[Any, ...], world: World, others: list[str | None]) -> dict[str, Any]:
        kind, *wish = asked
        made: dict[str, Callable[..., dict[str, Any]]] = {
            "subscribe": lambda wards, since, vitals, patients: {
                "wards": wards,
                "vitals": vitals,
                "patients": patients,
                "position": self._position(since, world, others),
            },
            "history": lambda patient: {"patients": [patient, "p-nobody"]},
            "name": lambda patient: {"patient": patient},
            "deliveries": lambda patient: {"alarm": alarm_of(patient)},
            "shown": lambda patient: {"alarms": [alarm_of(patient)]},
            "command": lambda patient, verb: {
                "command": "c-1",
                "patient": patient,
                "verb": verb,
                **({"alarm": alarm_of(patient), **NEEDED[verb]} if verb in NEEDED else {}),
            },
            "login": lambda role, wards: {
                "token": fresh_token(role, *wards, subject=self.subject, name=self.subject)
            },
        }
        return {"type": kind, **made[kind](*wish)}

    def _position(self, since: str, world: World, others: list[str | None]) -> str | None:
        match since:
            case "own":
                return self.position
            case "another's":
                return next(filter(None, others), None)
            case "made up":
                return f"0123456789abcdef:{world.sequence}"
            case _:
                return None


def alarm_of(patient: str) -> str:
    return alarm_event(patient=patient).alarm


def check(frames: list[str], wards: set[str], world: World) -> None:
    """No ward that the token does not name, and nobody who never lay in one that it names."""
    foreign = set(WARDS) - wards
    strangers = {patient for patient, ever in world.wards_ever.items() if not ever & wards}
    for frame in frames:
        message = json.loads(frame)
        if message["type"] == "history":
            # A patient's last hours go along: who lies here now may have had alarms elsewhere.
            assert world.ward_of[message["patient"]] in wards
        else:
            assert not [ward for ward in foreign if ward in frame], frame
        assert not [patient for patient in strangers if f'"{patient}"' in frame], frame


async def play(steps: list[Any], tokens: list[tuple[str, list[str]]]) -> None:
    behind = station()
    world = World(behind)
    async with serving(behind, limits=GENEROUS) as (_, server):
        guests: list[Guest] = []
        sockets = []
        try:
            for number, (role, wards) in enumerate(tokens):
                subject = f"subject-{number}"
                opened = console_at(
                    server.url, fresh_token(role, *wards, subject=subject, name=subject), subject
                )
                guests.append(Guest(await opened.__aenter__(), subject, set(wards)))
                sockets.append(opened)
            await fill(world, guests)
            for step in steps:
                if isinstance(step[0], str):
                    world.step(*step)
                else:
                    await converse(guests[step[0]], step[1], world, guests)
            for guest in guests:
                await converse(guest, ("name", "p-nobody"), world, guests)
        finally:
            for opened in sockets:
                await opened.__aexit__(None, None, None)


async def fill(world: World, guests: list[Guest]) -> None:
    """Somebody with an alarm in every ward, and every console hears of all that it may hear of."""
    for number, ward in enumerate(WARDS):
        world.step("lie", f"p-{number}", ward)
        world.step("alarm", f"p-{number}", "start")
    for guest in guests:
        await converse(guest, ("subscribe", ["*"], "none", True, None), world, guests)


async def converse(guest: Guest, asked: tuple[Any, ...], world: World, guests: list[Guest]) -> None:
    if guest.console.is_closed:
        return
    others = [other.position for other in guests if other is not guest]
    frames = await guest.console.ask(guest.message(asked, world, others))
    for frame in frames:
        message = json.loads(frame)
        if message["type"] == "welcome":
            guest.wards = set(asked[2])
        check([frame], guest.wards, world)
        guest.position = message.get("position") or guest.position


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_steps, _tokens)
def test_whatever_consoles_ask_for_no_byte_of_another_ward_reaches_them(
    steps: list[Any], tokens: list[tuple[str, list[str]]]
) -> None:
    asyncio.run(play(steps, tokens))
