"""Websocket frames as a server sends them (RFC 6455, 5.2), made once for however many consoles.

>>> text_frame(b"hello")
b'\\x81\\x05hello'
"""

from __future__ import annotations

from collections.abc import Iterable

from wardwatch.wire.feed.told import ServerMessage, encode_message

_LAST_OF_TEXT = 0x81

# The question whether anybody is there; a browser answers by itself.
PING_FRAME = b"\x89\x00"

# The length stands in the second byte; or there stands one of these, and the length after it.
_IN_TWO_BYTES = 126
_IN_EIGHT_BYTES = 127

# Frames are joined into pieces of about this size. More at once would be copied for each console that does
# not take it at once; in a TLS record there are 16 KiB at most. Our own choice.
_PIECE_BYTES = 64 * 1024


def framed(message: ServerMessage) -> bytes:
    """A message as a frame."""
    return text_frame(encode_message(message))


def text_frame(payload: bytes) -> bytes:
    """A whole text message; a server's frames are not masked."""
    length = len(payload)
    if length < _IN_TWO_BYTES:
        return bytes((_LAST_OF_TEXT, length)) + payload
    if length < 1 << 16:
        return bytes((_LAST_OF_TEXT, _IN_TWO_BYTES, length >> 8, length & 0xFF)) + payload
    return bytes((_LAST_OF_TEXT, _IN_EIGHT_BYTES)) + length.to_bytes(8) + payload


def in_pieces(frames: Iterable[bytes]) -> list[tuple[bytes, int]]:
    """The frames joined, none of them cut, and how many are in each piece."""
    pieces: list[tuple[bytes, int]] = []
    waiting: list[bytes] = []
    size = 0
    for frame in frames:
        waiting.append(frame)
        size += len(frame)
        if size >= _PIECE_BYTES:
            pieces.append((b"".join(waiting), len(waiting)))
            waiting, size = [], 0
    if waiting:
        pieces.append((b"".join(waiting), len(waiting)))
    return pieces
