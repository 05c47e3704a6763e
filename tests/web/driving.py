"""A real browser for tests: no page may write an error to the console, or ask another host."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from tests.web.signing_in import sign_in_browser

CHROMIUM = shutil.which("chromium")
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@asynccontextmanager
async def driven() -> AsyncIterator[Browser]:
    """The browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def opened(
    browser: Browser, address: str, *, refused: tuple[str, ...] = (), **options: Any
) -> AsyncIterator[Page]:
    """A page of its own, signed in; nothing but what is `refused` may be written to the console, and nobody else may be asked."""
    context = await browser.new_context(base_url=address, **options)
    await sign_in_browser(context, address)
    page = await context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(address) else troubles.append(r.url))
    try:
        yield page
        assert [trouble for trouble in troubles if not any(words in trouble for words in refused)] == []
    finally:
        await context.close()


async def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def serious(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    found = await Axe().run(page)
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in found.response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
