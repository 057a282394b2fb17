"""What the staff set by themselves: departments, topics, days."""

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import Sessions, transaction
from portal.municipality import Department, SpecialDay, Topic, departments
from portal.staff.model import Role, Staff
from tests.cast import Client, employ, sign_in

NEW = {"code": "water_supply", "name": "Водоснабдяване", "email": "voda@stanimaka.example", "works": "1"}


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.mark.usefixtures("maria")
async def test_new_department_can_be_assigned_to_until_it_works_no_more(client: Client, sessions: Sessions) -> None:
    await client.post("/staff/settings/department", data=NEW)
    async with transaction(sessions) as db:
        assert (await departments(db))["water_supply"] == "Водоснабдяване"
    await client.post("/staff/settings/department?code=water_supply", data={**NEW, "name": "ВиК", "works": "0"})
    async with transaction(sessions) as db:
        assert "water_supply" not in await departments(db)
        assert (await db.get_one(Department, "water_supply")).name == "ВиК"
    assert "ВиК" in (await client.get("/staff/settings")).text


@pytest.mark.usefixtures("maria")
async def test_topic_moves_to_another_department(client: Client, sessions: Sessions) -> None:
    await client.post("/staff/settings/topic?code=roads", data={"name": "Улици", "department": "ecology"})
    async with transaction(sessions) as db:
        topic = await db.get_one(Topic, "roads")
        assert (topic.name, topic.department_code) == ("Улици", "ecology")
    await client.post("/staff/settings/topic", data={"code": "snow", "name": "Сняг", "department": ""})
    assert "Сняг" in (await client.get("/submit/signal")).text


@pytest.mark.usefixtures("maria")
@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("department", {**NEW, "code": "Вода"}, "Кодът е от малки латински букви"),
        ("department", {**NEW, "code": "works"}, "Такъв код вече има"),
        ("department", {**NEW, "email": "voda"}, "Въведете имейл с латински букви"),
        ("topic", {"code": "snow", "name": "Сняг", "department": "none"}, "Изберете отдел от списъка"),
        ("topic?code=roads", {"name": "", "department": ""}, "Напишете името на темата"),
        ("day", {"day": "31.02.2027", "kind": "off", "reason": "x"}, "Въведете дата във вида"),
        ("day", {"day": "2027-03-05", "kind": "", "reason": "x"}, "Изберете работен или почивен"),
        ("suspension", {"first_on": "2027-03-05", "last_on": "2027-03-04", "reason": "x"}, "Последният ден е след"),
    ],
)
async def test_mistake_is_told_beside_the_field(client: Client, path: str, data: dict[str, str], said: str) -> None:
    answer = await client.post(f"/staff/settings/{path}", data=data)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.usefixtures("maria")
async def test_unknown_code_is_not_found(client: Client) -> None:
    for path in ("department", "topic"):
        assert (await client.get(f"/staff/settings/{path}?code=nothing")).status_code == 404
        assert (await client.post(f"/staff/settings/{path}?code=nothing", data=NEW)).status_code == 404


@pytest.mark.usefixtures("maria")
async def test_day_said_twice_is_the_last_said(client: Client, sessions: Sessions) -> None:
    day = clock.today().replace(year=clock.today().year + 1, day=1)
    for kind in ("working", "off"):
        data = {"day": day.isoformat(), "kind": kind, "reason": kind}
        assert (await client.post("/staff/settings/day", data=data)).status_code == 200
    async with transaction(sessions) as db:
        assert [
            (one.day, one.is_working) for one in await db.scalars(select(SpecialDay).order_by(SpecialDay.id))
            if one.removed_at is None
        ] == [(day, False)]  # fmt: skip


async def test_department_sets_nothing(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    for path in ("settings", "settings/department", "settings/topic", "settings/day", "settings/suspension"):
        assert (await client.get(f"/staff/{path}")).status_code == 403
