"""Without a connection the portal says so, and whom to call, or lets one write; with one, nothing comes from memory."""

from playwright.async_api import BrowserContext, Page, expect
from sqlalchemy import select

from portal.cases.model import Case, Publication
from portal.db import Sessions, transaction
from portal.settings import Settings
from tests.browser.window import Windows, press
from tests.cast import PENKA, received

FORM = "/submit/signal"
CONTACT = ("name", "phone", "email")
READY = "navigator.serviceWorker.ready.then((there) => there.active.state)"


async def test_phone_without_a_connection_is_told_whom_to_call(windows: Windows, settings: Settings) -> None:
    page = await windows.open()
    await page.goto("/register")
    await page.wait_for_function(READY)
    await page.context.set_offline(True)
    await page.goto("/submit/signal")
    assert await page.locator("h1").inner_text() == "Няма връзка с интернет"
    assert settings.municipality.phone in await page.locator("main").inner_text()
    await page.context.set_offline(False)
    await page.get_by_role("link", name="Опитайте отново").click()
    await page.get_by_label("Текст", exact=True).wait_for()


async def test_page_that_was_open_before_comes_anew(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    page = await windows.open()
    await page.goto("/register")
    await page.wait_for_function(READY)
    assert await page.locator(".list li").count() == 1
    async with sessions() as db, db.begin():
        (await db.get_one(Case, case.id)).publication = Publication.PRIVATE
    await page.goto("/register")
    assert await page.locator(".list li").count() == 0
    await page.context.set_offline(True)
    await page.goto("/register")
    assert await page.locator("h1").inner_text() == "Няма връзка с интернет"


async def test_form_that_was_open_before_is_written_without_a_connection_and_sent_with_one(
    windows: Windows, sessions: Sessions
) -> None:
    """Each time under a key of its own: two cases written from one kept page are two, and none writes over another."""
    page = await windows.open()
    await page.goto(FORM)
    await page.wait_for_function(READY)
    keys = {await page.input_value("[name=draft]")}
    await page.context.set_offline(True)
    first, second = await written(page.context, "Дупка на Речна."), await written(page.context, "Тъмна алея.")
    for one in (first, second):
        keys.add(await one.input_value("[name=draft]"))
        await one.locator("#send").click()
        await expect(one.locator("#say")).to_contain_text("Няма връзка, написаното е запазено")
    assert len(keys) == 3
    await second.reload()
    await expect(second.locator("#text")).to_have_value("Тъмна алея.")
    for name in CONTACT:
        await second.fill(f"#{name}", PENKA[name])
    await page.context.set_offline(False)
    for one in (first, second):
        await press(one.locator("#send"))
        await expect(one.locator("h1")).to_have_text("Проверете имейла си")
    async with transaction(sessions) as db:
        sent = (await db.execute(select(Case.draft, Case.text).order_by(Case.id))).all()
    assert [text for _, text in sent] == ["Дупка на Речна.", "Тъмна алея."]
    assert {key for key, _ in sent} < keys
    await page.goto(FORM)
    await expect(page.locator("main")).not_to_contain_text("Няма връзка")
    assert await page.input_value("[name=draft]") not in keys, "with a connection it comes anew"


async def written(context: BrowserContext, text: str) -> Page:
    page = await context.new_page()
    await page.goto(FORM)
    await expect(page.locator("h1 + .note")).to_contain_text("Няма връзка")
    for name in CONTACT:
        await page.fill(f"#{name}", PENKA[name])
    await page.fill("#text", text)
    return page


async def test_portal_can_be_installed(windows: Windows) -> None:
    page = await windows.open()
    await page.goto("/")
    session = await page.context.new_cdp_session(page)
    assert (await session.send("Page.getAppManifest"))["errors"] == []
    found = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert {one["errorId"] for one in found} <= {"in-incognito"}, "as each window of the tests is"
