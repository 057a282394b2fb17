"""The web server is killed while a reply is typed: what was kept is there after it, and the page loses nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, expect

from portal.cases.model import Case
from portal.db import Sessions
from portal.settings import Settings
from portal.staff.model import Staff
from tests.browser.conftest import browser
from tests.browser.window import Windows, press
from tests.cast import employ, give_password, received
from tests.faults import processes

__all__ = ["browser"]
FIRST, SECOND = "Дупката ще бъде запълнена", " до петък, 27 март, ако времето позволява."


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
async def windows(browser: Browser, port: int) -> AsyncIterator[Windows]:
    windows = Windows(browser, f"http://127.0.0.1:{port}")
    yield windows
    await windows.close()
    assert windows.wrong == []


async def sign_in(page: Page, maria: Staff, password: str, case: Case) -> None:
    """Open the reply, as somebody does who was led to the sign-in from it."""
    await page.goto(f"/staff/cases/{case.id}/reply")
    await page.fill("#email", maria.email)
    await page.fill("#password", password)
    await press(page.get_by_role("button", name="Вход"))


async def test_draft_is_there_after_the_server_was_killed(
    windows: Windows, port: int, sessions: Sessions, settings: Settings
) -> None:
    case, maria = await received(sessions, settings), await employ(sessions)
    password, ours = await give_password(sessions, maria), replace(settings, base_url=windows.portal)
    page = await windows.open()
    async with processes.portal_serve(ours, port) as web:
        await sign_in(page, maria, password, case)
        text = page.locator("#text")
        await text.press_sequentially(FIRST)
        await expect(page.locator("#draft")).to_contain_text("Черновата е запазена")
        typing = asyncio.create_task(text.press_sequentially(SECOND, delay=20))
        await asyncio.sleep(0.2)
        web.kill()
        await web.wait()
        await typing
    async with processes.portal_serve(ours, port):
        elsewhere = await windows.open()
        await sign_in(elsewhere, maria, password, case)
        await expect(elsewhere.locator("#text")).to_have_value(FIRST)
        await expect(page.locator("#text")).to_have_value(FIRST + SECOND)
        await page.locator("#text").press_sequentially(" ")  # goes on, where the server was away meanwhile
        async with page.expect_response("**/reply/draft") as kept:
            pass
        assert (await kept.value).ok
        await elsewhere.reload()
        await expect(elsewhere.locator("#text")).to_have_value(f"{FIRST}{SECOND} ")
