"""The staff find what the public may not: private ones, names, phones, addresses – each as far as they may read."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.cases.model import Case, Publication
from portal.db import Sessions, transaction
from portal.handling import assignment
from portal.municipality import Department
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import HX, Client, employ, received, sign_in


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("дупките", True), ("dupka", True), ("крат", True), ("Стоянова", True), ("пенка стоянова", True), ("1", True),
        ("С-0001", True), ("penka@example.bg", True), ("Penka@", True), ("0888 123 456", True), ("+359888123456", True),
        ("0888 123 457", False), ("иван", False), ("лампа", False), ("дупка лампа", False), ("'\\:* & !(", False),
        ("\x00", True), ("@", False), ("а" * 500, False), ("0888", False), ("0001/2026", True), ("60 12 34", False),
        ("888 123", True), ("тел. 0888123456", True), ("0888123456 Пенка", True), ("0888123456 Иван", False),
        ("като", False), ("%", False), ("🙂", False), ("01.09.2020", False), ("1/2019", False),
    ],
)  # fmt: skip
async def test_operator_finds_a_private_case(
    client: Client, sessions: Sessions, settings: Settings, q: str, found: bool
) -> None:
    case = await received(sessions, settings, publication=Publication.PRIVATE)
    await sign_in(client, sessions, await employ(sessions))
    answer = await client.get("/staff", params={"q": q}, headers=HX)
    assert answer.text.startswith('<div id="list"')
    assert (case.title in answer.text) is found


async def test_the_case_of_a_number_comes_before_what_the_words_find(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    for n, words in enumerate(["Дупката е на пътя", "Знак В3 е паднал", "Друга дупка има тук", "Знакът В3 липсва"]):
        await received(sessions, settings, draft=f"draft {n}", title=f"Заглавие {n + 1}", text=words)
    await sign_in(client, sessions, await employ(sessions))
    page = (await client.get("/staff", params={"q": "В3"}, headers=HX)).text
    assert re.findall("Заглавие [0-9]", page) == ["Заглавие 3", "Заглавие 4", "Заглавие 2"]
    assert "Заглавие 3" in (await client.get("/staff", params={"q": "№ 0003"}, headers=HX)).text


async def test_the_list_says_that_the_words_are_too_common(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    page = (await client.get("/staff", params={"q": "като"}, headers=HX)).text
    assert ("Няма преписки за „като“" in page, "само често срещани думи" in page) == (True, True)
    assert "само често срещани думи" not in (await client.get("/staff", params={"q": "%"}, headers=HX)).text


async def test_department_finds_only_its_own(client: Client, sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    assert case.title not in (await client.get("/staff", params={"q": "дупка"})).text


async def test_department_does_not_find_out_who_the_sender_is(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    operator = await employ(sessions)
    async with transaction(sessions) as db:
        works = await db.get_one(Department, "works")
        await assignment.assign(db, await db.get_one(Case, case.id), works, by=operator, at=clock.now())
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    assert case.title in (await client.get("/staff", params={"q": "дупка"})).text
    for person in ("Стоянова", "penka@example.bg", "penka@", "0888 123 456"):
        assert case.title not in (await client.get("/staff", params={"q": person})).text


async def test_a_number_of_a_year_leads_to_the_case_of_that_year_first(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    now = clock.now()
    for n, at in enumerate([now - timedelta(days=800), now - timedelta(days=400), now]):
        await received(sessions, settings, draft=f"draft {n}", title=f"Заглавие {n + 1}", at=at)
    await sign_in(client, sessions, await employ(sessions))
    for n, days in ((1, 800), (2, 400), (3, 0)):
        year = (now - timedelta(days=days)).year
        for q in (f"1/{year}", f"С-0001/{year}"):
            page = (await client.get("/staff", params={"q": q}, headers=HX)).text
            assert re.findall("Заглавие [0-9]", page)[:1] == [f"Заглавие {n}"], q
