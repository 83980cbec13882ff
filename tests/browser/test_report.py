"""The report in a browser: for everybody, by day and by night, on paper, and with nothing kept from it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from tests.support.browser import console_at
from tests.support.reports import figures_of
from wardwatch.core.model import shipped_model
from wardwatch.report.page import page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize(("scheme", "size"), [("light", (1100, 800)), ("dark", (390, 844))])
async def test_everybody_can_read_it(
    chromium: Browser, tmp_path: Path, scheme: Literal["dark", "light"], size: tuple[int, int]
) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(figures_of(outcome=figures_of()), shipped_model()), encoding="utf-8")
    asked: list[str] = []
    async with console_at(chromium, "about:blank", scheme=scheme, size=size) as report:
        report.page.on("request", lambda request: asked.append(request.url))
        await report.page.goto(path.as_uri())
        assert await report.inaccessible() == []
        assert await report.violations() == []
        assert report.errors == []
        assert asked == [path.as_uri()]
        # Wide tables and figures move within their own place.
        width = await report.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0]
        ours = "getComputedStyle(document.querySelector('figure svg [style*=ours]')).stroke"
        on_screen = await report.page.evaluate(ours)
        await report.page.emulate_media(media="print")
        assert (await report.page.evaluate(ours) == on_screen) == (scheme == "light")
        await report.picture(f"report-{scheme}")
