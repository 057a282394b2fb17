"""A visitor who reads no Bulgarian, and a Bulgarian with an English phone."""

from portal.db import Sessions
from portal.settings import Settings
from tests.browser.window import Windows, press
from tests.cast import received


async def test_visitor_searches_and_writes_in_english(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    """By the browser's language alone; live search and the form's script speak it too."""
    await received(sessions, settings)
    page = await windows.open(locale="en-GB")
    await page.goto("/register")
    await page.get_by_label("Search the register").press_sequentially("дупка")
    await page.get_by_text("1 entry").first.wait_for()
    assert "lang=" not in page.url
    await press(page.get_by_role("link", name="Report", exact=True))
    await page.get_by_role("textbox", name="Text", exact=True).fill("A pothole in front of number 5.")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_text("No connection. What you have written is kept.").wait_for()


async def test_choice_of_the_address_stays_while_one_searches(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    await received(sessions, settings)
    page = await windows.open(locale="en-GB", viewport={"width": 320, "height": 640})
    await page.goto("/register")
    await press(page.get_by_role("link", name="Български"))
    await page.get_by_label("Търсене в регистъра").press_sequentially("дупка")
    await page.get_by_text("1 запис").first.wait_for()
    await page.wait_for_url("**q=*")
    assert page.url.count("lang=bg") == 1
    await press(page.get_by_role("link", name="Дупка на ул. Речна"))
    await page.get_by_role("heading", name="Отговор на общината").wait_for()
    await press(page.get_by_role("link", name="English"))
    await page.get_by_role("heading", name="Reply of the municipality").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
