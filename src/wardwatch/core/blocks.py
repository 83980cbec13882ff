"""Patients as plain bytes, as a checkpoint keeps them.

    4 bytes   length of the header, little-endian
    header    JSON: version, the columns (name, type, numbers a patient), the patients (name, ward, bed), who
              was dropped from here (the same), notes of some (by name), and what is attached to patients (by
              kind and name, base64)
    columns   the raw little-endian numbers, one column after another

>>> block = Block(patients=[["p-17", "4B", "12"]], away=[], attached={}, columns={"rate": np.array([72.0])})
>>> decode(encode(block)).columns
{'rate': array([72.])}
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

VERSION = 1
# Of blocks that do not say how many rows they have.
FORMER_ROWS = 128


class SnapshotError(ValueError):
    """Bytes that are not a block which this version can read; the checkpoint cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What is kept of some patients.

    ``patients`` and ``away`` have a name, a ward and a bed each. ``notes``, as JSON has it, are by name,
    ``attached`` bytes by kind and name; ``columns`` have the patients' numbers by the columns' names,
    (patients) or (patients, width). ``rows`` is how many rows a block of its writer had.
    """

    patients: list[list[str]]
    away: list[list[str]]
    notes: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    attached: Mapping[str, Mapping[str, bytes]]
    columns: Mapping[str, npt.NDArray[Any]]
    rows: int = FORMER_ROWS


def encode(block: Block) -> bytes:
    """As bytes, for :func:`decode`."""
    header = {
        "v": VERSION,
        "columns": [
            [name, numbers.dtype.str[1:], None if numbers.ndim == 1 else numbers.shape[1]]
            for name, numbers in block.columns.items()
        ],
        "rows": block.rows,
        "patients": block.patients,
        "away": block.away,
        "notes": block.notes,
        "attached": {
            kind: {name: b64encode(state).decode() for name, state in of_kind.items()}
            for kind, of_kind in block.attached.items()
        },
    }
    head = json.dumps(header, separators=(",", ":")).encode()
    body = b"".join(numbers.tobytes() for numbers in block.columns.values())
    return len(head).to_bytes(4, "little") + head + body


def decode(payload: bytes) -> Block:
    """The block; raises :class:`SnapshotError`."""
    try:
        return _decode(payload)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SnapshotError(str(error)) from error


def _decode(payload: bytes) -> Block:
    head_length = int.from_bytes(payload[:4], "little")
    header = json.loads(payload[4 : 4 + head_length])
    if header["v"] != VERSION:
        raise SnapshotError(f"its version is {header['v']}, this reads {VERSION}")
    count = len(header["patients"])
    columns, place = {}, 4 + head_length
    for name, dtype, width in header["columns"]:
        numbers = np.frombuffer(payload, dtype=dtype, count=count * (width or 1), offset=place)
        place += numbers.nbytes
        columns[name] = numbers if width is None else numbers.reshape(count, width)
    return Block(
        patients=header["patients"],
        away=header.get("away", []),
        notes=header.get("notes", {}),
        attached=_attached(header.get("attached", {})),
        columns=columns,
        rows=header.get("rows", FORMER_ROWS),
    )


def _attached(written: dict[str, Any]) -> dict[str, dict[str, bytes]]:
    if any(isinstance(state, str) for state in written.values()):
        # Written when there was one kind only, by name.
        written = {"river": written}
    return {
        kind: {name: b64decode(state) for name, state in of_kind.items()} for kind, of_kind in written.items()
    }
