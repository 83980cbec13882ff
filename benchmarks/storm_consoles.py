"""Consoles that lose their connections, come back, and check that nothing is missing or comes twice.

A process of its own. It is told what to do by lines of JSON, and answers with what it has found. Every
console reads the sequences of one patient's alarm: each has to be one more than the one before it.
"""

from __future__ import annotations

import base64
import json
import os
import select
import selectors
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.fanout_consoles import Frames, check, masked

_READ_BYTES = 256 * 1024
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
# A stalled console's window closes after so much.
_SMALL_WINDOW_BYTES = 4096


@dataclass(eq=False, slots=True)
class Console:
    """What one console knows, over all its connections."""

    number: int
    position: str | None = None
    last: int = 0
    missing: int = 0
    repeated: int = 0
    snapshots: int = 0
    recoveries: int = 0
    codes: list[int] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    is_current: bool = False
    sock: socket.socket | None = None
    head: bytes | None = None
    frames: Frames = field(default_factory=Frames)


class Storm:
    """``order`` has the port, how many consoles, the login, and the subscription without its position."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._selector = selectors.EpollSelector()
        self.all = [Console(number) for number in range(order["count"])]
        self._away_until_s = 0.0
        self._away: list[Console] = []
        self._measures = False

    def connect(self, consoles: list[Console], *, window_bytes: int | None = None) -> None:
        """Come, or come back."""
        for console in consoles:
            sock = socket.socket()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if window_bytes is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window_bytes)
            sock.connect(("127.0.0.1", self._order["port"]))
            sock.setblocking(False)  # noqa: FBT003 (the library has no other name for it)
            key = base64.b64encode(os.urandom(16)).decode()
            sock.send(
                "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
            )
            console.sock, console.head, console.frames, console.is_current = sock, b"", Frames(), False
            self._selector.register(sock, selectors.EVENT_READ, console)

    def drop(self, consoles: list[Console]) -> None:
        """Break their connections."""
        for console in consoles:
            if console.sock is not None:
                self._selector.unregister(console.sock)
                # With a reset, as where a cable is pulled and plugged in elsewhere: nothing is said.
                console.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                console.sock.close()
                console.sock, console.is_current = None, False

    def run_until(self, is_over: Any) -> None:
        """Read, and come back whenever the connection is lost."""
        while not is_over():
            for key, _ in self._selector.select(0.05):
                self._read(key.data)
            if self._away and time.monotonic() >= self._away_until_s:
                self.connect(self._away)
                self._away = []

    def _read(self, console: Console) -> None:
        if console.sock is None:
            return
        try:
            data = console.sock.recv(_READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self.drop([console])
            self.connect([console])
            return
        if console.head is not None:
            console.head += data
            head, ended, data = console.head.partition(b"\r\n\r\n")
            if not ended:
                return
            check(b" 101 " in head.split(b"\r\n")[0], "the server does not let a console in")
            console.head = None
        for opcode, payload in console.frames.feed(data):
            self._take(console, opcode, payload)

    def _take(self, console: Console, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._say(console, _PONG, payload)
        elif opcode == _CLOSE:
            console.codes.append(int.from_bytes(payload[:2]))
            self._say(console, _CLOSE, payload[:2])
        elif payload.startswith(b'{"type":"event"'):
            self._take_event(console, payload)
        elif payload.startswith(b'{"type":"heartbeat"'):
            console.position = _between(payload, b'"position":"', b'"') or console.position
        else:
            self._take_answer(console, json.loads(payload))

    def _take_event(self, console: Console, payload: bytes) -> None:
        console.position = _between(payload, b'"position":"', b'"') or console.position
        sequence = int(_between(payload, b'"sequence":', b","))
        console.missing += max(0, sequence - console.last - 1)
        console.repeated += sequence <= console.last
        console.last = max(sequence, console.last)
        if self._measures:
            told_ns = int(_between(payload, b'"text":"', b'"'))
            console.latencies_ms.append((time.monotonic_ns() - told_ns) / 1e6)

    def _take_answer(self, console: Console, message: dict[str, Any]) -> None:
        match message["type"]:
            case "hello":
                self._say(console, _TEXT, self._order["login"].encode())
            case "welcome":
                wish = self._order["wish"] | {"position": console.position}
                self._say(console, _TEXT, json.dumps(wish).encode())
            case "subscribed":
                console.is_current = True
                console.recoveries += message["recovered"]
            case "snapshot":
                console.snapshots += 1
                console.position = message["position"]
                console.last = max([console.last, *(alarm["sequence"] for alarm in message["alarms"])])
            case other:
                raise AssertionError(other)

    def _say(self, console: Console, opcode: int, payload: bytes) -> None:
        if console.sock is None:
            return
        try:
            console.sock.send(masked(opcode, payload))
        except OSError:
            return  # it is over; that shows when it is read

    def do(self, order: dict[str, Any]) -> dict[str, Any]:
        """One line that was told; gives the answer."""
        match order["do"]:
            case "stay away":
                self.drop(self.all)
                self._away, self._away_until_s = list(self.all), time.monotonic() + order["for_s"]
            case "stall":
                chosen = self.all[: order["count"]]
                self.drop(chosen)
                self.connect(chosen, window_bytes=_SMALL_WINDOW_BYTES)
                self.run_until(lambda: all(console.is_current for console in self.all))
                for console in chosen:
                    self._selector.unregister(_open(console))
            case "go on":
                for console in self.all[: order["count"]]:
                    self._selector.register(_open(console), selectors.EVENT_READ, console)
            case "measure":
                self._measures = order["on"]
                latencies = [ms for console in self.all[order["from"] :] for ms in console.latencies_ms]
                for console in self.all:
                    console.latencies_ms.clear()
                return {"latencies_ms": sorted(latencies)}
            case "read":
                self.run_until(lambda: self._is_told(order["until"], self.all[order["from"] :]))
        return self.found()

    def _is_told(self, sequence: int, consoles: list[Console]) -> bool:
        return all(console.is_current and console.last >= sequence for console in consoles)

    def found(self) -> dict[str, Any]:
        """What has become of all consoles so far."""
        return {
            "at_s": time.monotonic(),
            "missing": sum(console.missing for console in self.all),
            "repeated": sum(console.repeated for console in self.all),
            "snapshots": sum(console.snapshots for console in self.all),
            "recoveries": sum(console.recoveries for console in self.all),
            "cut_off": sum(console.codes.count(4008) for console in self.all),
            "told": sum(console.last for console in self.all),
        }

    def orders(self) -> None:
        """Do what the lines on standard input say, and read meanwhile."""
        while True:
            self.run_until(_has_line)
            line = sys.stdin.readline()
            if not line:
                return
            print(json.dumps(self.do(json.loads(line))), flush=True)


def _open(console: Console) -> socket.socket:
    if console.sock is None:
        raise RuntimeError("it is not connected")
    return console.sock


def _has_line() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def _between(payload: bytes, begin: bytes, end: bytes) -> str:
    return payload.partition(begin)[2].partition(end)[0].decode()


def main() -> None:
    """Connect, say so, then do what is told."""
    storm = Storm(json.loads(sys.argv[1]))
    storm.connect(storm.all)
    storm.run_until(lambda: all(console.snapshots for console in storm.all))
    print(json.dumps(storm.found()), flush=True)
    storm.orders()


if __name__ == "__main__":
    main()
