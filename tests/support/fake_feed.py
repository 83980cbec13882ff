"""A feed without Kafka: it serves the console's page, speaks ``wardwatch.v1``, and says what a test wants.

``python -m tests.support.fake_feed --beds 12`` runs one with alarms, for whoever works on the page. What the
console makes of a real feed is for the tests of a shift.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
from collections.abc import Iterable
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.support.fake_ward import FakePatient, fake_ward, now_ms
from wardwatch.adapters.feed.pages import Pages
from wardwatch.wire.feed.codes import PROTOCOL

_PAGES = Pages()
# All that a charge nurse may.
EVERYTHING = [
    "read", "vitals", "history", "names", "shown", "deliveries", "acknowledge", "pause_audio", "resume_audio",
    "pause_alarm", "alarm_off", "resume_alarm", "note", "feedback", "new_normal",
]  # fmt: skip
TOKEN = "anna"  # noqa: S105 (the one that this feed takes)


class FakeFeed:
    """``async with`` opens a port; then the feed says what its methods are told."""

    def __init__(self, ward: Iterable[FakePatient], *, may: list[str] | None = None, port: int = 0) -> None:
        self.patients = {patient.patient: patient for patient in ward}
        self.received: list[dict[str, Any]] = []
        self.names: dict[str, str] = {}
        self.notice = ""
        self.beats = True
        # Whether commands are answered; a test may answer later, or never.
        self.answers = True
        # For how long the logins last that come from now on.
        self.login_lasts_ms = 12 * 3_600_000
        self._may = EVERYTHING if may is None else may
        self._port = port
        self._log: list[dict[str, Any]] = []
        self._consoles: set[ServerConnection] = set()
        self._receipts: dict[str, dict[str, Any]] = {}
        self._server: Server | None = None
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._attend,
            "127.0.0.1",
            self._port,
            process_request=_page,
            subprotocols=[Subprotocol(PROTOCOL)],
            compression=None,
            close_timeout=1,
        )
        self._port = self._server.sockets[0].getsockname()[1]
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._beating is not None
        self._beating.cancel()
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._port}/"

    def asked(self, kind: str) -> list[dict[str, Any]]:
        """What consoles have sent of a type."""
        return [message for message in self.received if message.get("type") == kind]

    async def step(self, patient: str, **said: Any) -> dict[str, Any]:
        """Tell the next event of a patient's alarm."""
        event = self.patients[patient].step(**said)
        self._log.append(event)
        await self._tell({"type": "event", "position": self._position(), "alarm": event})
        return event

    async def show(self, patient: str, **changes: Any) -> None:
        """Tell a patient's status, in which something has changed for good."""
        self.patients[patient].changes |= changes
        await self._tell({"type": "status", "status": self.patients[patient].status()})

    async def leave(self, patient: str) -> None:
        """A patient goes home."""
        del self.patients[patient]
        await self._tell({"type": "left", "patient": patient})

    async def cut(self, code: int = 1012) -> None:
        """Close all connections."""
        for console in list(self._consoles):
            await console.close(code)

    async def _attend(self, console: ServerConnection) -> None:
        hello = {"type": "hello", "protocol": PROTOCOL, "server": "0", "heartbeat_interval_ms": 1000}
        with contextlib.suppress(ConnectionClosed):
            await _send(console, hello | {"login_within_ms": 5000})
            try:
                async for frame in console:
                    message = json.loads(frame)
                    self.received.append(message)
                    for answer in self._answers(console, message):
                        named = {"request": message["request"]} if "request" in message else {}
                        await _send(console, answer | named)
                    if message["type"] == "command":
                        await self._obey(console, message)
                    elif message["type"] == "login" and message["token"] != TOKEN:
                        await console.close(4001)
            finally:
                self._consoles.discard(console)

    def _answers(self, console: ServerConnection, message: dict[str, Any]) -> list[dict[str, Any]]:
        match message["type"]:
            case "login":
                return [self._welcome(message["token"])]
            case "subscribe":
                self._consoles.add(console)
                return self._subscribed(message.get("position"))
            case "history":
                minutes = message.get("minutes", 240)
                return [self.patients[each].history(minutes) for each in message["patients"]]
            case "name":
                patient = message["patient"]
                return [{"type": "name", "patient": patient, "name": self.names.get(patient)}]
            case "deliveries":
                return [{"type": "deliveries", "alarm": message["alarm"], "consoles": _DELIVERIES}]
        return []

    def _welcome(self, token: str) -> dict[str, Any]:
        if token != TOKEN:
            return {"type": "error", "code": "bad_token", "message": "The token is not valid."}
        wards = sorted({patient.ward for patient in self.patients.values()})
        expires_ms = now_ms() + self.login_lasts_ms
        who = {"name": "Anna Berg", "role": "charge_nurse", "wards": wards, "may": self._may}
        return {"type": "welcome", **who, "expires_ms": expires_ms, "notice": self.notice}

    def _subscribed(self, position: str | None) -> list[dict[str, Any]]:
        wards = sorted({patient.ward for patient in self.patients.values()})
        answer = {"type": "subscribed", "wards": wards, "monitoring": []}
        if position is not None:
            missed = self._log[int(position.split(":")[1]) :]
            events = [{"type": "event", "position": self._position(), "alarm": each} for each in missed]
            return [answer | {"recovered": True}, *events]
        alarms = [event for patient in self.patients.values() for event in patient.open_alarms()]
        statuses = [patient.status() for patient in self.patients.values()]
        snapshot = {"type": "snapshot", "wards": wards, "position": self._position()}
        return [answer | {"recovered": False}, snapshot | {"alarms": alarms, "patients": statuses}]

    async def _obey(self, console: ServerConnection, order: dict[str, Any]) -> None:
        if not self.answers:
            return
        if order["command"] in self._receipts:
            await _send(console, {"type": "receipt", "receipt": self._receipts[order["command"]]})
            return
        by = {"name": "Anna Berg", "role": "charge_nurse"}
        until_ms = now_ms() + round(order.get("duration_s") or 600) * 1000
        receipt = {
            "v": 1, "command": order["command"], "patient": order["patient"], "verb": order["verb"], "by": by,
            "at_ms": now_ms(), "verdict": "done", "sentence": _SENTENCES.get(order["verb"], "Done."),
            "alarm": order.get("alarm"), "label": order.get("label"), "text": order.get("text"),
            "until_ms": until_ms,
        }  # fmt: skip
        self._receipts[order["command"]] = receipt
        await _send(console, {"type": "receipt", "receipt": receipt})
        changed = _CHANGES.get(order["verb"])
        for alarm in self.patients[order["patient"]].open_alarms() if changed else ():
            if order.get("alarm") in (None, alarm["alarm"]):
                said = {"condition": alarm["condition"], "phase": "update", "by": by, "until_ms": until_ms}
                await self.step(order["patient"], **(said | (changed or {})))

    async def _tell(self, message: dict[str, Any]) -> None:
        for console in list(self._consoles):
            with contextlib.suppress(ConnectionClosed):
                await _send(console, message)

    async def _beat(self) -> None:
        while True:
            if self.beats:
                at_ms = now_ms()
                known = {"known_until_ms": at_ms - 200, "watched_until_ms": at_ms - 900}
                beat = {"type": "heartbeat", "now_ms": at_ms, "live": True, "reason": None, **known}
                await self._tell(beat | {"last_record_ms": at_ms - 500, "position": self._position()})
            await asyncio.sleep(0.5)

    def _position(self) -> str:
        return f"fake:{len(self._log)}"


_DELIVERIES = [
    {"console": "station-4b", "name": "Anna Berg", "role": "charge_nurse",
     "sent_ms": 1, "shown_ms": 2, "acted_ms": None},
    {"console": "corridor-4b", "name": "corridor", "role": "device",
     "sent_ms": 1, "shown_ms": None, "acted_ms": None},
]  # fmt: skip
_SENTENCES = {"acknowledge": "Acknowledged.", "note": "Noted.", "feedback": "Thank you."}
_CHANGES: dict[str, dict[str, Any]] = {
    "acknowledge": {"inactivation": "alert-acknowledged", "cause": "acknowledged"},
    "pause_audio": {"inactivation": "audio-paused", "cause": "audio_paused"},
    "resume_audio": {"inactivation": "enabled", "cause": "audio_resumed", "until_ms": None},
    "pause_alarm": {"inactivation": "alarm-paused", "cause": "alarm_paused", "state": "inactive"},
    "alarm_off": {
        "inactivation": "alarm-off", "cause": "alarm_off", "state": "inactive", "until_ms": None,
    },
    "resume_alarm": {
        "inactivation": "enabled", "cause": "alarm_resumed", "state": "active", "until_ms": None,
    },
}  # fmt: skip


async def _send(console: ServerConnection, message: dict[str, Any]) -> None:
    await console.send(json.dumps(message))


def _page(_: ServerConnection, request: Request) -> Response | None:
    """A file of the page; ``None`` lets a websocket in."""
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return None
    return _PAGES.answer(request.path)


async def _serve(port: int, beds: int) -> None:
    ward = fake_ward(beds)
    async with FakeFeed(ward, port=port) as feed:
        feed.names = {patient.patient: f"Example Person {patient.bed}" for patient in ward}
        await feed.step("p-2")
        await feed.step("p-3", condition="vitals.unusual", priority="medium", text="HR 104, usual 71 ± 6")
        print(f"{feed.url} takes the token {TOKEN}; Ctrl-C ends it.", flush=True)  # noqa: T201
        while True:
            for patient in feed.patients:
                await feed.show(patient)
            await asyncio.sleep(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument("--beds", type=int, default=12)
    chosen = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(chosen.port, chosen.beds))
