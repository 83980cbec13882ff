"""One Chromium for all tests of the console; each test opens pages of its own in it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support.browser import BrowserMissingError, chromium_path, running_chromium


@pytest.fixture(scope="session")
def chromium_is_there() -> None:
    """Fails in CI where there is none, and skips elsewhere."""
    try:
        chromium_path()
    except BrowserMissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(chromium_is_there: None) -> AsyncIterator[Browser]:  # noqa: ARG001
    """Tests that use it run in the session's event loop."""
    async with running_chromium() as browser:
        yield browser
