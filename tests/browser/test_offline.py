"""Without a connection the portal says so, and whom to call; with one, nothing comes from memory."""

from portal.cases.model import Case, Publication
from portal.db import Sessions
from portal.settings import Settings
from tests.browser.window import Windows
from tests.cast import received

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
