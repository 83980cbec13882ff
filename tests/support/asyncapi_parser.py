"""AsyncAPI's official parser, fetched by npm as ``tests/asyncapi/package.json`` says."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "asyncapi"
_PACKAGES = _FOLDER / "node_modules"


class ParserMissingError(RuntimeError):
    """This machine can't run the parser; the message says what to install."""


class ParserFailedError(RuntimeError):
    """The parser could not be fetched or did not run; the message ends with what was said."""


def complaints_about(document: str) -> list[dict[str, Any]]:
    """What the parser has against an AsyncAPI document: a code, a sentence and a place each."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        raise ParserMissingError(
            f"AsyncAPI's parser needs {' and '.join(missing)}: install Node.js 18 or newer "
            "(Debian: apt-get install nodejs npm)"
        )
    _fetch()
    judged = json.loads(_output_of(["node", "judge.js"], document))
    complaints: list[dict[str, Any]] = judged["complaints"]
    assert complaints or judged["isUsable"]
    return complaints


def _fetch() -> None:
    """Have npm fill the folder of packages when the list of them has changed since the last time."""
    _PACKAGES.mkdir(exist_ok=True)
    with (_PACKAGES / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs in one checkout
        stamp = _PACKAGES / ".fetched"
        fingerprint = hashlib.sha256((_FOLDER / "package.json").read_bytes()).hexdigest()
        if not stamp.exists() or stamp.read_text() != fingerprint:
            # Scripts of packages are nobody's business here.
            _output_of(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"])
            stamp.write_text(fingerprint)


def _output_of(command: list[str], standard_input: str = "") -> str:
    done = subprocess.run(
        command, cwd=_FOLDER, input=standard_input, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ParserFailedError(f"{' '.join(command)} failed\n{done.stdout}{done.stderr}")
    return done.stdout
