"""Progress of long work, for people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

# Takes the name of a step, and the share of it that is done, 0 to 1.
Advance = Callable[[str, float], None]


def progress_on_stderr() -> Progress:
    """Of bars on standard error, gone when they are done; nothing is shown where that is no terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        # Lines of output go above the bars, unless they don't go to the terminal at all.
        redirect_stdout=sys.stdout.isatty(),
    )


@contextmanager
def progress_bars() -> Iterator[Advance]:
    """A progress bar for each step, on standard error where that is a terminal; gives what moves them."""
    with progress_on_stderr() as progress:
        tasks: dict[str, TaskID] = {}

        def advance(step: str, done: float) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=1.0)
            progress.update(tasks[step], completed=done)

        yield advance
