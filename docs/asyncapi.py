"""The feed's protocol as an AsyncAPI 3 document, made from the message types: `make docs` writes it.

The types say which messages there are and which fields they have. Only what no type says stands here: which
messages answer which, and what lies in the records that a message carries as they came from the log.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from wardwatch.settings import Settings
from wardwatch.wire.alarms import _AlarmV1
from wardwatch.wire.feed.asked import (
    AskDeliveries,
    AskHistory,
    AskName,
    ClientMessage,
    Login,
    Order,
    Shown,
    Subscribe,
)
from wardwatch.wire.feed.codes import PROTOCOL, CloseCode
from wardwatch.wire.feed.told import (
    CommandReceipt,
    Deliveries,
    Error,
    Event,
    Gone,
    Heartbeat,
    Hello,
    History,
    Left,
    NameOf,
    ServerMessage,
    Snapshot,
    Status,
    Subscribed,
    Welcome,
)
from wardwatch.wire.receipts import _ReceiptV1
from wardwatch.wire.status import _StatusV1

FILE = Path(__file__).with_name("feed.asyncapi.json")

ASKED: tuple[type[msgspec.Struct], ...] = get_args(ClientMessage)
TOLD: tuple[type[msgspec.Struct], ...] = get_args(ServerMessage)

# What the feed answers with; each may also be answered by an error.
_ANSWERS: Mapping[type[msgspec.Struct], tuple[type[msgspec.Struct], ...]] = {
    Login: (Welcome,),
    Subscribe: (Subscribed,),
    Order: (CommandReceipt,),
    Shown: (),
    AskHistory: (History,),
    AskName: (NameOf,),
    AskDeliveries: (Deliveries,),
}
_UNASKED = (Hello, Heartbeat, Snapshot, Event, Gone, Status, Left)

_RECORD_KINDS = (_AlarmV1, _StatusV1, _ReceiptV1)
# The fields that hold a record as it came from the log, or several.
_RECORDS: Mapping[str, Mapping[str, type[msgspec.Struct]]] = {
    "Event": {"alarm": _AlarmV1},
    "Snapshot": {"alarms": _AlarmV1, "patients": _StatusV1},
    "Subscribed": {"monitoring": _AlarmV1, "patients": _StatusV1},
    "Status": {"status": _StatusV1},
    "CommandReceipt": {"receipt": _ReceiptV1},
    "History": {"alarms": _AlarmV1},
}

_SCHEMAS = "#/components/schemas/"
_MESSAGES = "#/components/messages/"
_CHANNEL = "#/channels/feed"


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "wardwatch feed",
            "version": PROTOCOL.rpartition(".")[2].removeprefix("v") + ".0.0",
            "description": (
                f"Alarms to nurse-station consoles: protocol `{PROTOCOL}`. docs/feed.md tells how to use it."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"feed": _server()},
        "channels": {"feed": _channel()},
        "operations": _operations(),
        "components": {
            "messages": {kind.__name__: _message(kind) for kind in (*ASKED, *TOLD)},
            "schemas": schemas(),
        },
    }


def encoded() -> str:
    """The document as its file holds it."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _server() -> dict[str, Any]:
    port = Settings.model_fields["feed_port"].default
    return {
        "host": f"127.0.0.1:{port}",
        "pathname": "/feed",
        "protocol": "ws",
        "description": "Where a feed listens unless its settings say otherwise; with certificates, by wss.",
    }


def _channel() -> dict[str, Any]:
    return {
        "address": "/feed",
        "description": "One websocket. Every message is a text frame with one JSON object.",
        "servers": [{"$ref": "#/servers/feed"}],
        "messages": {kind.__name__: {"$ref": _MESSAGES + kind.__name__} for kind in (*ASKED, *TOLD)},
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        "x-close-codes": {str(code.value): code.name.lower() for code in CloseCode},
    }


def _operations() -> dict[str, Any]:
    operations: dict[str, Any] = {
        "tell": {
            "action": "send",
            "channel": {"$ref": _CHANNEL},
            "summary": "What the feed tells a console without being asked for it by name.",
            "messages": _in_channel(_UNASKED),
        }
    }
    for kind, answers in _ANSWERS.items():
        operations[_tag(kind)] = {
            "action": "receive",
            "channel": {"$ref": _CHANNEL},
            "messages": _in_channel([kind]),
            "reply": {"channel": {"$ref": _CHANNEL}, "messages": _in_channel([*answers, Error])},
        }
    return operations


def _in_channel(kinds: Iterable[type[msgspec.Struct]]) -> list[dict[str, str]]:
    return [{"$ref": f"{_CHANNEL}/messages/{kind.__name__}"} for kind in kinds]


def _message(kind: type[msgspec.Struct]) -> dict[str, Any]:
    summary, _, description = _in_markdown(inspect.getdoc(kind) or "").partition("\n\n")
    message: dict[str, Any] = {
        "name": _tag(kind),
        "summary": " ".join(summary.split()),
        "payload": {"$ref": _SCHEMAS + kind.__name__},
    }
    if description:
        message["description"] = description
    if "request" in kind.__struct_fields__:
        message["correlationId"] = {"location": "$message.payload#/request"}
    return message


def _tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


def schemas() -> dict[str, Any]:
    """Every message and record by its name, as AsyncAPI has schemas: JSON Schema's draft 7."""
    records = (_AlarmV1, _StatusV1, _ReceiptV1)
    _, components = msgspec.json.schema_components(
        (*ASKED, *TOLD, *records), ref_template=_SCHEMAS + "{name}"
    )
    for kind, fields in _RECORDS.items():
        for field, record in fields.items():
            held = components[kind]["properties"][field]
            reference = {"$ref": _SCHEMAS + record.__name__}
            if held:
                held["items"] = reference
            else:
                held |= reference
    for record in _RECORD_KINDS:
        # The feed passes on what a later worker wrote; only readers of the log count what they don't know.
        del components[record.__name__]["additionalProperties"]
    return {name.removeprefix("_"): _as_draft_7(schema) for name, schema in components.items()}


def _as_draft_7(schema: Any) -> Any:
    """What msgspec writes in the words of draft 2020-12 and of Python's patterns."""
    if isinstance(schema, list):
        return [_as_draft_7(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: _as_draft_7(each) for name, each in schema.items()}
    if isinstance(changed.get("$ref"), str):
        changed["$ref"] = changed["$ref"].replace(_SCHEMAS + "_", _SCHEMAS)
    if isinstance(changed.get("pattern"), str):
        changed["pattern"] = changed["pattern"].replace(r"\Z", "$")
    if isinstance(changed.get("description"), str):
        changed["description"] = _in_markdown(inspect.cleandoc(changed["description"]))
    if isinstance(changed.get("title"), str):
        changed["title"] = changed["title"].removeprefix("_")
    if "prefixItems" in changed:
        changed["items"] = changed.pop("prefixItems")
        changed["additionalItems"] = False
    return changed


def _in_markdown(docstring: str) -> str:
    """A docstring's marks, as Markdown has them."""
    text = docstring.replace("``None``", "``null``").replace("``", "`")
    return re.sub(r":\w+:`~?(?:\w+\.)*(\w+)`", r"`\1`", text)


def main() -> None:
    """Write the document anew."""
    FILE.write_text(encoded(), encoding="utf-8")
