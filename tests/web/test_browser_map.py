"""Places, map and channels in a real browser: the system's Chromium, driven by playwright."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.demonstration import demonstrated
from tests.web.driving import CHROMIUM, DESKTOP, PHONE, driven, fits, opened, serious

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")

PAGES = ("/place/1", "/map", "/channels", "/places")


async def test_pages_about_places_are_sound_work_by_keyboard_and_without_javascript(tmp_path: Path) -> None:
    async with demonstrated(tmp_path / "demo") as address, driven() as browser:
        for options in (DESKTOP, {**PHONE, "color_scheme": "dark"}):
            async with opened(browser, address, **options) as page:
                for path in PAGES:
                    await page.goto(path)
                    assert await fits(page), path
                    assert await serious(page) == [], path

        async with opened(browser, address, **DESKTOP) as page:
            await page.goto("/map")
            await page.locator("#map[data-drawn='3']").wait_for()
            await page.focus("#step")
            await page.keyboard.press("ArrowRight")  # a day of which the archive has nothing
            await page.locator("#map[data-drawn='0']").wait_for()
            assert await page.locator("[data-slider] output").inner_text() != "the whole time"
            await page.keyboard.press("End")
            await page.locator("#map:not([data-drawn='0'])").wait_for()
            await page.keyboard.press("Home")
            await page.locator("#map[data-drawn='3']").wait_for()
            await page.locator("path.spot").first.dispatch_event("click")
            await page.locator(".leaflet-popup-content a").click()
            assert await page.locator("h1").inner_text() == "Pokrovsk Donetsk Oblast"
            await page.locator(".small-map path.spot").wait_for()
            await page.locator("svg.bars a").last.focus()
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/place/1?from=*&to=*")

        async with opened(browser, address, java_script_enabled=False, **PHONE) as page:
            await page.goto("/map")
            await page.locator("table a", has_text="Myrnohrad").click()
            assert await page.locator("h1").inner_text() == "Myrnohrad Donetsk Oblast"
            await page.locator("summary", has_text="The same in numbers").click()
            await page.locator(".numbers tbody a").first.click()
            assert "from=" in page.url
