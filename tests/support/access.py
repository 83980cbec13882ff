"""Keys and tokens for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wardwatch.adapters.token_keys import SigningKey
from wardwatch.adapters.tokens import issue
from wardwatch.core.permissions import ConsoleRole, Grant

NOW_MS = 1_795_288_033_250
HOUR_MS = 3_600_000


def grant_of(role: ConsoleRole | str = ConsoleRole.NURSE, *wards: str, **others: Any) -> Grant:
    """What a token allows; of a nurse in 4B for an hour, unless told otherwise."""
    fields: dict[str, Any] = {
        "token_id": "token-1",
        "subject": "anna@ward.example",
        "name": "Anna Berg",
        "role": ConsoleRole(role),
        "wards": frozenset(wards or ("4B",)),
        "expires_ms": (NOW_MS // 1000) * 1000 + HOUR_MS,
    }
    return Grant(**fields | others)


def token_of(key: SigningKey, role: ConsoleRole | str = ConsoleRole.NURSE, *wards: str, **others: Any) -> str:
    """A token, signed with ``key``; issued at :data:`NOW_MS` unless ``now_ms`` says otherwise."""
    now_ms = others.pop("now_ms", NOW_MS)
    return issue(key, grant_of(role, *wards, **others), now_ms)


def write_keys(path: Path, *keys: SigningKey) -> None:
    """The set of the public keys, replaced as a whole."""
    replace(path, json.dumps({"keys": [key.public() for key in keys]}))


def replace(path: Path, text: str) -> None:
    """As whoever deploys a file does it: readers see the old one or the new one."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)
