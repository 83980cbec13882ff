"""docs/access.md and docs/audit.md say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docs.generate import named_parts, regenerated
from wardwatch.core.permissions import ConsoleRole
from wardwatch.wire.audit import AuditKind, AuditRecord, canonical, decode_audit, has_right_hash
from wardwatch.wire.claims import Claims, claims_of

_DOCS = Path(__file__).parents[1] / "docs"
_ACCESS = (_DOCS / "access.md").read_text(encoding="utf-8")
_AUDIT = (_DOCS / "audit.md").read_text(encoding="utf-8")


def _example(document: str) -> dict[str, object]:
    found = re.search(r"```json\n(.*?)```", document, re.DOTALL)
    assert found is not None
    example: dict[str, object] = json.loads(found[1])
    return example


def _first_column(document: str, head: str) -> list[str]:
    """The names in code marks of a table's first column."""
    (table,) = re.findall(rf"^\| {re.escape(head)} \|.*\n\|---.*\n((?:\|.*\n)+)", document, re.MULTILINE)
    return [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def test_the_table_of_rights_is_as_the_code_has_it_now() -> None:
    assert named_parts(_ACCESS) == ["rights"]
    assert regenerated(_ACCESS) == _ACCESS


def test_the_claims_are_those_that_are_checked() -> None:
    assert {*_first_column(_ACCESS, "claim"), "nbf"} == set(Claims.__struct_fields__)
    assert claims_of(_example(_ACCESS)).role is ConsoleRole.NURSE


@pytest.mark.parametrize(
    ("head", "names"),
    [("field", set(AuditRecord.__struct_fields__)), ("`kind`", {kind.value for kind in AuditKind})],
)
def test_the_fields_and_kinds_of_the_audit_are_those_that_there_are(head: str, names: set[str]) -> None:
    assert set(_first_column(_AUDIT, head)) == names


def test_the_record_that_is_shown_is_one() -> None:
    record = decode_audit(canonical(_example(_AUDIT)))
    assert has_right_hash(record)
    assert record.kind in set(AuditKind)
