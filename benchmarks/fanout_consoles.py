"""Many consoles in one process of their own: plain sockets that shake hands, log in, drain, and count.

So the server that is measured has a core to itself. A console here does not decode what it gets; but of some,
every frame is taken apart, and all must have got as many bytes as these.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import selectors
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_READ_BYTES = 1024 * 1024
_BUFFER = bytearray(_READ_BYTES)
_TEXT, _CLOSE, _PING = 1, 8, 9


# Consoles are other machines: what comes within this time is read at once, and so the processor is left to
# the server. It is the same for whatever is measured.
_PAUSE_S = 0.002


class ConsolesError(Exception):
    """Consoles that do not get what they have to get measure nothing."""


def check(holds: bool, what: str) -> None:  # noqa: FBT001 (it reads like an assertion)
    """Raise unless it is as it has to be."""
    if not holds:
        raise ConsolesError(what)


class Frames:
    """Takes a server's stream apart."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes | memoryview) -> list[tuple[int, bytes]]:
        """The frames that are complete now: opcode and payload."""
        stream = self._rest + bytes(data)
        found, place = [], 0
        while len(stream) - place >= 2:
            length, begins = stream[place + 1], place + 2
            if length == 126 and len(stream) - place >= 4:
                length, begins = struct.unpack_from(">H", stream, place + 2)[0], place + 4
            elif length == 127 and len(stream) - place >= 10:
                length, begins = struct.unpack_from(">Q", stream, place + 2)[0], place + 10
            elif length >= 126:
                break
            if len(stream) < begins + length:
                break
            found.append((stream[place] & 0x0F, stream[begins : begins + length]))
            place = begins + length
        self._rest = stream[place:]
        return found


def masked(opcode: int, payload: bytes) -> bytes:
    """A frame as a client sends it: masked, with zeros, which leaves the payload as it is."""
    length = len(payload)
    if length < 126:
        head = struct.pack(">BB", 0x80 | opcode, 0x80 | length)
    else:
        head = struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, length)
    return head + bytes(4) + payload


@dataclass(eq=False, slots=True)
class Console:
    """One socket. ``frames`` is there while its stream is taken apart."""

    sock: socket.socket
    number: int
    bytes_got: int = 0
    frames: Frames | None = field(default_factory=Frames)
    events: list[int] = field(default_factory=list)
    is_ready: bool = False


class Consoles:
    """``count`` consoles; after :meth:`connect` all are ready: their ``last_word`` has come."""

    def __init__(self, port: int, count: int, requests: Sequence[bytes], last_word: bytes) -> None:
        self._address = ("127.0.0.1", port)
        self._requests = requests
        self._last_word = last_word
        self._selector = selectors.EpollSelector()
        self.all = [self._opened(number) for number in range(count)]

    def _opened(self, number: int) -> Console:
        sock = socket.create_connection(self._address)
        sock.setblocking(False)  # noqa: FBT003 (the library has no other name for it)
        console = Console(sock, number)
        self._selector.register(sock, selectors.EVENT_READ, console)
        key = base64.b64encode(os.urandom(16)).decode()
        sock.send(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        return console

    def connect(self) -> None:
        """Shake hands, say what there is to say, and read until the last word."""
        greeted: dict[Console, bytes] = dict.fromkeys(self.all, b"")
        waiting = set(self.all)
        while waiting:
            for key, _ in self._selector.select():
                console: Console = key.data
                data = console.sock.recv(_READ_BYTES)
                check(bool(data), "the server has ended a connection")
                if console in greeted:
                    greeted[console] += data
                    head, ended, data = greeted[console].partition(b"\r\n\r\n")
                    if not ended:
                        continue
                    check(b" 101 " in head.split(b"\r\n")[0], "the server does not let a console in")
                    del greeted[console]
                    for request in self._requests:
                        console.sock.send(masked(_TEXT, request))
                self.take(console, data)
                if console.is_ready:
                    waiting.discard(console)

    def take(self, console: Console, data: bytes | memoryview) -> None:
        """What has come for a console whose stream is taken apart."""
        for opcode, payload in [] if console.frames is None else console.frames.feed(data):
            if opcode == _PING:
                console.sock.send(masked(10, payload))
            check(opcode != _CLOSE, "the server has ended a connection")
            if self._last_word in payload:
                console.is_ready = True
            if b'"type":"event"' in payload:
                console.events.append(_sequence_of(payload))

    def drain(self, until: Callable[[], bool]) -> None:
        """Read what comes until ``until``."""
        view = memoryview(_BUFFER)
        while not until():
            time.sleep(_PAUSE_S)
            for key, _ in self._selector.select(1.0):
                console: Console = key.data
                # Linux counts what it throws away: so the server, and not this, is what is measured.
                flags = 0 if console.frames is not None else socket.MSG_TRUNC
                count = console.sock.recv_into(_BUFFER, 0, flags)
                check(count > 0, "the server has ended a connection")
                console.bytes_got += count
                if console.frames is not None:
                    self.take(console, view[:count])


def _sequence_of(payload: bytes) -> int:
    return int(payload.partition(b'"sequence":')[2].partition(b",")[0])


def main() -> None:
    """Connect, say so, then drain as many events as asked for again and again."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    requests = [each.encode() for each in order["requests"]]
    consoles = Consoles(order["port"], order["count"], requests, order["last_word"].encode())
    consoles.connect()
    sampled = consoles.all[:: max(1, order["count"] // 10)]
    for console in consoles.all:
        if console not in sampled:
            console.frames = None
    _answer({"is_ready": True})
    for line in sys.stdin:
        _answer(_drained(consoles, sampled, json.loads(line)["events"]))


def _drained(consoles: Consoles, sampled: list[Console], events: int) -> dict[str, Any]:
    """Until all have got as many bytes as those who have got all events."""
    for console in consoles.all:
        console.bytes_got = 0
        console.events.clear()

    def is_all_there() -> bool:
        if any(len(console.events) < events for console in sampled):
            return False
        wanted = sampled[0].bytes_got
        return all(console.bytes_got == wanted for console in consoles.all)

    consoles.drain(is_all_there)
    done_at_s = time.monotonic()
    expected = list(range(sampled[0].events[0], sampled[0].events[0] + events))
    check(all(console.events == expected for console in sampled), "an event is missing or comes twice")
    return {"done_at_s": done_at_s, "bytes": sampled[0].bytes_got}


def _answer(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


class ConsoleProcess:
    """The consoles' process, from the side of the one that measures."""

    def __init__(self, module: str, order: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise ConsolesError("there are no pipes")
        self._in, self._out = self._process.stdin, self._process.stdout

    def answer(self) -> dict[str, Any]:
        """What it says next; waits for it."""
        line = self._out.readline()
        check(bool(line), "the consoles have failed")
        found: dict[str, Any] = json.loads(line)
        return found

    def tell(self, **what: Any) -> None:
        """Have it do something."""
        self._in.write(json.dumps(what) + "\n")
        self._in.flush()

    async def ask(self, **what: Any) -> dict[str, Any]:
        """Have it do something, and wait for the answer while the server goes on."""
        self.tell(**what)
        return await asyncio.to_thread(self.answer)

    def end(self) -> None:
        """Close all connections."""
        self._process.terminate()
        self._process.wait(10)
        self._in.close()
        self._out.close()


if __name__ == "__main__":
    main()
