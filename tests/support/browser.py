"""A headless Chromium, and a page of the console that keeps account of what must not happen in it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, async_playwright, expect

ARTEFACTS = Path(__file__).parents[1] / "browser" / "artefacts"

_FLAGS = [
    "--no-sandbox",  # CI runs as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What the page does that nobody may see only because nobody looks.
_WATCH = """
  window.watched = {violations: [], longTasks: [], pulses: 0};
  const {start} = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    window.watched.pulses += 1;
    return start.apply(this, when);
  };
  document.addEventListener("securitypolicyviolation", (event) =>
    window.watched.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.watched.longTasks.push(entry.duration);
  }).observe({entryTypes: ["longtask"]});
"""
# On a busy machine a page takes its time; what is awaited usually is there at once.
expect.set_options(timeout=20_000)

# WCAG 2.2 up to AA, as axe-core names its rules.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class BrowserMissingError(RuntimeError):
    """This machine has no Chromium; the message says what to install."""


def chromium_path() -> str:
    """Where Chromium is."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise BrowserMissingError("the console's tests need Chromium (Debian: apt-get install chromium)")
    return path


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(slots=True)
class Console:
    """A station: one page, with a store of its own."""

    page: Page
    errors: list[str] = field(default_factory=list)

    async def log_in(self, token: str, name: str = "station-1") -> None:
        """As a nurse does it."""
        await self.page.get_by_label("Token").fill(token)
        await self.page.get_by_label("Name of this station").fill(name)
        await self.page.get_by_role("button", name="Log in").click()
        await self.page.locator("#board").wait_for()

    async def picture(self, name: str) -> Path:
        """A screenshot among the artefacts."""
        ARTEFACTS.mkdir(exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        await self.page.screenshot(path=path)
        return path

    async def inaccessible(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA: rule, place and reason of each."""
        await self.page.evaluate(AXE_SCRIPT)
        run = "(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
        found: dict[str, Any] = await self.page.evaluate(run, _RULES)
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    async def violations(self) -> list[str]:
        """What the Content-Security-Policy has kept from happening."""
        found: list[str] = await self.page.evaluate("window.watched.violations")
        return found

    async def long_tasks_ms(self) -> list[float]:
        """How long the page did not answer, each time that it was more than 50 ms."""
        found: list[float] = await self.page.evaluate("window.watched.longTasks")
        return found


@asynccontextmanager
async def console_at(
    browser: Browser,
    url: str,
    *,
    size: tuple[int, int] = (1440, 900),
    scheme: Literal["dark", "light"] = "dark",
    **context_options: Any,
) -> AsyncIterator[Console]:
    """A station's page, just opened; nothing it does may go wrong unseen."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        timezone_id="Europe/Berlin",
        locale="en-GB",
        **context_options,
    )
    page = await context.new_page()
    console = Console(page)
    page.on("pageerror", lambda error: console.errors.append(str(error)))
    page.on("console", lambda said: console.errors.append(said.text) if said.type == "error" else None)
    await page.add_init_script(_WATCH)
    await page.goto(url)
    try:
        yield console
    finally:
        await context.close()
