"""A window of the browser under watch, and what a person does in it."""

from typing import Any

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
)

from portal import clock
from portal.accounts import signin
from portal.db import Sessions, transaction
from portal.staff.model import Staff
from portal.web.guards import COOKIE

PHONE: ViewportSize = {"width": 360, "height": 640}
REPORT_POLICY = """
addEventListener("securitypolicyviolation", (event) => {
    console.error("policy:", event.violatedDirective, event.blockedURI);
});
"""


class Windows:
    """Opens windows, each a person of its own, and notes what must never happen in any of them."""

    def __init__(self, browser: Browser, portal: str) -> None:
        self.browser = browser
        self.portal = portal
        self.wrong: list[str] = []
        self._opened: list[BrowserContext] = []

    async def open(self, **options: Any) -> Page:
        context = await self.browser.new_context(
            **{"base_url": self.portal, "viewport": PHONE, "locale": "bg-BG", **options}
        )
        context.set_default_timeout(5000)
        self._opened.append(context)
        await context.add_init_script(REPORT_POLICY)
        context.on("console", self._spoke)
        context.on("weberror", lambda error: self.wrong.append(f"{error.page and error.page.url}: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)
        return await context.new_page()

    async def close(self) -> None:
        for context in self._opened:
            await context.close()

    def _spoke(self, message: ConsoleMessage) -> None:
        """Judge the console, but for a lost network and the 4xx, of which Chromium tells though they are meant."""
        meant = "Failed to fetch" in message.text or message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not meant:
            self.wrong.append(f"{message.location['url']}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.portal}/", "data:")):
            self.wrong.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        asked = response.request  # a page may be asked for by the service worker, ahead of it
        part_of_a_page = asked.resource_type not in {"document", "fetch", "xhr"} and asked.service_worker is None
        if response.status >= 500 or (part_of_a_page and response.status >= 400):
            self.wrong.append(f"{response.url}: {response.status}")


async def press(button: Locator) -> None:
    """Press it and wait for the page that it leads to."""
    async with button.page.expect_navigation():
        await button.click()


async def enter(page: Page, sessions: Sessions, staff: Staff) -> None:
    """Open the desk of `staff` without a password: its hash takes a quarter of a second."""
    async with transaction(sessions) as db:
        token = signin.begin_session(db, staff, at=clock.now())
    await page.context.add_cookies([{"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/staff"}])
    await page.goto("/staff")
