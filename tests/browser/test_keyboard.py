"""Everything without a mouse: where Tab leads, and where the focus is afterwards."""

import re

from playwright.async_api import Page, expect

from portal.db import Sessions
from portal.settings import Settings
from tests.browser.window import Windows, enter
from tests.cast import PENKA, employ, received

FARTHEST = 40
"""Presses of Tab that nothing on these pages lies beyond."""


async def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until `wanted` has the focus, and see that each stop on the way shows where one is."""
    for _ in range(FARTHEST):
        await page.keyboard.press("Tab")
        here = await page.evaluate("[document.activeElement.id, getComputedStyle(document.activeElement).outlineStyle]")
        assert here[1] != "none", f"nobody sees that {here[0] or page.url} has the focus"
        if here[0] == wanted:
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


async def test_skip_link_leads_past_the_menu(windows: Windows) -> None:
    page = await windows.open()
    await page.goto("/")
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Към основното съдържание")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Сигнал Нещо не е наред")).to_be_focused()


async def test_form_is_filled_and_sent(windows: Windows) -> None:
    page = await windows.open()
    await page.goto("/submit/signal")
    for field in ("text", "title", "place", "topic", "name", "phone", "email"):
        await tab_to(page, field)
        await page.keyboard.type("Пътища" if field == "topic" else PENKA[field])
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("radio", name="Без моето име")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name="С моето име")).to_be_checked()
    await tab_to(page, "send")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    await expect(page.locator("#sent-text")).to_contain_text("Публикуване: С моето име")


async def test_error_leads_to_its_field(windows: Windows) -> None:
    page = await windows.open()
    await page.goto("/submit/signal")
    await tab_to(page, "email")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").filter(has=page.locator("h2"))).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_be_focused()


async def test_staff_reply_from_the_worklist(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings)
    page = await windows.open()
    await enter(page, sessions, await employ(sessions))
    case = page.get_by_role("link", name=PENKA["title"])
    await case.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text(PENKA["title"])
    await tab_to(page, "reply-open")
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("Дупката е запълнена днес.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#reply-open")).to_be_focused()
    await expect(page.locator("#reply")).to_contain_text(re.compile("запълнена"))


async def test_reply_being_typed_is_there_in_another_window(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    maria = await employ(sessions)
    page = await windows.open()
    await enter(page, sessions, maria)
    await page.goto(f"/staff/cases/{case.id}/reply")
    await page.locator("#text").press_sequentially("Ще бъде запълнена до петък.")
    await expect(page.locator("#draft")).to_contain_text("Черновата е запазена")
    await expect(page.locator("#text")).to_be_focused()
    await page.close()
    other = await windows.open()
    await enter(other, sessions, maria)
    await other.goto(f"/staff/cases/{case.id}/reply")
    await expect(other.locator("#text")).to_have_value("Ще бъде запълнена до петък.")
    await other.get_by_role("button", name="Изтриване на черновата").click()
    await expect(other.locator("#reply")).to_contain_text("Все още няма отговор")
    await expect(other.locator("#reply textarea")).to_have_count(0)
