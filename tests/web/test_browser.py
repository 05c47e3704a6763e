"""The page in a real browser: the system's Chromium, driven by playwright."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.demonstration import demonstrated
from tests.web.driving import CHROMIUM, DESKTOP, PHONE, driven, fits, opened, serious

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


async def test_every_page_is_sound_at_every_width_and_in_the_dark(tmp_path: Path) -> None:
    async with demonstrated(tmp_path / "demo") as address, driven() as browser:
        for options in (DESKTOP, PHONE, {**DESKTOP, "color_scheme": "dark"}):
            async with opened(browser, address, **options) as page:
                await page.goto("/")
                post = await page.locator("article:has(.badge.warn) [data-opens]").first.get_attribute("href")
                assert post is not None
                for path in ("/", "/?q=Покровськ", "/?state=relevant&all=1", post):
                    await page.goto(path)
                    assert await fits(page), path
                    assert await serious(page) == [], path


async def test_everything_can_be_read_and_decided_without_javascript(tmp_path: Path) -> None:
    async with (
        demonstrated(tmp_path / "demo") as address,
        driven() as browser,
        opened(browser, address, java_script_enabled=False, **PHONE) as page,
    ):
        await page.goto("/")
        await page.fill("#q", "школа")
        await page.click("form.search button")
        assert await page.locator("article mark").first.inner_text() == "школах"
        await page.click("[data-opens]")
        assert await page.locator("ins").count() >= 1
        await page.click("text=Second look")
        assert "needs a second look" in await page.locator(".decided").first.inner_text()
        await page.fill("#note", "seen on a phone")
        await page.click("text=Keep the note")
        assert "seen on a phone" in await page.locator(".note").inner_text()


async def test_keys_do_what_people_do_all_day(tmp_path: Path) -> None:
    async with (
        demonstrated(tmp_path / "demo") as address,
        driven() as browser,
        opened(browser, address, **DESKTOP) as page,
    ):
        await page.goto("/")
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        chosen = page.locator("[data-chosen]")
        assert await chosen.count() == 1
        await page.keyboard.press("r")
        await chosen.locator(".verdict.relevant").wait_for()
        await page.keyboard.press("x")
        await chosen.locator(".verdict.wrong").wait_for()
        assert page.url == f"{address}/"
        await page.keyboard.press("/")
        await page.keyboard.type("Покровськ")
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        assert await page.locator("dialog[open]").count() == 1
        await page.keyboard.press("Escape")
        await page.keyboard.press("k")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/post/**")


async def test_who_is_late_sees_what_was_decided_meanwhile(tmp_path: Path) -> None:
    async with (
        demonstrated(tmp_path / "demo") as address,
        driven() as browser,
        opened(browser, address, refused=("409 (Conflict)",), **DESKTOP) as late,
        opened(browser, address, **DESKTOP) as early,
    ):
        for page in (late, early):
            await page.goto("/?state=unreviewed")
        await early.locator("article").first.get_by_text("Second look").click()
        await early.locator("article .verdict").first.wait_for()
        await late.locator("article").first.get_by_text("Relevant", exact=True).click()
        await late.wait_for_url("**/review/**")
        assert "How it stands" in await late.locator("main").inner_text()
        await late.click("text=Decide so all the same")
        assert await late.locator("h1").first.is_visible()
