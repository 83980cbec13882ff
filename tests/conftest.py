"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.support.kafka_fixtures"]


@pytest.fixture(scope="session")
def recordings_folder(request: pytest.FixtureRequest) -> Path:
    """The folder of real recordings; a clone has none, and its tests are skipped there, but never in CI."""
    beside = request.config.rootpath.parent / "shared" / "data"
    folder = Path(os.environ.get("WARDWATCH_TEST_RECORDINGS", beside))
    if not folder.is_dir():
        missing = "no folder of real recordings; WARDWATCH_TEST_RECORDINGS names it"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return folder
