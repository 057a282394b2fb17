"""The whole path of one signal on a phone, with JavaScript and without: the same pages, the same words."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.async_api import Page, expect

from portal import clock
from portal.accounts import signin
from portal.db import Sessions, transaction
from tests.browser.window import Windows, press
from tests.cast import PENKA, Post, employ, link

TYPED = ("text", "title", "place", "name", "phone", "email")
PASSWORD = "correct horse battery"
REDACTED = "Дупката пред номер 5 е станала кратер."
REPLY = "Дупката е запълнена днес."


@pytest.mark.parametrize("scripts", [False, True], ids=["without JavaScript", "with JavaScript"])
async def test_from_the_form_to_the_reply(scripts: bool, windows: Windows, sessions: Sessions, post: Post) -> None:
    penka = await windows.open(java_script_enabled=scripts)
    track = await penka_submits(penka, post)
    maria = await windows.open(java_script_enabled=scripts)
    await maria_comes(maria, sessions)
    await maria_answers(maria, scripts=scripts)
    await penka_reads(penka, track, post)


async def penka_submits(page: Page, post: Post) -> str:
    """Return the address of her own page."""
    await page.goto("/")
    await page.get_by_role("link", name="Сигнал Нещо не е наред").click()

    # In her hurry she forgets the e-mail address. What is wrong stands above and beside the field; nothing is lost.
    for name in TYPED[:-1]:
        await page.fill(f"#{name}", PENKA[name])
    await page.select_option("#topic", PENKA["topic"])
    await page.click("#send")
    await expect(page).to_have_title(re.compile("^Грешка: "))
    summary = page.get_by_role("alert").filter(has_text="Има проблем с попълнените данни")
    await expect(summary).to_be_focused()
    await expect(page.locator("#email-error")).to_have_text("Грешка: Въведете имейл")
    await expect(page.locator("#email")).to_have_attribute("aria-invalid", "true")
    for name in TYPED[:-1]:
        await expect(page.locator(f"#{name}")).to_have_value(PENKA[name])
    await expect(page.locator("#topic")).to_have_value(PENKA["topic"])
    await summary.get_by_role("link", name="Въведете имейл").click()
    await expect(page.locator("#email")).to_be_focused()

    await page.fill("#email", PENKA["email"])
    await page.click("#send")
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    await expect(page.locator("main")).to_contain_text("още не е подаден")

    # The link in the e-mail shows what she sent; its button makes it count.
    await page.goto(link((await post.deliver())[-1], "confirm"))
    await expect(page.locator("#sent-text")).to_contain_text(PENKA["text"])
    await page.get_by_role("button", name="Потвърждавам подаването").click()
    await expect(page.locator(".panel")).to_contain_text("вх. № С-0001/")
    track = link((await post.deliver())[-1], "track")
    assert page.url.endswith(track)

    # Everybody finds it in the register.
    await page.get_by_role("link", name="Регистър", exact=True).click()
    await page.fill("#q", "дупката")
    await page.press("#q", "Enter")
    await expect(page.locator(".found")).to_have_text(re.compile("1 запис\\s+за „дупката“"))
    await page.get_by_role("link", name=PENKA["title"]).click()
    await expect(page.locator("h1")).to_have_text(PENKA["title"])
    await expect(page.locator("main")).to_contain_text("Все още няма отговор.")
    await expect(page.locator("main")).not_to_contain_text("Пенка")
    return track


async def maria_comes(page: Page, sessions: Sessions) -> None:
    """For the first time: the one-time link, her password, the sign-in."""
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        token = await signin.invite(db, maria, at=clock.now())
    await page.goto(f"/staff/password/{token}")
    for field in ("password", "again"):
        await page.fill(f"#{field}", PASSWORD)
    await press(page.get_by_role("button", name="Запазване"))
    await page.fill("#email", maria.email)
    await page.fill("#password", PASSWORD)
    await press(page.get_by_role("button", name="Вход"))


async def maria_answers(page: Page, *, scripts: bool) -> None:
    await page.get_by_role("link", name=PENKA["title"]).click()
    desk = Desk(page, scripts=scripts)
    await page.evaluate("window.stayed = true")

    # She opens the assignment and leaves it again; then she assigns: the department of the topic is proposed.
    await desk.open("assignment", "Възлагане", "department")
    await page.get_by_role("link", name="Отказ").click()
    await desk.is_back("assignment", "Още не е възложено.")
    await desk.open("assignment", "Възлагане", "department")
    await expect(page.locator("#department")).to_have_value("works")
    await desk.press("assignment", "Възлагане")
    await desk.is_back("assignment", "Строителство и благоустройство")
    await expect(page.locator("#facts")).to_contain_text("В работа")

    # The due date: not without the reason, which everybody reads.
    await desk.open("due_date", "Удължаване на срока", "until")
    due_on = date.fromisoformat(await page.locator("#until").get_attribute("min") or "")
    await page.fill("#until", f"{due_on + timedelta(days=7)}")
    await desk.press("due_date", "Удължаване")
    await expect(page.locator("#reason-error")).to_contain_text("Напишете причината")
    await expect(page.locator("#until")).to_have_value(f"{due_on + timedelta(days=7)}")
    await page.fill("#reason", "Чакаме асфалт.")
    await desk.press("due_date", "Удължаване")
    await desk.is_back("due_date", "Първоначално до")
    await expect(page.locator("#history")).to_contain_text("Причина: Чакаме асфалт.")

    # What the public reads: without the child.
    await desk.open("publication", "Преглед и промяна", "title")
    await page.fill("#text", REDACTED)
    await desk.press("publication", "Запазване")
    await desk.is_back("publication", "със заличена част")

    await desk.open("reply", "Писане на отговор", "text")
    await page.fill("#text", REPLY)
    await desk.press("reply", "Изпращане на отговора")
    await desk.is_back("reply", REPLY)
    await expect(page.locator("#facts")).to_contain_text("С отговор")
    assert await page.evaluate("window.stayed === true") == scripts, "every part is swapped where it stands"


@dataclass
class Desk:
    """A case on Maria's screen. Each part opens its form where it stands, or on a page of its own."""

    page: Page
    scripts: bool

    async def open(self, part: str, label: str, first_field: str) -> None:
        await self.page.locator(f"#{part}").get_by_role("link", name=label).click()
        await expect(self.page.locator(f"#{first_field}")).to_be_focused()

    async def press(self, part: str, label: str) -> None:
        await self.page.locator(f"#{part}").get_by_role("button", name=label).click()

    async def is_back(self, part: str, shown: str) -> None:
        """With scripts the focus is again where the form was opened from: nobody has to look for the place."""
        await expect(self.page.locator(f"#{part}")).to_contain_text(shown)
        if self.scripts:
            await expect(self.page.locator(f"#{part}-open")).to_be_focused()
        else:
            await expect(self.page).to_have_url(re.compile(r"/staff/cases/1(#\w+)?$"))


async def penka_reads(page: Page, track: str, post: Post) -> None:
    told = [letter.event for letter in await post.deliver()]
    assert told == ["please_confirm", "received", "assigned", "extended", "changed", "replied"]
    await page.goto(track)
    await expect(page.locator("main")).to_contain_text(REPLY)
    await expect(page.locator("#sent-text")).to_contain_text(PENKA["text"])
    await page.get_by_role("link", name="регистъра", exact=True).click()
    await expect(page.locator("main")).to_contain_text(REPLY)
    await expect(page.locator("main")).to_contain_text(REDACTED)
    await expect(page.locator("main")).not_to_contain_text("с колело")
