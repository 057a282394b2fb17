"""Back and forward come from the browser's own memory (bfcache): at once, and as the page was left."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import func, select

from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.settings import Settings
from tests.browser.conftest import chromium
from tests.browser.window import Windows, press
from tests.cast import PENKA, received

PERSISTED = "addEventListener('pageshow', (event) => { window.persisted = event.persisted; })"


@pytest.fixture
async def page(portal: str) -> AsyncIterator[Page]:
    """A window of a browser that keeps the pages left, as people's do; Playwright's own does not."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), ignore_default_args=["--disable-back-forward-cache"]
        )
        windows = Windows(browser, portal)
        page = await windows.open()
        await page.add_init_script(PERSISTED)
        yield page
        await windows.close()
        await browser.close()
        assert windows.wrong == []


async def test_public_pages_come_back_at_once_and_as_they_were_left(
    page: Page, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    number = f"/register/{case.incoming_year}/{case.incoming_seq}"
    for path in ("/", "/register", number, "/help", "/track", "/submit/signal"):
        await page.goto(path)
        await page.goto("/accessibility")
        await page.go_back(wait_until="commit")
        assert await page.evaluate("window.persisted"), path


async def test_form_left_by_sending_comes_back_ready_and_stays_one_case(page: Page, sessions: Sessions) -> None:
    await page.goto("/submit/signal")
    for name in ("text", "title", "place", "name", "phone", "email"):
        await page.fill(f"#{name}", PENKA[name])
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    await page.go_back(wait_until="commit")
    assert await page.evaluate("window.persisted")
    await expect(page.locator("#text")).to_have_value(PENKA["text"])
    await expect(page.locator("#say")).to_be_empty()
    await expect(page.locator("#send")).not_to_have_attribute("aria-disabled", re.compile(".*"))
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 1


async def test_register_comes_back_with_query_and_place(page: Page, sessions: Sessions, settings: Settings) -> None:
    for number in range(12):
        await received(sessions, settings, draft=f"draft {number} of the list", title=f"Дупка {number}", place="")
    await page.goto("/register")
    await page.fill("#q", "дупка")
    await expect(page.locator("#results .found")).to_have_text("12 записа за „дупка“")
    await page.locator("#results .list a").last.click()
    await expect(page.locator("h1")).not_to_have_text("Регистър на сигналите")
    await page.go_back(wait_until="commit")
    assert await page.evaluate("window.persisted")
    await page.wait_for_function("scrollY > 300")
    await expect(page.locator("#q")).to_have_value("дупка")
    await expect(page.locator("#results .found")).to_have_text("12 записа за „дупка“")
