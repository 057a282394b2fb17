"""A template put into a reply under one's hands."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from portal import clock
from portal.db import Sessions, transaction
from portal.replies import templates
from portal.replies.templates import Draft
from portal.settings import Settings
from tests.browser.window import Windows, enter
from tests.cast import employ, received

TYPED = "Проверихме вчера."
FILLED = "Дупката на ул. Речна 5 е запълнена."


async def opened(page: Page, sessions: Sessions, settings: Settings) -> None:
    """Open the reply's form, with one template to choose from."""
    case, maria = await received(sessions, settings), await employ(sessions)
    draft = Draft("Запълнена", "Дупката на {място} е запълнена.", "roads", None, 1, is_active=True)
    async with transaction(sessions) as db:
        await templates.add(db, draft, by=maria, at=clock.now())
    await enter(page, sessions, maria)
    await page.goto(f"/staff/cases/{case.id}/reply")


@pytest.mark.parametrize("scripts", [False, True], ids=["without JavaScript", "with JavaScript"])
async def test_what_is_typed_stays(scripts: bool, windows: Windows, sessions: Sessions, settings: Settings) -> None:
    page = await windows.open(java_script_enabled=scripts)
    await opened(page, sessions, settings)
    for typed, expected in ((TYPED, f"{TYPED}\n\n{FILLED}"), (" Още.", f"{TYPED}\n\n{FILLED} Още.\n\n{FILLED}")):
        await page.locator("#text").press("ControlOrMeta+End")
        await page.locator("#text").press_sequentially(typed)
        await page.select_option("#template", label="Запълнена (Улици и пътища)")
        await page.get_by_role("button", name="Вмъкване на образеца").click()
        await expect(page.locator("#text")).to_have_value(expected)


async def test_slow_answer_lets_nothing_be_typed_that_it_would_lose(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    page = await windows.open()
    await opened(page, sessions, settings)
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        asked.set()
        await may_answer.wait()
        await route.continue_()

    await page.route("**/reply/template", slowly)
    await page.fill("#text", TYPED)
    await page.select_option("#template", index=1)
    await page.get_by_role("button", name="Вмъкване на образеца").click()
    await asked.wait()
    await expect(page.locator("#text")).to_be_disabled()
    may_answer.set()
    await expect(page.locator("#text")).to_have_value(f"{TYPED}\n\n{FILLED}")
    await expect(page.locator("#text")).to_be_enabled()


async def test_draft_typed_just_before_does_not_replace_it(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    """The typing is kept a second after the last key: by then the template stands behind it."""
    page = await windows.open()
    await opened(page, sessions, settings)
    await page.locator("#text").press_sequentially(TYPED)
    await page.select_option("#template", index=1)
    await page.get_by_role("button", name="Вмъкване на образеца").click()
    await expect(page.locator("#text")).to_have_value(f"{TYPED}\n\n{FILLED}")
    await page.wait_for_timeout(1500)
    await page.reload()
    await expect(page.locator("#text")).to_have_value(f"{TYPED}\n\n{FILLED}")
