"""From the sign-in to the sent reply by the keyboard alone: how many keys it takes, and how many requests."""

from collections import Counter

from playwright.async_api import Locator, Page, Request, expect

from portal.db import Sessions
from portal.settings import Settings
from tests.browser.window import Windows
from tests.cast import PENKA, employ, give_password, received

KEYS, REQUESTS = 6, 17
"""What the README says of it: keys beside the address, the password and the reply itself."""
FARTHEST = 40
REPLY = "Дупката е запълнена днес, благодарим Ви за сигнала."


class Keys:
    """The keyboard of somebody who has no mouse, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed: Counter[str] = Counter()
        self.requests: list[str] = []
        page.context.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith("data:") and request.service_worker is None:
            self.requests.append(f"{request.method} {request.url}")

    async def press(self, key: str) -> None:
        self.pressed[key] += 1
        await self.page.keyboard.press(key)

    async def tab_to(self, wanted: Locator) -> None:
        for _ in range(FARTHEST):
            if await wanted.evaluate("element => element === document.activeElement"):
                return
            await self.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")


async def test_from_the_sign_in_to_the_reply(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings)
    maria = await employ(sessions)
    password = await give_password(sessions, maria)
    page = await windows.open(viewport={"width": 1280, "height": 800})
    keys = Keys(page)
    await page.goto("/staff/sign-in")
    for field, typed in (("#email", maria.email), ("#password", password)):
        await keys.tab_to(page.locator(field))
        await page.keyboard.type(typed)
    await keys.press("Enter")
    await expect(page.locator("h1")).to_have_text("Без отговор")
    await page.wait_for_load_state()  # a script may come after the words, though before any person's finger
    await keys.press("j")
    await expect(page.get_by_role("link", name=PENKA["title"])).to_be_focused()
    await keys.press("r")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type(REPLY)
    await expect(page.locator("#draft")).to_contain_text("Черновата е запазена")
    await keys.tab_to(page.get_by_role("button", name="Изпращане на отговора"))
    await keys.press("Enter")
    await expect(page.locator("#reply")).to_contain_text(REPLY)
    await expect(page.locator("#reply-open")).to_be_focused()
    took = f"{keys.pressed.total()} keys {dict(keys.pressed)}, {len(keys.requests)} requests"
    print(took)  # noqa: T201 - for the README; pytest -s shows it
    assert keys.pressed.total() <= KEYS, took
    assert len(keys.requests) <= REQUESTS, "\n".join(keys.requests)
