"""What the documentation says exists: commands, options, make's targets, settings and linked files.

Python examples in the documents are run by pytest itself (``--doctest-glob``).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from wardwatch.cli.main import cli
from wardwatch.settings import PREFIX, Settings

_ROOT = Path(__file__).parents[1]
_DOCUMENTS = sorted(
    [*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md"), *(_ROOT / "simulators").rglob("*.md")]
)
_SUBCOMMANDS = cli.list_commands(click.Context(cli))

_SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
_VARIABLE = re.compile(rf"\b{PREFIX}(?!TEST_)[A-Z0-9_]*[A-Z0-9]\b")
_ASSIGNMENT = re.compile(r"[A-Z_]+=")


def _shell_lines() -> Iterator[tuple[str, str]]:
    for path in _DOCUMENTS:
        for block in _SHELL_BLOCK.findall(path.read_text()):
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip():
                    yield path.relative_to(_ROOT).as_posix(), line


def _words(line: str) -> list[str]:
    """The command of a line, without comment, variables before it and what it is piped to."""
    words = shlex.split(line, comments=True)
    while words and _ASSIGNMENT.match(words[0]):
        words.pop(0)
    ends = [words.index(sign) for sign in ("|", ">", "&&", "&") if sign in words]
    return words[: min(ends, default=len(words))]


def _parse(words: list[str]) -> None:
    """Fails where the command line has an unknown subcommand or option; values are not looked at."""
    name, *arguments = words
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None, f"wardwatch has no subcommand {name}"
    command.make_parser(click.Context(command, parent=context)).parse_args(arguments)


_DOCUMENTED_COMMANDS = [
    pytest.param(words[1:], id=f"{document}: {shlex.join(words)}")
    for document, line in _shell_lines()
    if (words := _words(line)) and Path(words[0]).name == "wardwatch"
]
_DOCUMENTED_TARGETS = [
    pytest.param(words[1:], id=f"{document}: {shlex.join(words)}")
    for document, line in _shell_lines()
    if (words := _words(line)) and words[0] == "make"
]


@pytest.mark.parametrize("words", _DOCUMENTED_COMMANDS)
def test_a_documented_command_has_this_subcommand_and_these_options(words: list[str]) -> None:
    _parse(words)


@pytest.mark.parametrize(
    "words", [["watch"], ["replay", "--no-such-option", "a"], ["simulate", "--wearers"]], ids=shlex.join
)
def test_a_wrong_command_would_be_noticed(words: list[str]) -> None:
    with pytest.raises((click.UsageError, AssertionError)):
        _parse(words)


@pytest.mark.parametrize("words", _DOCUMENTED_TARGETS)
def test_a_documented_make_target_exists_and_takes_these_arguments(words: list[str]) -> None:
    targets = set(re.findall(r"^([a-z]+):", (_ROOT / "Makefile").read_text(), re.MULTILINE))
    assert words[0] in targets
    for word in words[1:]:
        name, _, value = word.partition("=")
        assert name in ("ARGS", "PYTHON")
        if words[0] == "demo" and name == "ARGS":
            _parse(["demo", *shlex.split(value)])


@pytest.mark.parametrize("name", _SUBCOMMANDS)
def test_the_help_of_each_command_has_an_example_that_can_be_typed(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    lines = (command.help or "").splitlines()
    examples = [words for line in lines if "wardwatch" in (words := _quiet_words(line))]
    commands = [words[words.index("wardwatch") + 1 :] for words in examples]
    assert name in {words[0] for words in commands if words}
    for words in commands:
        if words and words[0] in _SUBCOMMANDS:
            _parse(words)


def _quiet_words(line: str) -> list[str]:
    try:
        return _words(line)
    except ValueError:  # prose, with an apostrophe
        return []


def test_each_setting_is_explained_and_no_other() -> None:
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(_VARIABLE.findall((_ROOT / "docs/settings.md").read_text())) == settings


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: path.relative_to(_ROOT).as_posix())
def test_variables_and_links_in_the_documents_exist(document: Path) -> None:
    text = document.read_text()
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(_VARIABLE.findall(text)) <= settings
    missing = [link for link in _LINK.findall(text) if not (document.parent / link).exists()]
    assert missing == []
