"""The form on a bad phone: nothing typed is lost, whatever becomes of the page, the network or the tab; one case."""

import asyncio
import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Page, Route, expect
from sqlalchemy import func, select

from portal.cases.model import Case, Event
from portal.db import Sessions, transaction
from portal.files.attachments import Attachment
from portal.settings import Settings
from tests.browser.window import Windows, press
from tests.cast import PENKA, Post, received
from tests.files.test_pictures import drawn

NARROW = {"width": 320, "height": 640}
FORM = "/submit/signal"
MATTER = ("text", "title", "place")
CONTACT = ("name", "phone", "email")


async def open_form(windows: Windows, **options: Any) -> Page:
    page = await windows.open(viewport=NARROW, **options)
    await page.goto(FORM)
    return page


async def type_all(page: Page, *fields: str) -> None:
    for name in fields or (*MATTER, *CONTACT):
        await page.fill(f"#{name}", PENKA[name])


async def stored(page: Page) -> list[str]:
    return list(await page.evaluate("Object.values(localStorage)"))


async def until_stored(page: Page, words: str) -> None:
    await page.wait_for_function("words => Object.values(localStorage).join().includes(words)", arg=words)


async def cases(sessions: Sessions) -> int:
    async with transaction(sessions) as db:
        return await db.scalar(select(func.count()).select_from(Case)) or 0


# The draft.


async def test_draft_is_kept_on_the_device_without_contacts_and_said_so(windows: Windows) -> None:
    page = await open_form(windows)
    note = page.locator("#kept")
    await expect(note).to_be_hidden()
    await type_all(page)
    await until_stored(page, PENKA["place"])
    kept = "".join(await stored(page))
    assert PENKA["text"] in kept
    assert not any(PENKA[name] in kept for name in CONTACT)
    await expect(note).to_contain_text("се пази на това устройство и никъде другаде")


async def test_draft_comes_back_when_the_tab_is_loaded_again(windows: Windows) -> None:
    page = await open_form(windows)
    draft = await page.input_value("[name=draft]")
    await type_all(page, *MATTER)
    await until_stored(page, PENKA["place"])
    await page.goto("/register")
    await page.goto(FORM)
    for name in MATTER:
        await expect(page.locator(f"#{name}")).to_have_value(PENKA[name])
    assert await page.input_value("[name=draft]") == draft, "if it was sent after all, it stays one case"


async def test_draft_of_another_tab_is_offered_and_two_tabs_overwrite_nothing(windows: Windows) -> None:
    first = await open_form(windows)
    await type_all(first, "text")
    await until_stored(first, PENKA["text"])
    second = await first.context.new_page()
    await second.goto(FORM)
    await expect(second.locator("#text")).to_be_empty()
    await expect(second.locator("#offer")).to_contain_text(PENKA["text"][:40])
    await second.fill("#text", "Съвсем друг сигнал за контейнер.")
    await expect(second.locator("#offer")).to_be_hidden()
    await until_stored(second, "контейнер")
    await first.fill("#text", "Първият сигнал с още думи.")
    await until_stored(first, "още думи")
    assert len(await stored(first)) == 2

    third = await first.context.new_page()
    await third.goto(FORM)
    await third.get_by_role("button", name="Продължаване с нея").click()
    await expect(third.locator("#text")).to_be_focused()
    taken = await third.input_value("#text")
    assert taken == "Първият сигнал с още думи."
    await third.fill("#text", "Третият раздел пише нататък.")
    await until_stored(third, "нататък")
    await first.fill("#text", "А първият също.")
    await until_stored(first, "А първият също.")
    assert len(await stored(first)) == 3, "two who go on with one draft part"


async def test_kinds_have_drafts_of_their_own(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page, "text")
    await until_stored(page, PENKA["text"])
    await page.goto("/submit/question")
    await expect(page.locator("#text")).to_be_empty()
    await expect(page.locator("#offer")).to_be_hidden()


async def test_draft_is_deleted_by_its_button_and_stays_deleted(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page, "text")
    await page.get_by_role("button", name="Изтриване на черновата").click()
    assert await stored(page) == []
    await expect(page.locator("#text")).to_have_value(PENKA["text"])
    await page.goto("/register")
    assert await stored(page) == []


async def test_draft_of_yesterday_is_gone(windows: Windows) -> None:
    page = await open_form(windows)
    await page.evaluate("localStorage['/submit/question x'] = JSON.stringify([Date.now() - 864e5 - 1, ['стара']])")
    await page.evaluate("localStorage['another program'] = 'stays'")
    await page.goto(FORM)
    assert await stored(page) == ["stays"]


async def test_draft_is_gone_once_it_is_sent(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page)
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    await page.wait_for_function("localStorage.length === 0")
    await page.goto(FORM)
    await expect(page.locator("#text")).to_be_empty()
    await expect(page.locator("#offer")).to_be_hidden()


async def test_form_works_where_the_browser_keeps_nothing(windows: Windows) -> None:
    page = await windows.open()
    await page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})")
    await page.goto(FORM)
    await type_all(page)
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")


# Sending: one case, nothing lost.


@pytest.mark.parametrize("scripts", [False, True], ids=["without JavaScript", "with JavaScript"])
async def test_double_tap_and_back_button_are_one_case(
    scripts: bool, windows: Windows, sessions: Sessions, post: Post
) -> None:
    page = await open_form(windows, java_script_enabled=scripts)
    await type_all(page)
    async with page.expect_navigation():
        await page.locator("#send").dblclick()
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    await page.go_back()
    for name in (*MATTER, *CONTACT):
        await expect(page.locator(f"#{name}")).to_have_value(PENKA[name])
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert await cases(sessions) == 1
    assert len(await post.deliver()) == 1


async def test_no_network_is_told_and_the_next_press_sends(windows: Windows, sessions: Sessions) -> None:
    page = await open_form(windows)
    await type_all(page)
    await page.context.set_offline(True)
    await page.locator("#send").click()
    await expect(page.get_by_role("status").filter(has_text="Няма връзка")).to_contain_text("написаното е запазено")
    assert PENKA["text"] in "".join(await stored(page))
    await page.context.set_offline(False)
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert await cases(sessions) == 1


async def test_answer_lost_on_its_way_back_makes_no_second_case(
    windows: Windows, sessions: Sessions, post: Post
) -> None:
    page = await open_form(windows)
    await type_all(page)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    await page.route(re.compile("/submit/signal$"), lose)
    await page.locator("#send").click()
    await expect(page.locator("#say")).to_contain_text("Няма връзка")
    assert await cases(sessions) == 1
    await page.unroute(re.compile("/submit/signal$"))
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert await cases(sessions) == 1
    assert len(await post.deliver()) == 1


async def test_error_stands_beside_the_field_and_the_draft_goes_on(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page)
    await page.fill("#email", "")
    await press(page.locator("#send"))
    await expect(page.get_by_role("alert").filter(has_text="Има проблем")).to_be_focused()
    await expect(page.locator("#text")).to_have_value(PENKA["text"])
    await page.fill("#email", PENKA["email"])
    await press(page.locator("#send"))
    await page.wait_for_function("localStorage.length === 0")


async def test_page_left_open_for_days_is_sent_and_asks_for_its_pictures_again(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    page = await open_form(windows)
    await page.set_input_files("#attachments", chosen("kamera.jpg", content=drawn(size=(40, 30))))
    await expect(page.locator("#shots li")).to_contain_text("приета")
    await type_all(page)
    for kept in settings.uploads.rglob("*"):
        kept.unlink() if kept.is_file() else None
    await page.evaluate("localStorage.clear()")
    await press(page.locator("#send"))
    await expect(page.locator("#attachments-error")).to_contain_text("Изберете ги отново")
    for name in (*MATTER, *CONTACT):
        await expect(page.locator(f"#{name}")).to_have_value(PENKA[name])
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert await cases(sessions) == 1


async def test_service_that_is_away_is_told_on_the_form_itself(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page)
    await page.route(re.compile("/submit/signal$"), lambda route: route.fulfill(status=503, body=""))
    await page.locator("#send").click()
    await expect(page.locator("#say")).to_contain_text("Няма връзка, написаното е запазено")
    await expect(page.locator("#text")).to_have_value(PENKA["text"])
    assert windows.wrong.pop().endswith("/submit/signal: 503"), "what is wrong here is meant"


# Pictures: small, upright, by themselves.


def photographed(width: int = 2000, height: int = 1400) -> bytes:
    """A picture with noise, as a phone held sideways takes it: to be turned by what its file says."""
    image = Image.effect_noise((width, height), 80).convert("RGB")
    turned, file = Image.Exif(), BytesIO()
    turned[0x0112] = 6
    image.save(file, "JPEG", quality=90, exif=turned)
    return file.getvalue()


def chosen(*names: str, content: bytes | None = None) -> list[FilePayload]:
    content = content or photographed()
    return [{"name": name, "mimeType": "image/jpeg", "buffer": content} for name in names]


async def attached(sessions: Sessions) -> list[Attachment]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Attachment).order_by(Attachment.position)))


async def test_pictures_are_shrunk_and_turned_and_go_ahead_of_the_text(windows: Windows, sessions: Sessions) -> None:
    page = await open_form(windows)
    sizes: list[int] = []
    page.on("request", lambda one: sizes.append(len(one.post_data_buffer or b"")) if "pictures" in one.url else None)
    original = photographed()
    await page.set_input_files("#attachments", chosen("kamera.jpg", content=original))
    await expect(page.locator("#shots li")).to_contain_text("kamera.jpg: приета")
    assert len(original) > 1.5 * sizes[0]
    await expect(page.locator("#shots progress")).to_be_hidden()
    await type_all(page)
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert [(one.width, one.height) for one in await attached(sessions)] == [(1120, 1600)]


async def test_text_never_waits_for_a_picture_and_what_is_missing_is_told(windows: Windows, sessions: Sessions) -> None:
    page = await open_form(windows)
    hold = asyncio.Event()

    async def hang(route: Route) -> None:
        await hold.wait()
        await route.abort()

    await page.set_input_files("#attachments", chosen("purva.jpg", content=drawn(size=(40, 30))))
    await expect(page.locator("#shots li")).to_contain_text("приета")
    await page.route("**/submit/pictures", hang)
    await page.set_input_files("#attachments", chosen("vtora.jpg", content=drawn(size=(40, 30))))
    await expect(page.get_by_role("progressbar", name="Качване")).to_be_visible()
    await type_all(page)
    await page.get_by_role("button", name="Преглед").click()
    await expect(page.locator("#say")).to_contain_text("Изчакайте снимките")
    await press(page.locator("#send"))
    await expect(page.get_by_role("status")).to_contain_text("Една снимка не беше качена")
    assert len(await attached(sessions)) == 1
    hold.set()


async def test_picture_is_tried_again_by_itself_and_by_its_button(windows: Windows) -> None:
    page = await open_form(windows)
    await page.clock.install()
    await page.context.set_offline(True)
    await page.set_input_files("#attachments", chosen("kamera.jpg", content=drawn(size=(40, 30))))
    for _ in range(2):
        await page.wait_for_timeout(600)
        await page.clock.fast_forward(7000)
    again = page.get_by_role("button", name="Опитване отново")
    await expect(again).to_be_visible()
    await expect(page.locator("#shots-say")).to_have_text("kamera.jpg: не стигна")
    await page.context.set_offline(False)
    await again.click()
    await expect(page.locator("#shots li")).to_contain_text("приета")
    await expect(again).to_be_hidden()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html><form>Sign in to the network</form></html>"),
        (200, ""),
        (200, '{"error": "blocked"}'),
        (403, "blocked by firewall"),
        (404, "<html>Not found</html>"),
    ],
)
async def test_answer_that_is_not_ours_takes_no_picture(windows: Windows, status: int, body: str) -> None:
    page = await open_form(windows)
    await page.clock.install()
    await page.route("**/submit/pictures", lambda route: route.fulfill(status=status, body=body))
    await page.set_input_files("#attachments", chosen("kamera.jpg", content=drawn(size=(40, 30))))
    for _ in range(2):
        await page.wait_for_timeout(600)
        await page.clock.fast_forward(7000)
    await expect(page.locator("#shots-say")).to_have_text("kamera.jpg: не стигна")
    assert await page.locator("#shots [name=kept]:not(:disabled)").count() == 0
    await page.unroute("**/submit/pictures")
    await page.get_by_role("button", name="Опитване отново").click()
    await expect(page.locator("#shots li")).to_contain_text("приета")


async def test_answer_that_is_not_ours_leaves_the_form_and_what_stands_under_it(windows: Windows) -> None:
    page = await open_form(windows)
    foreign = "<html><h1>Sign in to the network</h1></html>"
    for address in ("**/submit/similar", re.compile("/submit/signal$")):
        await page.route(address, lambda route: route.fulfill(status=200, body=foreign, content_type="text/html"))
    async with page.expect_response("**/submit/similar"):
        await page.fill("#text", PENKA["text"])
    await type_all(page)
    await page.locator("#send").click()
    await expect(page.locator("#say")).to_contain_text("Няма връзка, написаното е запазено")
    await expect(page.locator("#text")).to_have_value(PENKA["text"])
    await expect(page.locator("#similar")).to_have_count(1)
    await expect(page.get_by_text("Sign in to the network")).to_have_count(0)


async def test_pictures_come_back_with_the_form(windows: Windows, sessions: Sessions) -> None:
    """By Back after sending and by loading anew, and not with the next form in the same window."""
    page = await open_form(windows)
    await page.set_input_files("#attachments", chosen("a.jpg", "b.jpg", content=drawn(size=(40, 30))))
    await expect(page.locator("#shots li").filter(has_text="приета")).to_have_count(2)
    await page.get_by_role("button", name="Премахване на a.jpg").click()
    await page.reload()
    await expect(page.locator("#shots li")).to_have_text([re.compile("b.jpg: приета")])
    await expect(page.locator("#shots-say")).to_have_text("Снимките от преди са тук.")
    await type_all(page)
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    await page.go_back()
    await expect(page.locator("#shots li")).to_have_text([re.compile("b.jpg: приета")])
    await type_all(page)
    await page.fill("#text", "Друга дупка, пред номер 7, е още по-дълбока.")
    await press(page.locator("#send"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    assert await cases(sessions) == 2
    assert len(await attached(sessions)) == 2
    await page.goto("/submit/signal")
    await expect(page.locator("#shots li")).to_have_count(0)
    await page.goto("/submit/question")
    await page.go_back()
    await expect(page.locator("#shots li")).to_have_count(0)


async def test_pictures_are_three_and_each_is_removed_by_its_name(windows: Windows, sessions: Sessions) -> None:
    page = await open_form(windows)
    small = drawn(size=(40, 30))
    await page.set_input_files("#attachments", chosen("a.jpg", "b.jpg", "v.jpg", "g.jpg", content=small))
    await expect(page.locator("#shots li")).to_have_count(3)
    await expect(page.locator("#shots li").filter(has_text="приета")).to_have_count(3)
    await page.get_by_role("button", name="Премахване на b.jpg").click()
    await expect(page.locator("#attachments")).to_be_focused()
    await expect(page.locator("#shots li")).to_have_count(2)
    await type_all(page)
    await press(page.locator("#send"))
    assert len(await attached(sessions)) == 2


async def test_what_is_no_picture_is_told_beside_its_name(windows: Windows) -> None:
    page = await open_form(windows)
    await page.set_input_files("#attachments", chosen("pismo.jpg", content=b"no picture at all"))
    await expect(page.locator("#shots li")).to_contain_text("не може да се прочете")


# „Има ли вече такъв?“


async def test_similar_cases_appear_while_typing_and_one_is_ticked(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings, text="Дупките по улица Речна са огромни.", draft="the first of them")
    page = await open_form(windows)
    await page.locator("#text").press_sequentially("Огромна дупка на Речна", delay=10)
    similar = page.locator("#similar")
    await expect(similar).to_contain_text("Има ли вече такъв? 1 подобен запис")
    await expect(similar).to_contain_text("днес")
    await expect(page.locator("#similar-say")).to_contain_text("1 подобен запис")
    await expect(page.locator("#text")).to_be_focused()
    async with page.context.expect_page() as opened:
        await similar.get_by_role("link", name="Дупка на ул. Речна").click()
    await expect((await opened.value).locator("h1")).to_have_text("Дупка на ул. Речна")
    await expect(page.locator("#text")).to_have_value("Огромна дупка на Речна")
    await similar.get_by_label("И аз имам този проблем").check()
    async with page.expect_response("**/submit/similar"):
        await page.fill("#text", "Контейнерът гори пред блока вече втори ден.")
    await expect(similar.get_by_role("checkbox")).to_be_checked()
    await type_all(page, *CONTACT)
    await press(page.locator("#send"))
    async with transaction(sessions) as db:
        event = (await db.scalars(select(Event).order_by(Event.id.desc()).limit(1))).one()
    assert event.details["similar"] == [{"id": case.id, "number": case.incoming_number}]


async def test_personal_data_is_pointed_out_while_typing_and_hidden_by_one_press(windows: Windows) -> None:
    page = await open_form(windows)
    await type_all(page, "place")
    await page.fill("#text", "Дупка. Обадете се на 0888 765 432.")
    signs = page.locator("#similar")
    await expect(signs).to_contain_text("„0888 765 432“ – телефон")
    await expect(page.locator("#similar-say")).to_contain_text("прилича на лични данни")
    await expect(page.locator("#text")).to_be_focused()
    await press(signs.get_by_role("button", name="Скриване на 0888 765 432"))
    await expect(page.locator("#text")).to_have_value("Дупка. Обадете се на [заличено].")
    await expect(page.locator("#place")).to_have_value(PENKA["place"])
    await expect(page.locator("#preview")).to_be_focused()
    await expect(signs).not_to_contain_text("лични данни")


async def test_similar_of_a_superseded_text_does_not_win(
    windows: Windows, sessions: Sessions, settings: Settings
) -> None:
    await received(sessions, settings, text="Дупките по улица Речна са огромни.", draft="the first of them")
    page = await open_form(windows)
    asked, late = asyncio.Event(), asyncio.Event()

    async def delay(route: Route) -> None:
        if "Речна" in (route.request.post_data or ""):
            asked.set()
            await late.wait()
        await route.continue_()

    await page.route("**/submit/similar", delay)
    await page.fill("#text", "Огромна дупка на Речна")
    await asked.wait()
    async with page.expect_response("**/submit/similar"), page.expect_event("requestfailed"):
        await page.fill("#text", "квантова физика")
    late.set()
    await expect(page.locator("#similar")).not_to_contain_text("Има ли")


# The preview.


@pytest.mark.parametrize("scripts", [False, True], ids=["without JavaScript", "with JavaScript"])
async def test_preview_shows_what_will_be_public_and_hides_by_one_press(
    scripts: bool, windows: Windows, sessions: Sessions
) -> None:
    page = await open_form(windows, java_script_enabled=scripts)
    await type_all(page, *MATTER, "name")
    await page.fill("#text", "Дупка пред номер 5. Обадете се на 0888 765 432, Стоянова.")
    await press(page.get_by_role("button", name="Преглед"))
    preview = page.locator("#preview")
    await expect(preview).to_contain_text("Без име")
    await expect(preview.locator("mark")).to_have_count(2)
    await expect(preview).to_contain_text("след като служител прегледа")
    await expect(page.get_by_role("alert").filter(has_text="Има проблем")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    await press(page.get_by_role("button", name="Скриване на 0888 765 432"))
    await expect(page.locator("#text")).to_have_value("Дупка пред номер 5. Обадете се на [заличено], Стоянова.")
    await expect(page.locator("#place")).to_have_value(PENKA["place"])
    await press(page.get_by_role("button", name="Скриване на Стоянова"))
    await expect(preview.locator("mark")).to_have_count(0)
    await type_all(page, *CONTACT)
    await press(preview.get_by_role("button", name="Изпращане"))
    await expect(page.locator("h1")).to_have_text("Проверете имейла си")
    async with transaction(sessions) as db:
        case = (await db.scalars(select(Case))).one()
    assert case.text == "Дупка пред номер 5. Обадете се на [заличено], [заличено]."


# The place.


async def test_place_is_found_where_the_person_stands(windows: Windows) -> None:
    here = {"latitude": 42.01234, "longitude": 24.87654, "accuracy": 12}
    page = await open_form(windows, geolocation=here, permissions=["geolocation"])
    await page.fill("#place", "До чешмата")
    for _ in range(2):
        await page.get_by_role("button", name="Моето място").click()
        await expect(page.locator("#here-say")).to_contain_text("Служител ще прегледа мястото")
        await expect(page.locator("#place")).to_have_value("До чешмата (42.01234, 24.87654 ±12 м)")
    bare = await open_form(windows, java_script_enabled=False)
    await expect(bare.locator("#here")).to_be_hidden()


async def test_place_that_may_not_be_known_is_typed(windows: Windows) -> None:
    page = await open_form(windows)
    await page.get_by_role("button", name="Моето място").click()
    await expect(page.locator("#here-say")).to_have_text("Не се намери. Напишете го.")
