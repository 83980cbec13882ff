"""The shape of the code: who may import whom, who may know an outside library, how long a file may be.

Imports point one way, towards the core: command line -> composition root -> adapters -> wire -> core.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

_ROOT = Path(__file__).parents[1]
_SOURCES = (_ROOT / "src", _ROOT / "simulators")
_MIRRORED = (
    "core", "testing", "wire", "ledger", "evaluating", "fitting", "report", "whatif", "adapters", "demo",
    "cli",
)  # fmt: skip
_OF_SEVERAL_FILES = {
    "adapters/feed/test_matrix.py",
    "core/detectors/test_against_river.py",
    "wire/recordings/test_real_recordings.py",
}

# A part of the package, and the parts that it may import beside itself.
_MAY_IMPORT = {
    "core": set[str](),
    "testing": {"core"},
    "wire": {"core"},
    "ledger": {"core"},
    "simulators": {"core", "wire"},
    "replaying": {"core", "wire"},
    "simulating": {"core", "wire", "simulators"},
    "evaluating": {"core", "wire", "replaying"},
    "fitting": {"core", "evaluating"},
    "report": {"core"},
    "whatif": {"core", "replaying"},
    "adapters": {"core", "wire"},
    "settings": set[str](),
    "time_zones": {"core"},
    "wards_file": {"core"},
    "rules_file": {"settings", "wards_file"},
    "composition": {"core", "wire", "adapters", "settings", "time_zones", "wards_file"},
    "demo": {"core", "wire", "simulators", "replaying", "adapters", "settings", "composition"},
    "cli": {
        "core",
        "wire",
        "simulators",
        "replaying",
        "simulating",
        "evaluating",
        "fitting",
        "report",
        "whatif",
        "ledger",
        "adapters",
        "settings",
        "time_zones",
        "rules_file",
        "composition",
        "demo",
    },
    "entry points": {"cli"},
}
_ENTRY_POINTS = ("__main__.py", "demo/leash.py")  # run by python -m; nobody imports them

# An outside library, and the files that may import it: what is not listed may not be used at all.
_MAY_BE_IMPORTED_BY = {
    "aiokafka": ["adapters/kafka_*.py"],
    "click": ["cli/*.py", "adapters/terminal.py"],
    "confluent_kafka": ["adapters/embedded_broker.py"],
    "cryptography": ["adapters/token_keys.py"],
    "faust": ["adapters/faust_*.py"],
    "jinja2": ["report/page.py"],
    "jwt": ["adapters/token*.py"],
    "matplotlib": ["report/*.py"],
    "msgspec": ["wire/**/*.py", "adapters/checkpoint.py", "wardwatch_simulators/truth.py"],
    "numpy": [
        "core/**/*.py",
        "testing/*.py",
        "wire/**/*.py",
        "evaluating/*.py",
        "fitting/*.py",
        "report/*.py",
        "whatif/*.py",
        "adapters/feed/trends.py",
        "time_zones.py",
        "demo/measuring.py",
        "wardwatch_simulators/**/*.py",
    ],
    "pydantic": ["settings.py", "wards_file.py"],
    "pydantic_settings": ["settings.py"],
    "rich": ["cli/*.py", "adapters/terminal.py"],
    "river": ["core/river_making.py"],
    "websockets": ["adapters/feed/*.py"],
}

_LONGEST_FILE = 320
_LONGEST_FUNCTION = 60


def test_imports_point_towards_the_core() -> None:
    assert list(_all_violations()) == []


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        ("core/x.py", "from wardwatch.wire import readings", "core imports wire"),
        ("core/x.py", "def f():\n    import wardwatch.adapters.logs", "core imports adapters"),
        ("core/x.py", "from ..wire import readings", "a relative import"),
        ("core/x.py", "import msgspec", "msgspec is not for this file"),
        ("wire/x.py", "from wardwatch.settings import Settings", "wire imports settings"),
        ("adapters/x.py", "import wardwatch.composition", "adapters imports composition"),
        ("adapters/feed/x.py", "from aiokafka.errors import KafkaError", "aiokafka is not for this file"),
        ("adapters/x.py", "from wardwatch import wire, settings", "adapters imports settings"),
        ("testing/x.py", "import pytest", "pytest is not for this file"),
        ("core/detectors/x.py", "from wardwatch.testing import CHECKS", "core imports testing"),
        ("demo/x.py", "from wardwatch.cli.main import main", "demo imports cli"),
        ("fitting/x.py", "from wardwatch.wire import readings", "fitting imports wire"),
        ("ledger/x.py", "from wardwatch.wire import alarms", "ledger imports wire"),
        ("report/x.py", "from wardwatch.evaluating import evaluation", "report imports evaluating"),
        ("wardwatch_simulators/x.py", "import wardwatch.adapters", "simulators imports adapters"),
        ("cli/x.py", "import requests", "requests is not for this file"),
    ],
)
def test_a_planted_violation_is_found(file: str, source: str, complaint: str) -> None:
    assert list(_violations(PurePosixPath(file), source)) == [f"{file}: {complaint}"]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("core/x.py", "import numpy as np\nfrom wardwatch.core.vitals import VITALS\nimport math"),
        ("adapters/x.py", "import wardwatch\nwardwatch.__version__"),
        ("wire/recordings/x.py", "import msgspec, numpy\nfrom wardwatch.wire.errors import Fault"),
        ("cli/x.py", "from wardwatch_simulators import Ward\nimport click"),
    ],
)
def test_what_is_allowed_is_no_violation(file: str, source: str) -> None:
    assert list(_violations(PurePosixPath(file), source)) == []


def test_files_and_functions_are_short_enough_to_be_read() -> None:
    too_long = []
    for path in _python_files():
        source = path.read_text()
        lines = source.count("\n")
        if lines > _LONGEST_FILE:
            too_long.append(f"{path.relative_to(_ROOT)}: {lines} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > _LONGEST_FUNCTION:
                    too_long.append(f"{path.relative_to(_ROOT)}: {node.name} has {length} lines")
    assert too_long == []


def test_each_file_of_tests_is_named_after_the_file_that_it_tests() -> None:
    tests = {
        path.relative_to(_ROOT / "tests").as_posix(): path for part in _MIRRORED for path in _tests_of(part)
    }
    assert tests
    without_source = {name for name, path in tests.items() if not _has_source(path)}
    assert without_source <= _OF_SEVERAL_FILES


def _has_source(test: Path) -> bool:
    """`test_x.py` and `test_x_in_one_respect.py` both go with `x.py`."""
    folder = _ROOT / "src/wardwatch" / test.parent.relative_to(_ROOT / "tests")
    subject = test.stem.removeprefix("test_")
    return any(f"{subject}_".startswith(f"{source.stem}_") for source in folder.glob("*.py"))


def _tests_of(part: str) -> Iterator[Path]:
    return (_ROOT / "tests" / part).rglob("test_*.py")


def _python_files() -> Iterator[Path]:
    for folder in _SOURCES:
        yield from sorted(folder.rglob("*.py"))


def _all_violations() -> Iterator[str]:
    for folder in _SOURCES:
        for path in sorted(folder.rglob("*.py")):
            file = PurePosixPath(path.relative_to(folder))
            inside = file.relative_to("wardwatch") if file.parts[0] == "wardwatch" else file
            yield from _violations(inside, path.read_text())


def _violations(file: PurePosixPath, source: str) -> Iterator[str]:
    """``file`` is relative to the package ``wardwatch``, or begins with ``wardwatch_simulators``."""
    part = "entry points" if str(file) in _ENTRY_POINTS else _part(file.parts[0].removesuffix(".py"))
    for name in _imported(ast.parse(source)):
        if name.startswith("."):
            yield f"{file}: a relative import"
            continue
        library, _, inside = name.partition(".")
        if library in ("wardwatch", "wardwatch_simulators"):
            imported = _part(inside.split(".")[0] if library == "wardwatch" else library)
            if imported != part and imported in _MAY_IMPORT and imported not in _MAY_IMPORT.get(part, set()):
                yield f"{file}: {part} imports {imported}"
        elif library not in sys.stdlib_module_names and not any(
            _matches(file, pattern) for pattern in _MAY_BE_IMPORTED_BY.get(library, [])
        ):
            yield f"{file}: {library} is not for this file"


def _part(name: str) -> str:
    return "simulators" if name == "wardwatch_simulators" else name


def _matches(file: PurePosixPath, pattern: str) -> bool:
    # Before Python 3.13 a pattern's ** stands for exactly one folder.
    return file.match(pattern) or file.match(pattern.replace("/**", ""))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield "."
        elif isinstance(node, ast.ImportFrom) and node.module == "wardwatch":
            yield from (f"wardwatch.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
