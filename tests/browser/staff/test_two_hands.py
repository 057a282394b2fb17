"""Two at the same case at once: neither loses a word, each sees the other, and nobody is locked out."""

from playwright.async_api import Page, expect

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.replies import reply
from portal.settings import Settings
from tests.browser.window import Windows, enter
from tests.cast import employ, received, reload

DESKTOP = {"width": 1280, "height": 800}
FIRST = "Благодарим за сигнала. Дупката ще се запълни. Завършваме до петък."
THEIRS = FIRST.replace("ще се запълни", "е запълнена")
MINE = FIRST.replace("петък", "понеделник")


async def two_at_the_reply(windows: Windows, sessions: Sessions, settings: Settings) -> tuple[Page, Page, Case]:
    """A case with a reply, and the same form open before Maria and before Georgi."""
    case = await received(sessions, settings)
    maria, georgi = await employ(sessions), await employ(sessions, "Георги Колев")
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), FIRST, by=maria, at=clock.now())
    pages = []
    for person in (maria, georgi):
        page = await windows.open(viewport=DESKTOP)
        await enter(page, sessions, person)
        await page.goto(f"/staff/cases/{case.id}")
        await page.locator("#reply-open").click()
        await expect(page.locator("#text")).to_have_value(FIRST)
        pages.append(page)
    return pages[0], pages[1], case


async def send(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.get_by_role("button", name="Изпращане на отговора").click()


async def test_neither_text_is_lost_and_the_merge_has_both(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    maria, georgi, case = await two_at_the_reply(windows, sessions, settings)
    await send(maria, THEIRS)
    await expect(maria.locator("#reply")).to_contain_text("е запълнена")
    await send(georgi, MINE)
    theirs = georgi.locator("#theirs")
    await expect(theirs).to_contain_text(THEIRS)
    await expect(theirs.locator("mark")).to_have_text(["е запълнена", "петък"])
    await expect(georgi.locator("#text")).to_have_value(MINE)
    assert (await reload(sessions, case)).reply == THEIRS
    left, right = await theirs.bounding_box(), await georgi.locator("#text").bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"], "side by side"
    await georgi.get_by_role("button", name="Обединен текст").click()
    await expect(georgi.locator("#text")).to_have_value(THEIRS.replace("петък", "понеделник"))
    await georgi.get_by_role("button", name="Само моят текст").click()
    await expect(georgi.locator("#text")).to_have_value(MINE)
    await georgi.get_by_role("button", name="Обединен текст").click()
    await expect(theirs.get_by_role("status")).to_be_visible()
    await georgi.get_by_role("button", name="Изпращане на отговора").click()
    await expect(georgi.locator("#reply-open")).to_be_focused()
    assert (await reload(sessions, case)).reply == THEIRS.replace("петък", "понеделник")


async def test_one_above_the_other_on_a_phone_and_without_javascript(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    maria, georgi = await employ(sessions), await employ(sessions, "Георги Колев")
    page = await windows.open(java_script_enabled=False)
    await enter(page, sessions, georgi)
    await page.goto(f"/staff/cases/{case.id}/reply")
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), THEIRS, by=maria, at=clock.now())
    await send(page, MINE)
    above, below = await page.locator("#theirs").bounding_box(), await page.locator("#text").bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    await page.get_by_role("button", name="Двата един след друг").click()
    await expect(page.locator("#text")).to_have_value(f"{MINE}\n\n{THEIRS}")
    await page.get_by_role("button", name="Изпращане на отговора").click()
    assert (await reload(sessions, case)).reply == f"{MINE}\n\n{THEIRS}"


async def test_each_sees_the_other_and_what_is_typed_stays(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    maria, georgi = await windows.open(viewport=DESKTOP), await windows.open(viewport=DESKTOP)
    for page, name in ((maria, "Мария Иванова"), (georgi, "Георги Колев")):
        await enter(page, sessions, await employ(sessions, name))
        await page.goto(f"/staff/cases/{case.id}")
    await expect(georgi.locator("#presence")).to_contain_text("Мария Иванова гледа")
    await georgi.locator("#reply-open").click()
    await georgi.locator("#text").fill("Пишем отговора.")
    await georgi.locator("#assignment-open").click()
    await georgi.locator("#department").select_option("works")
    await georgi.get_by_role("button", name="Възлагане").click()
    await expect(georgi.locator("#assignment-open")).to_be_visible()
    await maria.locator("#reply-open").click()
    await maria.locator("#text").fill("Също пиша.")
    await maria.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # not to wait for twenty seconds
    await expect(maria.locator("#presence")).to_contain_text("Междувременно: Възлагане на отдел")
    await expect(maria.locator("#presence")).to_contain_text("Георги Колев")
    await expect(maria.locator("#text")).to_have_value("Също пиша.")
    await expect(maria.locator("#text")).to_be_focused()
