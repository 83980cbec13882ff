"""Log lines: one each, and nothing of what a record holds."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from wardwatch.adapters.logs import log_to_standard_error, place_of


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to standard error."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    log_to_standard_error()
    yield written
    root.handlers[:], root.level = handlers, level


def test_an_exception_is_told_by_type_and_place_alone(lines: io.StringIO) -> None:
    try:
        int("p-17")
    except ValueError:
        logging.getLogger("wardwatch").exception("Failed")
    assert lines.getvalue().count("\n") == 1
    assert "(ValueError at test_logs.py:" in lines.getvalue()
    assert "p-17" not in lines.getvalue()


def test_a_message_of_several_lines_becomes_one(lines: io.StringIO) -> None:
    logging.getLogger("wardwatch").info("one\ntwo\n  three")
    assert lines.getvalue().endswith("one two three\n")
    assert lines.getvalue().count("\n") == 1


def test_libraries_tell_only_their_warnings(lines: io.StringIO) -> None:
    logging.getLogger("faust.transport").info("chatter")
    logging.getLogger("faust.transport").warning("trouble")
    assert "chatter" not in lines.getvalue()
    assert "trouble" in lines.getvalue()


def test_an_error_without_a_traceback_has_no_place() -> None:
    assert place_of(KeyError("p-17")) == "KeyError at an unknown place"
