"""What a console may ask for and what it is told, over real sockets; test_matrix has every cell of rights."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.support.alerts import alarm_event
from tests.support.stations import Station, fresh_token, serving, station
from wardwatch.core.permissions import Action
from wardwatch.wire.feed.codes import ErrorCode

OWN, FOREIGN = "4B", "5A"
PATIENT_OF = {OWN: "p-own", FOREIGN: "p-foreign"}
NOBODY = "p-nobody"


def inhabited(**options: Any) -> Station:
    """A feed that knows a patient with an open alarm in each of two wards."""
    behind = station(**options)
    for ward, patient in PATIENT_OF.items():
        behind.lie(patient, ward)
        behind.happen(alarm_event(patient=patient, ward=ward))
    return behind


def request_for(action: Action, ward: str, patient: str) -> dict[str, Any]:
    alarm = alarm_event(patient=patient).alarm
    command = {"type": "command", "command": f"c-{action}-{patient}", "patient": patient}
    others: dict[Action, dict[str, Any]] = {
        Action.READ: {"type": "subscribe", "wards": [ward]},
        Action.VITALS: {"type": "subscribe", "wards": [ward], "vitals": True},
        Action.HISTORY: {"type": "history", "patients": [patient]},
        Action.NAMES: {"type": "name", "patient": patient},
        Action.SHOWN: {"type": "shown", "alarms": [alarm]},
        Action.DELIVERIES: {"type": "deliveries", "alarm": alarm},
    }
    return others.get(action, command | {"verb": action.value, "alarm": alarm})


@asynccontextmanager
async def logged_in(url: str, token: str) -> AsyncIterator[ClientConnection]:
    async with connect(url) as console:
        await console.send(json.dumps({"type": "login", "token": token, "console": "station"}))
        while json.loads(await console.recv())["type"] != "welcome":
            pass
        yield console


async def answers_to(console: ClientConnection, request: dict[str, Any]) -> list[dict[str, Any]]:
    """All that comes before the answer to a question that follows it."""
    await console.send(json.dumps(request | {"request": "q"}))
    await console.send(json.dumps({"type": "nonsense", "request": "end"}))
    answers = []
    async with asyncio.timeout(10):
        while (answer := json.loads(await console.recv())).get("request") != "end":
            answers.append(answer)
    return answers


def code_in(answers: list[dict[str, Any]]) -> ErrorCode | None:
    codes = [ErrorCode(answer["code"]) for answer in answers if answer["type"] == "error"]
    assert len(codes) <= 1
    return codes[0] if codes else None


async def test_the_star_stands_for_the_wards_of_the_token() -> None:
    token = fresh_token("nurse", OWN, "6C")
    async with serving(inhabited()) as (behind, server), logged_in(server.url, token) as console:
        subscribed, snapshot = await answers_to(console, {"type": "subscribe", "wards": ["*"]})
        assert subscribed["wards"] == snapshot["wards"] == ["4B", "6C"]
        assert [alarm["ward"] for alarm in snapshot["alarms"]] == [OWN]
        behind.happen(alarm_event(patient="p-foreign", sequence=2, ward=FOREIGN, phase="update"))
        behind.happen(alarm_event(patient="p-own", sequence=2, ward=OWN, phase="update"))
        event = json.loads(await console.recv())
        assert event["alarm"]["patient"] == "p-own"


async def test_a_subscription_with_one_forbidden_ward_is_refused_whole_and_the_one_before_stays() -> None:
    token = fresh_token("nurse", OWN)
    async with serving(inhabited()) as (behind, server), logged_in(server.url, token) as console:
        await answers_to(console, {"type": "subscribe", "wards": [OWN]})
        (refused,) = await answers_to(console, {"type": "subscribe", "wards": [OWN, FOREIGN]})
        assert refused["code"] == "forbidden_ward"
        behind.happen(alarm_event(patient="p-own", sequence=2, phase="update"))
        assert json.loads(await console.recv())["type"] == "event"
        assert behind.written.of_kind("refused") == [
            {
                "code": "forbidden_ward",
                "patient": None,
                "patients": None,
                "alarm": None,
                "wards": [OWN, FOREIGN],
            }
        ]


async def test_alarms_can_be_narrowed_down_by_priority_and_patient() -> None:
    async with serving(inhabited()) as (behind, server), logged_in(server.url, fresh_token()) as console:
        wish = {"type": "subscribe", "wards": ["*"], "minimum_priority": "medium", "patients": ["p-own"]}
        _, snapshot = await answers_to(console, wish)
        assert [alarm["patient"] for alarm in snapshot["alarms"]] == ["p-own"]
        behind.happen(alarm_event(patient="p-foreign", ward=FOREIGN, sequence=2, phase="update"))
        behind.happen(alarm_event(patient="p-own", sequence=2, phase="update", priority="low"))
        assert json.loads(await console.recv())["type"] == "gone"


async def test_a_patient_who_moves_away_is_out_of_reach_with_the_alarm_that_tells_of_it() -> None:
    token = fresh_token("nurse", OWN)
    async with serving(inhabited()) as (behind, server), logged_in(server.url, token) as console:
        acknowledge = request_for(Action.ACKNOWLEDGE, OWN, "p-own")
        assert code_in(await answers_to(console, acknowledge)) is None
        # The status, which comes every few seconds, still tells of the old ward.
        behind.happen(alarm_event(patient="p-own", ward=FOREIGN, sequence=2, phase="update"))
        assert code_in(await answers_to(console, acknowledge)) is ErrorCode.UNKNOWN_PATIENT


async def test_the_alarm_of_one_patient_opens_no_door_to_another() -> None:
    token = fresh_token("nurse", OWN)
    async with serving(inhabited()) as (_, server), logged_in(server.url, token) as console:
        sly = request_for(Action.NOTE, OWN, "p-own") | {"patient": "p-foreign"}
        assert code_in(await answers_to(console, sly)) is ErrorCode.UNKNOWN_PATIENT


async def test_a_name_comes_from_the_file_and_is_noted_without_it(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("patient,name\np-own,Erika Mustermann\n")
    async with (
        serving(inhabited(names=names)) as (behind, server),
        logged_in(server.url, fresh_token()) as console,
    ):
        (answer,) = await answers_to(console, {"type": "name", "patient": "p-own"})
        assert answer == {"type": "name", "patient": "p-own", "name": "Erika Mustermann", "request": "q"}
        (answer,) = await answers_to(console, {"type": "name", "patient": "p-foreign"})
        assert answer["name"] is None
        assert behind.written.of_kind("name_shown")[0] == {"patient": "p-own", "ward": OWN}
        assert "Erika" not in repr(behind.written.notes)


async def test_a_history_has_the_vitals_and_the_alarms_of_each_patient_and_refuses_the_others() -> None:
    token = fresh_token("nurse", OWN)
    async with serving(inhabited()) as (_, server), logged_in(server.url, token) as console:
        request = {"type": "history", "patients": [NOBODY, "p-own", "p-foreign"], "minutes": 5}
        unknown, history, foreign = await answers_to(console, request)
        assert [unknown["code"], foreign["code"]] == ["unknown_patient", "unknown_patient"]
        assert history["patient"] == "p-own"
        assert len(history["at_ms"]) == 5
        assert [alarm["patient"] for alarm in history["alarms"]] == ["p-own"]


async def test_deliveries_tell_what_each_console_did() -> None:
    async with serving(inhabited()) as (_, server), logged_in(server.url, fresh_token()) as console:
        await answers_to(console, {"type": "subscribe", "wards": ["*"]})
        assert await answers_to(console, request_for(Action.SHOWN, OWN, "p-own")) == []
        (answer,) = await answers_to(console, request_for(Action.DELIVERIES, OWN, "p-own"))
        (delivery,) = answer["consoles"]
        assert (delivery["console"], delivery["name"]) == ("station", "Anna Berg")
        assert delivery["sent_ms"] <= delivery["shown_ms"]


async def test_what_can_not_be_noted_is_not_done() -> None:
    async with serving(inhabited()) as (behind, server), logged_in(server.url, fresh_token()) as console:
        behind.written.is_behind = True
        for action in (Action.ACKNOWLEDGE, Action.NAMES):
            answers = await answers_to(console, request_for(action, OWN, "p-own"))
            assert code_in(answers) is ErrorCode.NOT_DELIVERED
        assert behind.written.orders == []
        # But whoever looks at alarms goes on seeing them.
        assert code_in(await answers_to(console, request_for(Action.VITALS, OWN, "p-own"))) is None


async def test_what_is_done_is_noted_with_who_and_where() -> None:
    async with serving(inhabited()) as (behind, server), logged_in(server.url, fresh_token()) as console:
        await answers_to(console, {"type": "subscribe", "wards": [OWN], "vitals": True})
        await answers_to(console, request_for(Action.ACKNOWLEDGE, OWN, "p-own"))
        await answers_to(console, request_for(Action.HISTORY, OWN, "p-own"))
    noted = {kind: what for kind, _, _, what in behind.written.notes}
    assert noted["subscribed"] == {"wards": [OWN], "patients": None, "vitals": True}
    assert [noted["command"]["patient"]] == noted["history"]["patients"] == ["p-own"]
    assert {noted["command"]["ward"]} == noted["history"]["wards"] == {OWN}
    assert {grant.name for _, grant, _, _ in behind.written.notes if grant} == {"Anna Berg"}
    assert {console for _, _, console, _ in behind.written.notes} == {"station"}
