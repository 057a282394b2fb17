"""The worklist in a window: it renews itself and keeps the place; keys; many cases at once, on a phone."""

import re

from playwright.async_api import Locator, Page, expect

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.replies import reply
from portal.settings import Settings
from portal.staff.model import Staff
from tests.browser.window import Windows, enter, press
from tests.cast import employ, received


async def several(sessions: Sessions, settings: Settings, number: int = 4) -> list[Case]:
    return [await received(sessions, settings, draft=f"{n}", title=f"Дупка {n}") for n in range(number)]


async def answered(sessions: Sessions, case: Case, by: Staff) -> None:
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), "Запълнена е днес.", by=by, at=clock.now())


async def renew(page: Page) -> int:
    """As the clock does every half a minute; return the status of the answer."""
    async with page.expect_response(lambda answer: "seen=" in answer.url) as answer:
        await page.evaluate("document.getElementById('list').dispatchEvent(new Event('renew'))")
    return (await answer.value).status


async def height(here: Locator) -> float:
    """Return how far below the top of the window it is."""
    return float(await here.evaluate("element => element.getBoundingClientRect().top"))


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


async def test_renewal_keeps_the_place(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    cases, maria = await several(sessions, settings), await employ(sessions)
    page = await windows.open()
    await enter(page, sessions, maria)
    assert await renew(page) == 204, "nothing has happened"
    await page.locator(f"#tick-{cases[2].id}").check()
    await page.locator("details.filters summary").click()
    await page.locator("#due_to").fill("2126-02-28")
    link = page.get_by_role("link", name="Дупка 2")
    await link.focus()
    top = await height(link)
    await received(sessions, settings, draft="new", title="Нова дупка")
    assert await renew(page) == 200
    await expect(page.locator("#news")).to_contain_text("нови: 1")
    await expect(page.get_by_role("link", name="Нова дупка")).to_be_visible()
    await expect(link).to_be_focused()
    await expect(page.locator(f"#tick-{cases[2].id}")).to_be_checked()
    await expect(page.locator("#due_to")).to_have_value("2126-02-28")
    await expect(page.locator("details.filters")).to_have_attribute("open", "")
    assert abs(await height(link) - top) < 5, "what is looked at moves"
    assert await renew(page) == 204, "the mark is the new one"


async def test_row_that_leaves_hands_its_focus_on(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    cases, maria = await several(sessions, settings, 2), await employ(sessions)
    page = await windows.open()
    await enter(page, sessions, maria)
    await page.get_by_role("link", name="Дупка 0").focus()
    await answered(sessions, cases[0], maria)
    await renew(page)
    await expect(page.get_by_role("link", name="Дупка 1")).to_be_focused()
    await expect(page.locator("#news")).to_contain_text("излезли: 1")
    await page.locator(f"#tick-{cases[1].id}").focus()
    await answered(sessions, cases[1], maria)
    await renew(page)
    await expect(page.locator("#queue")).to_be_focused()


async def test_many_are_ticked_looked_at_and_closed_on_a_phone(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    cases, maria = await several(sessions, settings, 3), await employ(sessions)
    await answered(sessions, cases[0], maria)
    page = await windows.open(viewport={"width": 320, "height": 640})
    await enter(page, sessions, maria)
    await page.goto("/staff?queue=all")
    await page.locator("#all").click()
    await expect(page.locator("#ticked")).to_have_text(" 3")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await press(page.get_by_role("button", name="Приключване"))
    await expect(page.locator("h1")).to_contain_text("преглед")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await press(page.locator("#confirm"))
    await expect(page.get_by_role("status")).to_contain_text("Приключени: 1 преписка.")


async def test_many_are_ticked_without_script(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    await several(sessions, settings, 2)
    page = await windows.open(java_script_enabled=False)
    await enter(page, sessions, await employ(sessions))
    await press(page.locator("#all"))
    await page.locator("#act select").select_option("works")
    await press(page.get_by_role("button", name="Възлагане"))
    await press(page.locator("#confirm"))
    await expect(page.get_by_role("status")).to_contain_text(": 2 преписки.")


async def test_menu_opens_and_closes_by_keyboard(windows: Windows, sessions: Sessions) -> None:
    page = await windows.open(viewport={"width": 320, "height": 640})
    await enter(page, sessions, await employ(sessions))
    summary = page.locator("details.menu summary")
    await summary.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Образци на отговори")).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.keyboard.press("Escape")
    await expect(summary).to_be_focused()
    await expect(page.get_by_role("link", name="Моят профил")).to_be_hidden()


async def test_search_and_filters_without_a_reload(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    cases = await several(sessions, settings, 2)
    await answered(sessions, cases[0], await employ(sessions))
    page = await windows.open()
    await enter(page, sessions, await employ(sessions, "Елена Димитрова"))
    await page.locator("#q").press_sequentially("Дупка 0", delay=20)
    await expect(page.get_by_role("link", name="Дупка 0")).to_be_visible()
    await expect(page.locator("#q")).to_be_focused()
    await expect(page.locator("#queue")).to_have_text("Всички")
    await page.locator("details.filters summary").click()
    await page.locator("#kind").select_option("question")
    await page.get_by_role("button", name="Прилагане").click()
    await expect(page.locator(".found")).to_contain_text("с тези филтри")
    await expect(page).to_have_url(re.compile("kind=question"))
    await page.get_by_role("link", name="Въпроси").click()
    await expect(page.get_by_role("link", name="Дупка 0")).to_be_visible()


async def test_keys_lead_through_the_list(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    cases = await several(sessions, settings, 3)
    page = await windows.open()
    await enter(page, sessions, await employ(sessions))
    for key, title in (("j", "Дупка 0"), ("j", "Дупка 1"), ("j", "Дупка 2"), ("j", "Дупка 2"), ("k", "Дупка 1")):
        await page.keyboard.press(key)
        await expect(page.get_by_role("link", name=title)).to_be_focused()
    await page.keyboard.press("x")
    await expect(page.locator(f"#tick-{cases[1].id}")).to_be_checked()
    await received(sessions, settings, draft="new", title="Нова дупка")
    await renew(page)
    await page.keyboard.press("k")
    await expect(page.get_by_role("link", name="Дупка 0")).to_be_focused()
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("jkrx?")
    await expect(page.locator("#q")).to_have_value("jkrx?")
    await page.goto("/staff")
    await page.keyboard.press("j")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Дупка 0")
    await page.keyboard.press("r")
    await expect(page.locator("#text")).to_be_focused()
    await page.goto("/staff")
    await page.keyboard.press("j")
    async with page.expect_navigation():
        await page.keyboard.press("r")
    await expect(page.locator("#text")).to_be_focused()


async def test_keys_follow_the_place_on_a_cyrillic_layout(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    await several(sessions, settings, 1)
    page = await windows.open()
    await enter(page, sessions, await employ(sessions))
    press_j = "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'т', code: 'KeyJ', bubbles: true}))"
    await page.evaluate(press_j)
    await expect(page.get_by_role("link", name="Дупка 0")).to_be_focused()


async def test_keys_can_be_switched_off(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    await several(sessions, settings, 1)
    page = await windows.open()
    await enter(page, sessions, await employ(sessions))
    await page.keyboard.press("Control+j")
    assert await focused(page) != "Дупка 0", "a modifier is held"
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Клавиши")).to_be_visible()
    await page.get_by_label("Включени на това устройство").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await page.keyboard.press("j")
    await page.keyboard.press("?")
    assert await focused(page) != "Дупка 0"
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.locator("details.menu summary").click()
    await page.get_by_role("button", name="Клавиши").click()
    await page.get_by_label("Включени на това устройство").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="Дупка 0")).to_be_focused()
