"""What the alarm system keeps of a patient, and how it is written down."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from wardwatch.core.alarming.changes import Change, Kind, key_of
from wardwatch.core.alarming.commands import Label, Receipt, Verb, Verdict
from wardwatch.core.alarming.machine import State
from wardwatch.core.blocks import SnapshotError
from wardwatch.core.events import Actor, Priority, Role

VERSION = 1

# What comes twice comes soon: of a patient's commands so many are known again.
_REMEMBERED_COMMANDS = 16


@dataclass(slots=True, kw_only=True)
class Alarm:
    """One episode. All instants but ``onset_ms`` are on our clock.

    ``number`` counts its events. ``since_ms`` is since when it has waited for an answer, ``escalation`` how
    often somebody further was called since then. ``sounded_ms`` is when it sounded last, ``repeats`` how
    often it has done so again. ``until_ms`` is when its delay, acknowledgement or pause ends by itself.
    ``eased_to`` is the priority that its condition has by now, where a higher one still has to be
    acknowledged.
    """

    condition: str
    source: str
    kind: Kind
    onset_ms: int
    priority: Priority
    text: str
    why: Mapping[str, Any]
    state: State = State.PENDING
    number: int = 0
    since_ms: int = 0
    escalation: int = 0
    sounded_ms: int = 0
    repeats: int = 0
    until_ms: int | None = None
    eased_to: Priority | None = None

    @classmethod
    def of(cls, change: Change) -> Alarm:
        """An episode that begins with this change."""
        return cls(
            condition=change.condition,
            source=change.source,
            kind=change.kind,
            onset_ms=change.onset_ms,
            priority=change.priority,
            text=change.text,
            why=change.why,
        )

    @property
    def key(self) -> str:
        """The condition among all of the patient's."""
        return key_of(self.condition, self.source)

    @property
    def waits(self) -> bool:
        """Whether it is signalled, and nobody has answered."""
        return self.state in (State.ACTIVE, State.LATCHED)

    @property
    def is_unseen(self) -> bool:
        """Whether nobody has answered, or only by a pause."""
        return self.waits or self.state is State.PAUSED


@dataclass(slots=True)
class AudioPause:
    """No sounds until then, unless of a higher priority than this."""

    until_ms: int
    priority: Priority


@dataclass(slots=True)
class Kept:
    """All of one patient.

    ``alarms`` are by key (:attr:`Change.key`). ``inhibited`` maps a condition, or ``""`` for all, to when its
    pause ends, or to ``None`` where it is turned off. ``receipts`` are the latest, by command. ``told_ms``
    is the instant of the latest event: what falls due can't be told as if it had been before that.
    """

    alarms: dict[str, Alarm] = field(default_factory=dict)
    audio: AudioPause | None = None
    inhibited: dict[str, int | None] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    told_ms: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.alarms or self.audio or self.inhibited or self.receipts)

    def remember(self, receipt: Receipt) -> None:
        """Keep the answer, in case the same command comes again; what it said, it says again itself."""
        self.receipts[receipt.command] = replace(receipt, text=None)
        while len(self.receipts) > _REMEMBERED_COMMANDS:
            del self.receipts[next(iter(self.receipts))]

    def written(self) -> bytes:
        """As bytes, for :func:`read`; equal states give equal bytes."""
        plain = {
            "v": VERSION,
            "alarms": {key: asdict(alarm) for key, alarm in self.alarms.items()},
            "audio": None if self.audio is None else [self.audio.until_ms, self.audio.priority],
            "inhibited": self.inhibited,
            "receipts": [asdict(receipt) for receipt in self.receipts.values()],
            "told_ms": self.told_ms,
        }
        # The reasons of learned alarms are long, and say much twice.
        return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 1)


def read(written: bytes) -> Kept:
    """What :meth:`Kept.written` gave; raises :class:`wardwatch.core.blocks.SnapshotError`."""
    try:
        plain = json.loads(zlib.decompress(written))
        version = plain["v"]
        kept = _kept(plain) if version == VERSION else None
    except (zlib.error, ValueError, LookupError, TypeError, AttributeError) as error:
        raise SnapshotError(f"The alarms of a patient can't be read: {type(error).__name__}.") from error
    if kept is None:
        raise SnapshotError(f"The alarms of a patient have version {version}, not {VERSION}.")
    return kept


def _kept(plain: dict[str, Any]) -> Kept:
    audio = plain["audio"]
    return Kept(
        alarms={key: _alarm(each) for key, each in plain["alarms"].items()},
        audio=None if audio is None else AudioPause(audio[0], Priority(audio[1])),
        inhibited=plain["inhibited"],
        receipts={each["command"]: _receipt(each) for each in plain["receipts"]},
        told_ms=plain["told_ms"],
    )


def _alarm(plain: dict[str, Any]) -> Alarm:
    eased_to = plain["eased_to"]
    return Alarm(
        **plain
        | {
            "priority": Priority(plain["priority"]),
            "state": State(plain["state"]),
            "eased_to": None if eased_to is None else Priority(eased_to),
        }
    )


def _receipt(plain: dict[str, Any]) -> Receipt:
    label = plain["label"]
    return Receipt(
        **plain
        | {
            "verb": Verb(plain["verb"]),
            "verdict": Verdict(plain["verdict"]),
            "by": Actor(name=plain["by"]["name"], role=Role(plain["by"]["role"])),
            "label": None if label is None else Label(label),
        }
    )
