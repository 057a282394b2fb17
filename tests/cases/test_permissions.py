"""Who may do what."""

import pytest

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.handling import assignment
from portal.municipality import Department
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import HX, Client, employ, received, sign_in, submitted

PARTS = ("reply", "due-date", "assignment", "publication")


async def test_department_sees_its_own_cases_without_the_person(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    mine = await received(sessions, settings, draft="mine", title="Наша дупка")
    other = await received(sessions, settings, draft="other", title="Чужда лампа")
    operator = await employ(sessions)
    async with transaction(sessions) as db:
        case, works = await db.get_one(Case, mine.id), await db.get_one(Department, "works")
        await assignment.assign(db, case, works, by=operator, at=clock.now())
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    worklist = (await client.get("/staff?queue=all")).text
    assert "Наша дупка" in worklist
    assert "Чужда лампа" not in worklist
    page = await client.get(f"/staff/cases/{mine.id}")
    assert "penka@example.bg" not in page.text
    assert "Пенка" not in page.text
    assert (await client.get(f"/staff/cases/{other.id}")).status_code == 404


@pytest.mark.parametrize("role", [Role.HEAD, Role.DEPARTMENT])
async def test_who_only_reads_changes_nothing(
    client: Client, sessions: Sessions, settings: Settings, role: Role
) -> None:
    case = await received(sessions, settings)
    operator = await employ(sessions)
    async with transaction(sessions) as db:
        works = await db.get_one(Department, "works")
        await assignment.assign(db, await db.get_one(Case, case.id), works, by=operator, at=clock.now())
    await sign_in(client, sessions, await employ(sessions, role=role, department="works"))
    page = await client.get(f"/staff/cases/{case.id}")
    assert "Писане на отговор" not in page.text
    for part in PARTS:
        path = f"/staff/cases/{case.id}/{part}"
        assert (await client.get(path)).status_code == 403
        assert (await client.post(path, data={"text": "Опит за отговор."}, headers=HX)).status_code == 403


async def test_unconfirmed_is_nobodys_business(client: Client, sessions: Sessions) -> None:
    case = await submitted(sessions)
    await sign_in(client, sessions, await employ(sessions, role=Role.ADMIN))
    assert (await client.get(f"/staff/cases/{case.id}")).status_code == 404
    assert (await client.get("/staff/cases/9223372036854775808")).status_code == 404
