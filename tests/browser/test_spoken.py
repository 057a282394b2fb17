"""What a screen reader is given: names, roles and descriptions in Chromium's own tree, and what is said meanwhile."""

import re
from itertools import pairwise
from typing import Any

from playwright.async_api import Page, expect

from portal.db import Sessions
from portal.settings import Settings
from tests.browser.window import Windows, press
from tests.cast import PENKA, received

LANDMARKS = {"banner", "navigation", "main", "search", "contentinfo"}
CONTROLS = {"textbox", "searchbox", "combobox", "button", "radio", "checkbox", "DisclosureTriangle", "Date"}
HEARD = """() => {
    window.heard = [];
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const region = target.closest && target.closest("[role=status], [role=alert], [aria-live]");
            const said = region && region.textContent.replace(/\\s+/g, " ").trim();
            if (said) window.heard.push(said);
        }
    }).observe(document.body, { childList: true, subtree: true });
}"""


async def tree(page: Page) -> list[dict[str, Any]]:
    """Return the accessibility tree's nodes in reading order: role, name, description, and the properties."""
    session = await page.context.new_cdp_session(page)
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def walked(node: dict[str, Any]) -> list[dict[str, Any]]:
        below = [one for child in node.get("childIds", []) if child in by_id for one in walked(by_id[child])]
        return below if node["ignored"] else [_node(node), *below]

    return walked(nodes[0])


def _node(node: dict[str, Any]) -> dict[str, Any]:
    said = {key: " ".join(str(node.get(key, {}).get("value", "")).split()) for key in ("role", "name", "description")}
    return said | {one["name"]: one["value"].get("value") for one in node.get("properties", [])}


def named(nodes: list[dict[str, Any]], roles: set[str]) -> list[str]:
    return [f"{one['role']} {one['name']}".strip() for one in nodes if one["role"] in roles]


def headings(nodes: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(one["level"], one["name"]) for one in nodes if one["role"] == "heading"]


async def test_form_says_what_each_field_is_and_what_is_wrong_with_it(windows: Windows) -> None:
    page = await windows.open()
    await page.goto("/submit/signal")
    await page.fill("#text", PENKA["text"])
    await press(page.locator("#send"))
    nodes = await tree(page)
    assert named(nodes, LANDMARKS) == ["banner", "navigation Основно меню", "main", "contentinfo"]
    assert headings(nodes) == [
        (2, "Има проблем с попълнените данни"), (1, "Подаване на сигнал"), (2, "За връзка с Вас"),
    ]  # fmt: skip
    assert named(nodes, CONTROLS) == [
        "textbox Текст", "button Изтриване на черновата", "textbox Заглавие (по желание)",
        "textbox Място (по желание)", "button Моето място", "combobox Тема (по желание)",
        "button Снимки (по желание)", "textbox Име и фамилия", "textbox Телефон", "textbox Имейл",
        "radio Без моето име Всички виждат текста и отговора, но не и името Ви.",
        "radio С моето име Всички виждат текста, отговора и името Ви.",
        "radio Без публикуване Отговорът идва само на Вашия имейл.",
        "button Изпращане", "button Преглед",
    ]  # fmt: skip
    wrong = {one["name"]: one["description"] for one in nodes if one.get("invalid") == "true"}
    assert set(wrong) == {"Име и фамилия", "Телефон", "Имейл"}
    assert wrong["Имейл"] == (
        "На него изпращаме връзката за потвърждение и отговора. Не се публикува. Грешка: Въведете имейл"
    )
    assert named(nodes, {"group", "radiogroup"}) == ["group Публикуване в регистъра"]


async def test_register_and_case_are_read_in_order(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings)
    page = await windows.open()
    await page.goto("/register")
    nodes = await tree(page)
    assert named(nodes, {*LANDMARKS, "region"}) == [
        "banner", "navigation Основно меню", "main", "search", "region Намерени записи", "navigation Страници",
        "contentinfo",
    ]  # fmt: skip
    assert headings(nodes) == [(1, "Регистър на сигналите"), (2, PENKA["title"])]
    fields = {one["name"]: one["description"] for one in nodes if one["role"] in CONTROLS}
    assert fields["Търсене в регистъра"] == "Дума от текста, улица или входящ номер"
    await page.get_by_role("link", name=PENKA["title"]).click()
    await expect(page.locator("h1")).to_have_text(PENKA["title"])
    nodes = await tree(page)
    assert headings(nodes)[:3] == [(1, PENKA["title"]), (2, "Отговор на общината"), (2, "История")]
    levels = [level for level, _ in headings(nodes)]
    assert all(below - above <= 1 for above, below in pairwise(levels))


async def test_form_speaks_once_the_typing_has_stopped(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    await received(sessions, settings, text="Дупките по улица Речна са огромни.", draft="the first of them")
    page = await windows.open()
    await page.goto("/submit/signal")
    await page.evaluate(HEARD)
    await page.locator("#text").press_sequentially("Огромна дупка на Речна", delay=30)
    await expect(page.locator("#similar-say")).to_contain_text("1 подобен запис")
    async with page.expect_response("**/submit/similar"):
        await page.fill("#text", "Огромна дупка на улица Речна")  # the same case: nothing new to say
    for name in ("name", "phone", "email"):
        await page.fill(f"#{name}", PENKA[name])
    await page.context.set_offline(True)
    await page.locator("#send").click()
    await expect(page.locator("#say")).to_contain_text("Няма връзка")
    assert await page.evaluate("window.heard") == [
        "Има ли вече такъв? 1 подобен запис в регистъра",
        "Изпраща се…",
        "Няма връзка, написаното е запазено. Натиснете „Изпращане“ отново.",
    ]


async def stops(page: Page, times: int) -> list[str]:
    """Press Tab so many times; return the words of where it leads."""
    found = []
    for _ in range(times):
        await page.keyboard.press("Tab")
        found.append(" ".join(str(await page.evaluate("document.activeElement.innerText")).split()))
    return found


async def test_search_is_done_by_keyboard_alone(windows: Windows, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings)
    page = await windows.open()
    await page.goto("/register")
    await page.evaluate(HEARD)
    assert await stops(page, 5) == [
        "Към основното съдържание",
        "Община Станимака Портал за сигнали",
        "Подай сигнал",
        "Регистър",
        "EN",
    ]
    await page.keyboard.press("Tab")
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("дупка")
    await expect(page.locator("#say")).to_have_text(re.compile("1 запис"))
    assert await page.evaluate("window.heard") == ["1 запис за „дупка“"]
    assert await stops(page, 3) == ["Търсене", "Филтри", PENKA["title"]]
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text(PENKA["title"])
