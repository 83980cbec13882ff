"""The modules of the page that need no browser, tested by Node's own test runner."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import playwright
import pytest

_TESTS = Path(__file__).parent / "modules"
# The first release that takes a file with `import` in it for a module by itself.
_OLDEST_NODE = (20, 19)


@pytest.fixture(scope="module")
def node() -> str:
    """The path of Node; its tests fail in CI where it is missing, and are skipped elsewhere."""
    # Playwright brings one; what Debian has is too old.
    brought = Path(playwright.__file__).parent / "driver" / "node"
    for found in (shutil.which("node"), str(brought)):
        if found is not None and Path(found).exists() and _version(found) >= _OLDEST_NODE:
            return found
    missing = (
        f"no Node.js {'.'.join(map(str, _OLDEST_NODE))} or newer; install it from your system's packages"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def test_modules_of_the_page(node: str) -> None:
    files = sorted(str(file) for file in _TESTS.glob("*.test.mjs"))
    ran = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert files


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", told)[:2])
