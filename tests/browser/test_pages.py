"""Every page, for every eye and on the narrowest screen."""

import json
from typing import Any

from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AxeResults
from playwright.async_api import Page

from portal.db import Sessions
from tests.browser.walk import every_page
from tests.browser.window import Windows
from tests.cast import Post

NARROW = {"width": 320, "height": 640}
ALL = {"resultTypes": ["violations"]}
CONTRAST = {**ALL, "runOnly": ["color-contrast"]}
"""All that another colour scheme can change."""
TOO_WIDE = """() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth)
        .map((element) => `${element.tagName}.${element.className}#${element.id}`);
}"""


async def test_no_page_shuts_anybody_out(windows: Windows, sessions: Sessions, post: Post) -> None:
    page = await windows.open(viewport=NARROW, color_scheme="light")
    found = []
    async for name in every_page(page, sessions, post):
        found += [f"{name}: wider than the screen: {element}" for element in await page.evaluate(TOO_WIDE)]
        await page.evaluate(Axe().axe_script)
        found += await violations(page, name, ALL)
        await page.emulate_media(color_scheme="dark")
        found += await violations(page, f"{name}, dark", CONTRAST)
        await page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)


async def violations(page: Page, name: str, options: dict[str, Any]) -> list[str]:
    results = AxeResults(await page.evaluate(f"axe.run({json.dumps(options)})"))
    return [f"{name}: {results.generate_report()}"] if results.violations_count else []
