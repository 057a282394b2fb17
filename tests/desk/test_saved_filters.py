"""Saved filters: kept under a name, beside the queues, by each person for themselves."""

import re

import pytest
from sqlalchemy import func, select

from portal.db import Sessions, transaction
from portal.desk import saved_filters
from portal.desk.saved_filters import SavedFilter
from portal.staff.model import Staff
from tests.cast import Client, employ, sign_in

ASKED = "?queue=new&q=дупка&kind=signal&topic=roads"


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


async def keep(client: Client, name: str, asked: str = ASKED) -> tuple[int, str]:
    answer = await client.post("/staff/filters", data={"name": name, "asked": asked}, follow_redirects=False)
    return answer.status_code, answer.text


async def number(sessions: Sessions) -> int | None:
    async with transaction(sessions) as db:
        return await db.scalar(select(func.count()).select_from(SavedFilter))


async def test_what_is_asked_is_kept_under_a_name(client: Client, sessions: Sessions, maria: Staff) -> None:
    offered = (await client.get("/staff", params={"queue": "new", "kind": "signal"})).text
    assert "/staff/filters?queue=new&amp;kind=signal" in offered
    page = (await client.get(f"/staff/filters{ASKED}")).text
    assert "За разпределяне, „дупка“, Сигнали, " in page
    assert await keep(client, "Моите улици") == (303, "")
    listed = (await client.get("/staff")).text
    address = re.search(r'href="([^"]+)"\s*>Моите улици<', listed)
    assert address
    opened = (await client.get(address[1].replace("&amp;", "&"))).text
    assert re.search(r'aria-current="true">Моите улици<', opened)
    assert 'value="дупка"' in opened
    await sign_in(client, sessions, await employ(sessions, "Елена Димитрова"))
    assert "Моите улици" not in (await client.get("/staff")).text, f"it is {maria.name}'s"


@pytest.mark.usefixtures("maria")
async def test_name_is_there_once(client: Client, sessions: Sessions) -> None:
    assert (await keep(client, "Улици"))[0] == 303
    assert (await keep(client, "Улици"))[0] == 303, "the same form sent twice"
    status, page = await keep(client, "УЛИЦИ", "?queue=mine")
    assert (status, "Вече имате филтър с това име" in page) == (422, True)
    assert 'value="УЛИЦИ"' in page
    assert await number(sessions) == 1
    for name in ("", " \u200b", "x" * 61):
        assert (await keep(client, name))[0] == 422


@pytest.mark.usefixtures("maria")
async def test_there_are_not_more_than_a_few(
    client: Client, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 2)
    assert [(await keep(client, name))[0] for name in "абв"] == [303, 303, 422]
    assert await number(sessions) == 2


async def test_is_renamed_and_removed_by_its_owner_alone(client: Client, sessions: Sessions, maria: Staff) -> None:
    await keep(client, "Улици")
    await keep(client, "Моите", "?queue=mine")
    async with transaction(sessions) as db:
        mine, streets = [one.id for one in await saved_filters.of(db, maria)]
    wrong = await client.post(f"/staff/filters/{streets}", data={"name": "моите"})
    assert wrong.status_code == 422
    assert "Вече имате филтър с това име" in wrong.text
    assert (await client.post(f"/staff/filters/{streets}", data={"name": "Пътища"})).status_code == 200
    assert ">Пътища<" in (await client.get("/staff")).text
    await sign_in(client, sessions, await employ(sessions, "Елена Димитрова"))
    assert (await client.post(f"/staff/filters/{mine}", data={"name": "Нейните"})).status_code == 404
    await client.post(f"/staff/filters/{mine}/removal")
    assert await number(sessions) == 2
    await sign_in(client, sessions, maria)
    for _ in range(2):
        assert (await client.post(f"/staff/filters/{mine}/removal")).status_code == 200
    assert await number(sessions) == 1


@pytest.mark.usefixtures("maria")
async def test_what_is_no_filter_any_more_is_left_out(client: Client) -> None:
    await keep(client, "Странен", "?queue=ъ&topic=gone&hands=-1&due_to=x&next=https://elsewhere.example")
    assert "elsewhere" not in (await client.get("/staff/filters")).text
