"""The worklist as the staff use it: the menu above it, filters, saved filters, renewal, many cases at once."""

import re
from datetime import timedelta
from html import unescape

import pytest

from portal import clock
from portal.cases.model import Case, Kind
from portal.db import Sessions, transaction
from portal.handling import assignment
from portal.municipality import Department
from portal.replies import reply
from portal.settings import Settings
from portal.staff.model import Role, Staff
from tests.cast import HX, Client, employ, form_of, received, sign_in

MENU = {
    Role.OPERATOR: {"/staff/entry", "/staff/reports", "/staff/settings", "/staff/account"},
    Role.HEAD: {"/staff/reports", "/staff/account"},
    Role.ADMIN: {"/staff/entry", "/staff/people", "/staff/audit", "/staff/account"},
    Role.DEPARTMENT: {"/staff/account"},
}


@pytest.mark.parametrize("role", MENU)
async def test_menu_shows_what_the_role_may_open(client: Client, sessions: Sessions, role: Role) -> None:
    await sign_in(client, sessions, await employ(sessions, role=role, department="works"))
    page = (await client.get("/staff")).text
    header = page[page.index("<header") : page.index("</header>")]
    offered = {address.removeprefix("http://testserver.local") for address in re.findall(r'href="([^"]+)"', header)}
    assert MENU[role] <= offered
    for address in offered - {"/"}:
        assert (await client.get(address)).status_code == 200, address
    for address in set().union(*MENU.values()) - MENU[role] - offered:
        assert (await client.get(address)).status_code == 403, address
    assert re.search(r'href="[^"]*/staff"\s+aria-current="page"', header)


async def assigned(sessions: Sessions, case: Case, department: str, *, by: Staff) -> None:
    async with transaction(sessions) as db:
        to = await db.get_one(Department, department)
        await assignment.assign(db, await db.get_one(Case, case.id), to, by=by, at=clock.now())


async def titles(client: Client, **asked: str) -> set[str]:
    answer = await client.get("/staff", params=asked)
    assert answer.status_code == 200
    return set(re.findall(r'<a href="[^"]*/staff/cases/\d+[^"]*">([^<]*)</a>', answer.text))


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


async def test_filters_hold_together_with_queue_and_words(
    client: Client, sessions: Sessions, settings: Settings, maria: Staff
) -> None:
    ago = clock.now() - timedelta(days=5)
    hole = await received(sessions, settings, draft="1", title="Дупка", kind=Kind.SIGNAL)
    await received(sessions, settings, draft="2", title="Лампа", kind=Kind.PROPOSAL, topic="lighting", at=ago)
    await assigned(sessions, hole, "works", by=maria)
    today, then = str(clock.today()), str(ago.date())
    assert await titles(client) == {"Дупка", "Лампа"}
    for one in (
        {"kind": "proposal"},
        {"topic": "lighting"},
        {"received_to": then},
        {"due_to": str(clock.today() + timedelta(days=10))},
        {"queue": "new"},
        {"queue": "new", "kind": "proposal", "q": "лампа"},
    ):
        assert await titles(client, **one) == {"Лампа"}, one
    for other in ({"department": "works"}, {"hands": str(maria.id)}, {"received_from": today}, {"queue": "mine"}):
        assert await titles(client, **other) == {"Дупка"}, other
    assert await titles(client, queue="mine", q="лампа") == set()
    assert await titles(client, kind="signal", q="лампа") == set()


async def test_words_alone_are_searched_for_everywhere(
    client: Client, sessions: Sessions, settings: Settings, maria: Staff
) -> None:
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), "Запълнена е.", by=maria, at=clock.now())
    assert await titles(client) == set()
    assert await titles(client, q="дупка") == {case.title}


@pytest.mark.usefixtures("maria")
async def test_filters_stay_in_the_links(client: Client, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings)
    page = (await client.get("/staff?queue=new&kind=signal&topic=roads&q=дупка")).text
    assert "queue=overdue&amp;q=%D0%B4%D1%83%D0%BF%D0%BA%D0%B0&amp;kind=signal&amp;topic=roads" in page
    assert re.search(r"Филтри\s+\(2\)", page)
    chips = page[page.index('class="chips"') : page.index('id="cases"')]
    assert "/staff?queue=new&amp;q=%D0%B4%D1%83%D0%BF%D0%BA%D0%B0&amp;topic=roads" in chips
    assert "Сигнали" in chips


@pytest.mark.usefixtures("maria")
async def test_what_makes_no_sense_does_not_filter(client: Client, sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    for name in ("queue", "kind", "topic", "department", "hands", "received_from", "due_to", "page", "seen"):
        for value in ("ъ", "\x00", "99999999999999999999", "-1", "0001-01-01", "' OR 1=1", "x" * 5000):
            assert await titles(client, **{name: value}) == {case.title}, (name, value)
    wrong = (await client.get("/staff?due_to=31.02.2026")).text
    assert "Въведете дата във вида 28.06.2026" in wrong
    assert '<details class="filters" open>' in wrong


async def test_department_filters_its_own_cases_alone(client: Client, sessions: Sessions, settings: Settings) -> None:
    maria = await employ(sessions)
    await received(sessions, settings, draft="1", title="Чужда")
    await assigned(sessions, await received(sessions, settings, draft="2", title="Наша"), "works", by=maria)
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    assert await titles(client, queue="all", kind="signal") == {"Наша"}
    assert await titles(client, queue="all", department="lighting", hands="0") == {"Наша"}
    assert 'name="hands"' not in (await client.get("/staff")).text


@pytest.mark.usefixtures("maria")
async def test_case_keeps_the_list_that_it_was_opened_from(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    """Through its forms, what is wrong in them, and what is saved; with scripts and without."""
    case = await received(sessions, settings)
    listed = f"/staff?queue=new&amp;q=%D0%B4%D1%83%D0%BF%D0%BA%D0%B0&amp;kind=signal#case-{case.id}"
    page = (await client.get("/staff?queue=new&kind=signal&q=дупка")).text
    (row,) = re.findall(rf'href="[^"]*(/staff/cases/{case.id}[^"]*)"', page)
    opened = await client.get(unescape(row))
    assert listed in opened.text
    for part in ("note", "assignment", "reply", "group", "publication", "details", "due-date"):
        (address,) = set(re.findall(rf'href="[^"]*(/staff/cases/{case.id}/{part}[^"]*)"', opened.text))
        form = await client.get(unescape(address))
        assert listed in form.text, part
        assert f'{row}"' in form.text, "where „Отказ“ leads"
        assert listed in (await client.get(unescape(address), headers=HX)).text or form_of(form)["back"]
    wrong = await client.post(
        f"/staff/cases/{case.id}/note", data={**form_of(opened), "back": "?queue=new", "text": ""}
    )
    assert (wrong.status_code, form_of(wrong)["back"]) == (422, "?queue=new")
    for part, data in (("note", {"text": "Обадих се."}), ("assignment", {"department": "works"})):
        form = await client.get(f"{unescape(row).replace('?', f'/{part}?')}")
        saved = await client.post(f"/staff/cases/{case.id}/{part}", data={**unescaped(form_of(form)), **data})
        assert (saved.status_code, listed in saved.text) == (200, True), part


@pytest.mark.usefixtures("maria")
async def test_case_opened_from_elsewhere_leads_to_the_plain_list(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    for back in ("", "https://elsewhere.example", "//elsewhere.example", "?next=elsewhere.example", "?" * 9000):
        page = (await client.get(f"/staff/cases/{case.id}", params={"back": back})).text
        assert f'/staff#case-{case.id}"' in page
        assert "elsewhere" not in page
    several = (await client.get(f"/staff/cases/{case.id}", params={"back": "?queue=overdue&page=3"})).text
    assert f"/staff?queue=overdue&amp;page=3#case-{case.id}" in several


def unescaped(form: dict[str, str]) -> dict[str, str]:
    return {name: unescape(value) for name, value in form.items()}
