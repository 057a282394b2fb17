"""The form on a bad phone: nothing typed is lost, whatever becomes of the page, the network or the tab; one case."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect
from sqlalchemy import func, select

from portal.cases.model import Case
from portal.db import Sessions, transaction
from tests.browser.window import Windows, press
from tests.cast import PENKA, Post

NARROW = {"width": 320, "height": 640}
FORM = "/submit/signal"
MATTER = ("text", "title", "place")
CONTACT = ("name", "phone", "email")


async def open_form(windows: Windows, **options: Any) -> Page:
    page = await windows.open(viewport=NARROW, **options)
    await page.goto(FORM)
    return page


async def type_all(page: Page, *fields: str) -> None:
    for name in fields or (*MATTER, *CONTACT):
        await page.fill(f"#{name}", PENKA[name])


async def stored(page: Page) -> list[str]:
    return list(await page.evaluate("Object.values(localStorage)"))


async def until_stored(page: Page, words: str) -> None:
    await page.wait_for_function("words => Object.values(localStorage).join().includes(words)", arg=words)


async def cases(sessions: Sessions) -> int:
    async with transaction(sessions) as db:
        return await db.scalar(select(func.count()).select_from(Case)) or 0


# The draft.


async def test_draft_is_kept_on_the_device_without_contacts_and_said_so(windows: Windows) -> None:
    page = await open_form(windows)
    note = page.locator("#kept")
    await expect(note).to_be_hidden()
    await type_all(page)
    await until_stored(page, PENKA["place"])
    kept = "".join(await stored(page))
    assert PENKA["text"] in kept
    assert not any(PENKA[name] in kept for name in CONTACT)
    await expect(note).to_contain_text("се пази на това устройство и никъде другаде")


async def test_draft_comes_back_when_the_tab_is_loaded_again(windows: Windows) -> None:
    page = await open_form(windows)
    draft = await page.input_value("[name=draft]")
    await type_all(page, *MATTER)
    await until_stored(page, PENKA["place"])
    await page.goto("/register")
    await page.goto(FORM)
    for name in MATTER:
        await expect(page.locator(f"#{name}")).to_have_value(PENKA[name])
    assert await page.input_value("[name=draft]") == draft, "if it was sent after all, it stays one case"


async def test_draft_of_another_tab_is_offered_and_two_tabs_overwrite_nothing(windows: Windows) -> None:
    first = await open_form(windows)
    await type_all(first, "text")
    await until_stored(first, PENKA["text"])
    second = await first.context.new_page()
    await second.goto(FORM)
    await expect(second.locator("#text")).to_be_empty()
    await expect(second.locator("#offer")).to_contain_text(PENKA["text"][:40])
    await second.fill("#text", "Съвсем друг сигнал за контейнер.")
    await expect(second.locator("#offer")).to_be_hidden()
    await until_stored(second, "контейнер")
    await first.fill("#text", "Първият сигнал с още думи.")
    await until_stored(first, "още думи")
    assert len(await stored(first)) == 2

    third = await first.context.new_page()
    await third.goto(FORM)
    await third.get_by_role("button", name="Продължаване с нея").click()
    await expect(third.locator("#text")).to_be_focused()
    taken = await third.input_value("#text")
    assert taken == "Първият сигнал с още думи."
    await third.fill("#text", "Третият раздел пише нататък.")
    await until_stored(third, "нататък")
    await first.fill("#text", "А първият също.")
    await until_stored(first, "А първият също.")
    assert len(await stored(first)) == 3, "two who go on with one draft part"


async def test_kinds_have_drafts_of_their_own(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page, "text")
    await until_stored(page, PENKA["text"])
    await page.goto("/submit/question")
    await expect(page.locator("#text")).to_be_empty()
    await expect(page.locator("#offer")).to_be_hidden()


async def test_draft_is_deleted_by_its_button_and_stays_deleted(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page, "text")
    await page.get_by_role("button", name="Изтриване на черновата").click()
    assert await stored(page) == []
    await expect(page.locator("#text")).to_have_value(PENKA["text"])
    await page.goto("/register")
    assert await stored(page) == []


async def test_draft_of_yesterday_is_gone(windows: Windows) -> None:
    page = await open_form(windows)
    await page.evaluate("localStorage['/submit/question x'] = JSON.stringify([Date.now() - 864e5 - 1, ['стара']])")
    await page.evaluate("localStorage['another program'] = 'stays'")
    await page.goto(FORM)
    assert await stored(page) == ["stays"]


async def test_draft_is_gone_once_it_is_sent(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page)
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    await page.wait_for_function("localStorage.length === 0")
    await page.goto(FORM)
    await expect(page.locator("#text")).to_be_empty()
    await expect(page.locator("#offer")).to_be_hidden()


async def test_form_works_where_the_browser_keeps_nothing(windows: Windows) -> None:
    page = await windows.open()
    await page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})")
    await page.goto(FORM)
    await type_all(page)
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")


# Sending: one case, nothing lost.


@pytest.mark.parametrize("scripts", [False, True], ids=["without JavaScript", "with JavaScript"])
async def test_double_tap_and_back_button_are_one_case(
    scripts: bool, windows: Windows, sessions: Sessions, post: Post
) -> None:
    page = await open_form(windows, java_script_enabled=scripts)
    await type_all(page)
    async with page.expect_navigation():
        await page.locator("#send").dblclick()
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    await page.go_back()
    for name in (*MATTER, *CONTACT):
        await expect(page.locator(f"#{name}")).to_have_value(PENKA[name])
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert await cases(sessions) == 1
    assert len(await post.deliver()) == 1


async def test_no_network_is_told_and_the_next_press_sends(windows: Windows, sessions: Sessions) -> None:
    page = await open_form(windows)
    await type_all(page)
    await page.context.set_offline(True)
    await page.locator("#send").click()
    await expect(page.get_by_role("status").filter(has_text="Няма връзка")).to_contain_text("Написаното е запазено")
    assert PENKA["text"] in "".join(await stored(page))
    await page.context.set_offline(False)
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert await cases(sessions) == 1


async def test_answer_lost_on_its_way_back_makes_no_second_case(
    windows: Windows, sessions: Sessions, post: Post
) -> None:
    page = await open_form(windows)
    await type_all(page)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    await page.route(re.compile("/submit/signal$"), lose)
    await page.locator("#send").click()
    await expect(page.locator("#say")).to_contain_text("Няма връзка")
    assert await cases(sessions) == 1
    await page.unroute(re.compile("/submit/signal$"))
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert await cases(sessions) == 1
    assert len(await post.deliver()) == 1


async def test_error_stands_beside_the_field_and_the_draft_goes_on(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page)
    await page.fill("#email", "")
    await press(page.locator("#send"))
    await expect(page.get_by_role("alert").filter(has_text="Има проблем")).to_be_focused()
    await expect(page.locator("#text")).to_have_value(PENKA["text"])
    await page.fill("#email", PENKA["email"])
    await press(page.locator("#send"))
    await page.wait_for_function("localStorage.length === 0")


async def test_service_that_is_away_is_told_on_the_form_itself(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page)
    await page.route(re.compile("/submit/signal$"), lambda route: route.fulfill(status=503, body=""))
    await page.locator("#send").click()
    await expect(page.locator("#say")).to_contain_text("временно не работи")
    await expect(page.locator("#text")).to_have_value(PENKA["text"])
    assert windows.wrong.pop().endswith("/submit/signal: 503"), "what is wrong here is meant"
