"""Log lines on standard error: one line each, and never what a record holds."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

_QUIET = ("faust", "mode", "asyncio", "websockets")


def place_of(error: BaseException) -> str:
    """The type of ``error`` and where it came from; its message may repeat a patient's data.

    >>> try:
    ...     int("p-17")
    ... except ValueError as error:
    ...     place_of(error).partition(" at ")[0]
    'ValueError'
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"{type(error).__name__} at {where}"


class _OneLine(logging.Formatter):
    """Joins the lines of a message, and tells of an exception no more than :func:`place_of`."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = record.stack_info = None
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = None
        line = " ".join(super().format(record).split())
        return f"{line} ({place_of(error)})" if error else line


def silence_kafka_client() -> None:
    """Let aiokafka log nothing: it tells of an outage with every retry, wardwatch once, in its own words."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)


def log_to_standard_error(level: int = logging.INFO) -> None:
    """Send wardwatch's log from ``level`` on, and warnings of libraries but aiokafka, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    silence_kafka_client()
