"""Who may look into the demo's feed, and what its wearers are called: a key and names, made for one run."""

from __future__ import annotations

import csv
import itertools
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from wardwatch.adapters.token_keys import SigningKey
from wardwatch.adapters.tokens import issue
from wardwatch.core.permissions import EVERY_WARD, ConsoleRole, Grant

# Longer than anybody lets a demo run; and its key is gone with it.
_VALID_MS = 30 * 86_400_000

_FIRST_NAMES = (
    "Ada", "Ben", "Cleo", "Dimitri", "Elif", "Farid", "Greta", "Hanno", "Ines", "Jonas", "Kaya", "Leo",
    "Mira", "Noah", "Olga", "Paul", "Quinn", "Rosa", "Sami", "Tilda", "Uwe", "Vera", "Wanda", "Yusuf",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Files for the feed, and tokens: one for the demo's own console and one for whoever opens the page."""

    keys: Path
    names: Path
    own_token: str
    persons_token: str


def make_access(folder: Path, patients: Iterable[str]) -> Access:
    """Make a key and tokens; ``folder`` gets what the feed has to know. The secret stays in memory."""
    key = SigningKey.make()
    keys, names = folder / "keys.json", folder / "names.csv"
    keys.write_bytes(key.public_set())
    _write_names(names, invented_names(patients))
    return Access(
        keys=keys,
        names=names,
        own_token=_token(key, "demo", "Console of the demo", ConsoleRole.DEVICE),
        persons_token=_token(key, "visitor", "Visitor of the demo", ConsoleRole.CHARGE_NURSE),
    )


def invented_names(patients: Iterable[str]) -> dict[str, str]:
    """A name for each pseudonym, none of them anybody's.

    >>> invented_names(["p-1", "p-2"])
    {'p-1': 'Ada Invented', 'p-2': 'Ben Invented'}
    """
    first_names = itertools.chain.from_iterable(
        (name if not number else f"{name} {number + 1}" for name in _FIRST_NAMES)
        for number in itertools.count()
    )
    return {patient: f"{name} Invented" for patient, name in zip(patients, first_names, strict=False)}


def _write_names(path: Path, names: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["patient", "name"])
        rows.writerows(names.items())


def _token(key: SigningKey, subject: str, name: str, role: ConsoleRole) -> str:
    now_ms = time.time_ns() // 1_000_000
    grant = Grant(
        token_id=subject,
        subject=subject,
        name=name,
        role=role,
        wards=frozenset({EVERY_WARD}),
        expires_ms=now_ms + _VALID_MS,
    )
    return issue(key, grant, now_ms)
