"""Pictures of every page over the demo's archive: python -m tests.web.screenshots FOLDER"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bot.web.routes import TABLE
from tests.web.demonstration import demonstrated
from tests.web.signing_in import sign_in_browser

SIZES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "is_mobile": True},
}


async def pages(browser: Any, address: str) -> dict[str, str]:
    """Every page of the demo's archive by a name for its picture."""
    context = await browser.new_context()
    await sign_in_browser(context, address)
    page = await context.new_page()
    await page.goto(address)
    post = await page.locator("[data-opens]").nth(1).get_attribute("href")
    edited = await page.locator("article:has(.badge.warn) [data-opens]").first.get_attribute("href")
    place = await page.locator(".about li a").first.get_attribute("href")
    await context.close()
    found = {
        "stream": "/",
        "everything": "/?all=1",
        "search": "/?q=Покровськ",
        "narrowed": place or "/",
        "broken": "/?q=обстрел OR (школа place:Pokrovsk",
        "post": post or "/",
        "edited": edited or "/",
        "problem": "/nowhere",
        "place": "/place/1",
    }
    plain = {entry.name: entry.path for entry in TABLE if "{" not in entry.path and "GET" in entry.methods}
    return found | {name: plain[name] for name in ("places", "map", "channels") if name in plain}


async def main(folder: Path) -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as data:
        async with demonstrated(Path(data) / "demo") as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
            for name, path in (await pages(browser, address)).items():
                for size, options in SIZES.items():
                    context = await browser.new_context(**options)
                    await sign_in_browser(context, address)
                    page = await context.new_page()
                    await page.goto(address + path)
                    await page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)
                    await context.close()
            await browser.close()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1])))
