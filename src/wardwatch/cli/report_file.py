"""The file of an evaluation's report: whether it can be written is known before the work begins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from wardwatch.cli.errors import UsersError
from wardwatch.core.model import Model


def check_folder(folder: Path) -> None:
    """Make it, unless it is there; raises :class:`UsersError` where nothing can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _refused(folder, error) from error


def write_report(folder: Path, figures: Mapping[str, Any], model: Model) -> Path:
    """`SUITE.html` in this folder, in place of an earlier one."""
    # It takes a second to import, and most who evaluate want no report.
    from wardwatch.report.page import page  # noqa: PLC0415

    path = folder / f"{figures['suite']}.html"
    written = page(figures, model)
    try:
        path.write_text(written, encoding="utf-8")
    except OSError as error:
        raise _refused(path, error) from error
    return path


def _refused(path: Path, error: OSError) -> UsersError:
    reason = error.strerror or type(error).__name__
    return UsersError(f"No report can be written to {path} ({reason}): name another folder with --report.")
