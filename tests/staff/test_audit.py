"""The audit log: what was done, who looked, and that nothing leaves it."""

import csv

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.cast import Client, employ, form_of, give_password, received, sign_in

from portal import clock
from portal.db import Sessions, transaction
from portal.settings import Settings
from portal.staff import audit
from portal.staff.model import Role


async def actions(sessions: Sessions) -> list[str]:
    async with transaction(sessions) as db:
        return [entry.action for entry in await audit.entries(db, audit.Wanted())]


async def test_what_the_staff_do_and_whom_they_look_at_is_noted(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    assert await actions(sessions) == []  # what its sender does is nobody's act
    await sign_in(client, sessions, await employ(sessions))
    path = f"/staff/cases/{case.id}/note"
    for _ in range(2):
        await client.get(path)
    form = form_of(await client.get(path))
    await client.post(path, data={**form, "text": "Да се провери."})
    assert await actions(sessions) == ["note", "looked"]


async def test_a_department_sees_no_person_and_so_looks_at_none(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        await db.execute(text("UPDATE cases SET department_code = 'works'"))
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    assert (await client.get(f"/staff/cases/{case.id}")).status_code == 200
    assert await actions(sessions) == []


async def test_sign_ins_are_noted_the_failed_as_well(client: Client, sessions: Sessions) -> None:
    maria = await employ(sessions)
    password = await give_password(sessions, maria)
    for given in ("a wrong guess", password):
        await client.post("/staff/sign-in", data={"email": maria.email, "password": given})
    assert await actions(sessions) == ["signed_in", "sign_in_failed"]


@pytest.mark.parametrize("change", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_nothing_leaves_it(sessions: Sessions, change: str) -> None:
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        audit.note(db, maria, "topic", at=clock.now(), code="roads")
    with pytest.raises(DBAPIError, match="only added to"):
        async with transaction(sessions) as db:
            await db.execute(text(change))
    assert await actions(sessions) == ["topic"]


async def test_admin_reads_it_and_takes_it_away(client: Client, sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    admin = await employ(sessions, role=Role.ADMIN)
    await sign_in(client, sessions, admin)
    form = form_of(await client.get(f"/staff/cases/{case.id}/note"))
    await client.post(f"/staff/cases/{case.id}/note", data={**form, "text": "=2+2"})
    found = (
        await client.get("/staff/audit", params={"staff": str(admin.id), "number": str(case.incoming_number)})
    ).text
    assert "looked" in found
    assert str(case.incoming_number) in found
    assert "looked" not in (await client.get("/staff/audit?to=2020-01-01")).text
    rows = list(csv.reader((await client.get("/staff/audit.csv")).text.splitlines()))
    assert [row[2] for row in rows] == ["action", "note", "looked"]
    for odd in ("staff=x", "before=999999999999999999999", "from=31.02.2020", "number=%00"):
        assert (await client.get(f"/staff/audit?{odd}")).status_code == 200


async def test_older_entries_are_on_the_next_page(client: Client, sessions: Sessions) -> None:
    admin = await employ(sessions, role=Role.ADMIN)
    async with transaction(sessions) as db:
        for n in range(audit.PAGE + 1):
            audit.note(db, admin, f"action {n:03}", at=clock.now())
            await db.flush()
    await sign_in(client, sessions, admin)
    first = (await client.get("/staff/audit")).text
    assert "action 000" not in first
    async with transaction(sessions) as db:
        last = (await audit.entries(db, audit.Wanted()))[-1].id
    assert f"before={last}" in first
    assert "action 000" in (await client.get(f"/staff/audit?before={last}")).text


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.HEAD, Role.DEPARTMENT])
async def test_nobody_else_reads_it(client: Client, sessions: Sessions, role: Role) -> None:
    await sign_in(client, sessions, await employ(sessions, role=role, department="works"))
    assert (await client.get("/staff/audit")).status_code == 403
    assert (await client.get("/staff/audit.csv")).status_code == 403
    assert "Дневник" not in (await client.get("/staff")).text
