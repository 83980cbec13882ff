"""A process that was told so keeps the memory that it frees."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Makes and drops six pieces of 300 kB, a hundred times, and prints how many pages the system had to find.
_WORK = """
import resource
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    pieces = [bytes([i]) * 300_000 for i in range(6)]
work()
before = faults()
for _ in range(100):
    work()
print(faults() - before)
"""
_KEEPING = "from wardwatch.adapters.memory import keep_freed_memory; keep_freed_memory()\n"


def page_faults(code: str) -> int:
    """In a process of its own, because what is kept once is kept for good."""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that gives memory back")
def test_what_is_freed_is_not_fetched_from_the_system_again() -> None:
    assert page_faults(_WORK) > 100 * 300
    assert page_faults(_KEEPING + _WORK) < 100
