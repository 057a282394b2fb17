"""Every page, for every eye and hand, and on the narrowest screen."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AxeResults
from playwright.async_api import Page, ViewportSize

from portal.db import Sessions
from tests.browser.walk import every_page
from tests.browser.window import Windows
from tests.cast import Post

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 800}
ALL = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
CONTRAST = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
"""All that another colour scheme can change."""
LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8")
LIGHT: Any = {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}
DARK: Any = {**LIGHT, "color_scheme": "dark"}
FORCED: Any = {**LIGHT, "forced_colors": "active", "reduced_motion": "reduce"}


async def test_no_page_shuts_anybody_out(windows: Windows, sessions: Sessions, post: Post) -> None:
    page = await windows.open(viewport=NARROW, color_scheme="light")
    found: list[str] = []
    helps = set()
    async for name in every_page(page, sessions, post):
        found += [f"{name}: {wrong}" async for wrong in everything_wrong(page)]
        if "/staff" not in page.url:
            helps.add(str(await page.evaluate("looks.help()")))
    assert not found, "\n".join(found)
    assert len(helps) == 1, "help stands in the same place of each page, in the same order"


async def everything_wrong(page: Page) -> AsyncIterator[str]:
    """Look at the page on a phone by day, on a desk by night, and in the colours of the system."""
    await page.evaluate(Axe().axe_script)
    await page.evaluate(LOOKS)
    for look, size, media, rules in (
        ("narrow", NARROW, LIGHT, ALL),
        ("wide", WIDE, DARK, CONTRAST),
        ("forced", NARROW, FORCED, None),
    ):
        await page.set_viewport_size(size)
        await page.emulate_media(**media)
        for wrong in [*await page.evaluate(f"looks.{look}()"), *await violations(page, rules)]:
            yield f"{look}: {wrong}"
    await page.emulate_media(**LIGHT)


async def violations(page: Page, rules: dict[str, Any] | None) -> list[str]:
    results = AxeResults(await page.evaluate(f"axe.run({json.dumps(rules)})")) if rules else None
    return [results.generate_report()] if results and results.violations_count else []
