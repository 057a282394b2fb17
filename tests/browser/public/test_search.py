"""The register answers as one types; and to Enter, where there are no scripts."""

import asyncio
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, Route, expect

from portal import clock
from portal.db import Sessions
from portal.settings import Settings
from tests.browser.window import Windows
from tests.cast import received

TITLES = {
    "Дупка на ул. Речна": "Дупката е станала кратер.",
    "Дупки пред училището": "Дупките пълнят улицата.",
    "Тъмна алея": "Лампата в парка не свети от седмица.",
}
FOUND = {"дупка": (2, "2 записа за „дупка“"), "лампа": (1, "1 запис за „лампа“")}


@pytest.fixture(autouse=True)
async def register(sessions: Sessions, settings: Settings) -> None:
    for number, (title, text) in enumerate(TITLES.items()):
        await received(sessions, settings, draft=f"draft {number} of a test", title=title, text=text, place="")


async def open_register(windows: Windows) -> Page:
    page = await windows.open()
    await page.goto("/register")
    await page.evaluate("window.stayed = true")
    return page


async def has_found(page: Page, q: str) -> None:
    number, told = FOUND[q]
    await expect(page.locator("#results .found")).to_have_text(told)
    await expect(page.locator("#results .list > li")).to_have_count(number)


async def test_typing_swaps_the_results_alone(windows: Windows) -> None:
    page = await open_register(windows)
    entries = await page.evaluate("history.length")
    await page.locator("#q").press_sequentially("дупка", delay=30)
    await has_found(page, "дупка")
    await expect(page).to_have_url(f"/register?{urlencode({'q': 'дупка'})}")
    await expect(page.locator("#q")).to_be_focused()
    await expect(page.locator("#q")).to_have_value("дупка")
    assert await page.evaluate("window.stayed === true")
    assert await page.evaluate("history.length") == entries, "no entry of the history for every keystroke"


async def test_back_from_a_case_gives_query_and_results_back(windows: Windows) -> None:
    page = await open_register(windows)
    await page.fill("#q", "лампа")
    await has_found(page, "лампа")
    await page.get_by_role("link", name="Тъмна алея").click()
    await expect(page.locator("h1")).to_have_text("Тъмна алея")
    await page.go_back()
    await expect(page.locator("#q")).to_have_value("лампа")
    await has_found(page, "лампа")


async def test_a_superseded_answer_does_not_win(windows: Windows) -> None:
    page = await open_register(windows)
    asked, late, answered = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def delay(route: Route) -> None:
        asked.set()
        await late.wait()
        await route.continue_()
        answered.set()

    await page.route(re.compile(r"\?q=%D0%B4"), delay)
    await page.fill("#q", "дупка")
    await asked.wait()
    await page.fill("#q", "лампа")
    await has_found(page, "лампа")
    late.set()
    await answered.wait()
    await page.evaluate("fetch('/offline').then((answer) => answer.text())")  # what was asked before it has come
    await has_found(page, "лампа")


async def test_a_lost_network_is_told_and_takes_nothing_away(windows: Windows) -> None:
    page = await open_register(windows)
    await page.fill("#q", "лампа")
    await has_found(page, "лампа")
    await page.context.set_offline(True)
    await page.fill("#q", "дупка")
    await expect(page.get_by_role("alert")).to_have_text("Няма връзка. Опитайте отново.")
    await has_found(page, "лампа")
    await page.context.set_offline(False)
    await page.press("#q", "Enter")
    await has_found(page, "дупка")
    await expect(page.get_by_role("alert")).to_be_empty()


async def test_filters_apply_as_they_are_chosen(windows: Windows) -> None:
    page = await open_register(windows)
    await page.get_by_text("Филтри").click()
    await page.select_option("#kind", "question")
    await expect(page.locator("#results .found")).to_have_text("Няма записи.")
    await expect(page).to_have_url("/register?kind=question")
    assert await page.evaluate("window.stayed === true")


async def test_enter_searches_without_scripts(windows: Windows) -> None:
    page = await windows.open(java_script_enabled=False)
    await page.goto("/register")
    await page.fill("#q", "дупка")
    await page.press("#q", "Enter")
    await has_found(page, "дупка")
    await expect(page.locator("#q")).to_have_value("дупка")


async def test_a_superseded_request_is_broken_off(windows: Windows) -> None:
    page = await open_register(windows)
    broken_off: list[str] = []
    page.on("requestfailed", lambda one: broken_off.append(f"{one.failure}"))
    late = asyncio.Event()

    async def delay(route: Route) -> None:
        await late.wait()
        await route.abort()

    await page.route(re.compile(r"\?q=%D0%B4"), delay)
    async with page.expect_request(re.compile(r"\?q=%D0%B4")):
        await page.fill("#q", "дупка")
    await page.fill("#q", "лампа")
    await has_found(page, "лампа")
    late.set()
    assert broken_off == ["net::ERR_ABORTED"]
    await expect(page.get_by_role("alert")).to_be_empty()


async def test_a_fast_answer_does_not_flicker_and_a_slow_one_is_seen_to_come(windows: Windows) -> None:
    page = await open_register(windows)
    late = asyncio.Event()

    async def delay(route: Route) -> None:
        await late.wait()
        await route.continue_()

    await page.route(re.compile(r"\?q="), delay)
    async with page.expect_request(re.compile(r"\?q=")):
        await page.fill("#q", "дупка")
    opacity = "getComputedStyle(document.getElementById('results')).opacity"
    assert await page.evaluate(opacity) == "1", "within the first quarter of a second"
    await page.wait_for_function(f"() => {opacity} === '0.6'")
    late.set()
    await has_found(page, "дупка")
    assert await page.evaluate(opacity) == "1"


async def test_it_is_told_once_and_politely_when_typing_has_stopped(windows: Windows) -> None:
    page = await windows.open()
    await page.clock.install()
    await page.goto("/register")
    await page.clock.pause_at(clock.now() + timedelta(hours=1))
    await expect(page.locator("#say")).to_have_attribute("aria-live", "polite")
    await page.evaluate("""() => {
        window.told = [];
        const say = document.getElementById("say");
        const note = () => window.told.push(say.textContent.replace(/\\s+/g, " "));
        new MutationObserver(note).observe(say, {childList: true});
    }""")
    for beginning in ("ду", "дупк", "дупка"):
        await page.fill("#q", beginning)
        await page.clock.run_for(350)
        await expect(page.locator("#results .found")).to_contain_text(f"„{beginning}“")
    await page.clock.run_for(699)
    assert await page.evaluate("window.told") == []
    await page.clock.run_for(5000)
    assert await page.evaluate("window.told") == [FOUND["дупка"][1]]


async def test_back_gives_the_place_in_the_list_back(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    for number in range(15):
        await received(sessions, settings, draft=f"draft {number} of the list", title=f"Дупка {number}", place="")
    page = await open_register(windows)
    await page.fill("#q", "дупка")
    await expect(page.locator("#results .found")).to_contain_text("за „дупка“")
    last = page.locator("#results .list a").last
    await last.scroll_into_view_if_needed()
    place = await page.evaluate("scrollY")
    assert place > 600
    await last.click()
    await expect(page.locator("h1")).not_to_have_text("Регистър на сигналите")
    await page.go_back()
    await expect(page.locator("#q")).to_have_value("дупка")
    await page.wait_for_function("place => Math.abs(scrollY - place) < 100", arg=place)


NOT_OURS = {"the proxy's page": (502, "<h1>Bad gateway</h1>"), "a filter's refusal": (403, "blocked by firewall"),
            "a filter's page to sign in": (200, "<form id='login'></form>"), "nothing": (200, ""),
            "another page of a filter": (404, "<html><h1>Not found</h1></html>")}  # fmt: skip


@pytest.mark.parametrize("broken", ["no answer", *NOT_OURS])
async def test_an_error_keeps_the_old_results_and_says_so(windows: Windows, broken: str) -> None:
    page = await open_register(windows)
    await page.fill("#q", "лампа")
    await has_found(page, "лампа")

    async def fail(route: Route) -> None:
        if broken == "no answer":
            await route.abort("connectionreset")
        else:
            status, body = NOT_OURS[broken]
            await route.fulfill(status=status, body=body, content_type="text/html")

    await page.route(re.compile(r"\?q="), fail)
    await page.fill("#q", "дупка")
    await expect(page.get_by_role("alert")).to_have_text(re.compile("Опитайте отново."))
    await has_found(page, "лампа")
    await expect(page.locator("#q")).to_have_value("дупка")
    await page.unroute(re.compile(r"\?q="))
    await page.press("#q", "Enter")
    await has_found(page, "дупка")
    await expect(page.get_by_role("alert")).to_be_empty()
    windows.wrong = [one for one in windows.wrong if not one.endswith(": 502")]
