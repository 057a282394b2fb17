"""One citizen's whole afternoon on a phone and on a desk, by day and by night, with JavaScript and without.

The four windows hold every pair of these choices; what each step must bear besides is in the neighbours of this room.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from portal import clock
from portal.db import Sessions
from portal.settings import Settings
from tests.browser.public.test_form import chosen
from tests.browser.window import Windows, press
from tests.cast import PENKA, Post, link, received
from tests.files.test_pictures import drawn

SCREENS = [
    pytest.param(320, "light", False, id="phone by day, without JavaScript"),
    pytest.param(320, "dark", True, id="phone by night, with JavaScript"),
    pytest.param(1280, "dark", False, id="desk by night, without JavaScript"),
    pytest.param(1280, "light", True, id="desk by day, with JavaScript"),
]
TEXT = "Дупката на Речна е огромна. Обадете се на 0888 765 432."
HIDDEN = "Дупката на Речна е огромна. Обадете се на [заличено]."
TYPED = {"title": "Кратер пред номер 5", "place": "ул. Речна 5", "name": "Иван Петров", "phone": "0888 123 456",
         "email": "ivan@example.bg"}  # fmt: skip


@pytest.mark.parametrize(("width", "theme", "scripts"), SCREENS)
async def test_searched_written_looked_at_sent_and_found_again(
    width: int, theme: Any, scripts: bool, windows: Windows, sessions: Sessions, settings: Settings, post: Post
) -> None:
    await received(sessions, settings, draft="the first of them", at=clock.now() - timedelta(days=2))
    await post.deliver()
    page = await windows.open(viewport={"width": width, "height": 800}, color_scheme=theme, java_script_enabled=scripts)
    await searches(page, scripts=scripts)
    await writes(page, scripts=scripts)
    shown = await looks(page)
    await press(page.locator("#preview").get_by_role("button", name="Изпращане"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    number = await confirms(page, post)
    await page.get_by_role("link", name="регистъра", exact=True).click()
    assert await as_shown(page) == shown, "the preview was what the public sees"
    await finds_again(page, number, post)
    assert await page.evaluate("document.documentElement.scrollWidth") == width


async def searches(page: Page, *, scripts: bool) -> None:
    """Results come while one types, or to Enter; Back gives the query back."""
    await page.goto("/register")
    await page.fill("#q", "дупка")
    if not scripts:
        await page.press("#q", "Enter")
    await expect(page.locator("#results .found")).to_have_text(re.compile(r"1 запис\s+за „дупка“"))
    await page.get_by_role("link", name=PENKA["title"]).click()
    await expect(page.locator("h1")).to_have_text(PENKA["title"])
    await page.go_back()
    await expect(page.locator("#q")).to_have_value("дупка")
    await expect(page.locator("#results .list > li")).to_have_count(1)


async def writes(page: Page, *, scripts: bool) -> None:
    """„Има ли вече такъв?“ comes while one types, or with the preview; a picture goes ahead, or with the form."""
    await page.goto("/submit/signal")
    await page.fill("#text", TEXT)
    if scripts:
        await page.locator("#similar").get_by_label("И аз имам този проблем").check()
    for name, words in TYPED.items():
        await page.fill(f"#{name}", words)
    await page.set_input_files("#attachments", chosen("kamera.jpg", content=drawn(size=(40, 30))))
    if scripts:
        await expect(page.locator("#shots li")).to_contain_text("приета")
    await press(page.get_by_role("button", name="Преглед"))
    ticked = page.locator("#similar").get_by_label("И аз имам този проблем")
    await (expect(ticked).to_be_checked() if scripts else ticked.check())
    await expect(page.get_by_label("Снимка 1 е приета и ще бъде изпратена")).to_be_checked()


async def looks(page: Page) -> list[str]:
    """What is personal is pointed out and hidden by one press; return what the public will read."""
    preview = page.locator("#preview")
    await expect(preview.locator("mark")).to_have_text(re.compile("0888 765 432"))
    await press(preview.get_by_role("button", name="Скриване на 0888 765 432"))
    await expect(page.locator("#text")).to_have_value(HIDDEN)
    await expect(preview.locator("mark")).to_have_count(0)
    found = [await preview.locator(part).inner_text() for part in ("h3", ".said", ".said + p")]
    assert found == [TYPED["title"], HIDDEN, f"Място: {TYPED['place']}"]
    await expect(preview).to_contain_text("Без име")
    return found


async def confirms(page: Page, post: Post) -> str:
    """The receipt has the number, and the code by which another phone opens it."""
    await page.goto(link((await post.deliver())[-1], "confirm"))
    await press(page.get_by_role("button", name="Потвърждавам подаването"))
    await expect(page.locator("main svg")).to_be_visible()
    told = await page.locator(".panel .num").inner_text()
    return told.split("№")[1].split("г.")[0].strip()


async def as_shown(page: Page) -> list[str]:
    await expect(page.locator("h1")).to_have_text(TYPED["title"])
    await expect(page.locator("main")).not_to_contain_text("Иван")
    place = await page.locator(".facts dd").first.inner_text()
    return [await page.locator("h1").inner_text(), await page.locator(".said").first.inner_text(), f"Място: {place}"]


async def finds_again(page: Page, number: str, post: Post) -> None:
    """By number and address: the link comes by e-mail, and nobody learns whether there is such a case."""
    await page.get_by_role("link", name="Поискайте връзката").click()
    for email in ("stranger@example.bg", TYPED["email"]):
        await page.fill("#number", number)
        await page.fill("#email", email)
        await press(page.get_by_role("button", name="Изпращане на връзката"))
        await expect(page.get_by_role("status")).to_contain_text("Ако номерът и имейлът са от една преписка")
    letters = await post.deliver()
    assert [(one.event, one.to) for one in letters if one.event == "link_sent"] == [("link_sent", TYPED["email"])]
    await page.goto(link(letters[-1], "track"))
    await expect(page.locator("#sent-text")).to_contain_text(HIDDEN)
