"""The limit of open files, raised in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("resource")

SCRIPT = """
import logging, resource, sys
from wardwatch.adapters.open_files import allow_open_files
logging.basicConfig(stream=sys.stdout, format="%(message)s")
soft, hard, connections = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
allow_open_files(connections)
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def said_and_allowed(soft: int, hard: int, connections: int) -> tuple[list[str], int]:
    command = [sys.executable, "-c", SCRIPT, str(soft), str(hard), str(connections)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    *said, allowed = done.stdout.splitlines()
    return said, int(allowed)


def test_a_low_limit_is_raised_as_far_as_needed() -> None:
    assert said_and_allowed(100, 1000, 100) == ([], 812)


def test_a_limit_that_is_enough_stays() -> None:
    assert said_and_allowed(900, 1000, 100) == ([], 900)


def test_where_the_system_does_not_allow_enough_it_says_so() -> None:
    said, allowed = said_and_allowed(100, 1000, 2000)
    assert allowed == 1000
    assert said == ["2000 consoles may want more files than the 1000 that may be open here"]
