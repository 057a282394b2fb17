"""The audit log: what was done, who looked, and that nothing leaves it."""

import csv

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal import audit, clock
from portal.db import Sessions, transaction
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import Client, employ, form_of, give_password, received, sign_in


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


@pytest.mark.parametrize("q", ["Стоянова", "0888 123 456", "penka@"])
async def test_looking_for_a_person_is_noted_once(
    client: Client, sessions: Sessions, settings: Settings, q: str
) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions, role=Role.HEAD))
    for query in (q, q, "дупка", "няматакъв"):
        assert (await client.get("/staff", params={"q": query})).status_code == 200
    async with transaction(sessions) as db:
        found = [(entry.action, entry.details) for entry in await audit.entries(db, audit.Wanted())]
    assert found == [("searched", {"q": q, "cases": [case.id]})]


BEFORE_AND_AFTER = {
    "settings/department?code=works": ({"name": "Пътища", "email": "", "works": "1"}, "name"),
    "settings/topic?code=roads": ({"name": "Улици", "department": "ecology"}, "name"),
    "settings/day": ({"day": "2027-03-05", "kind": "off", "reason": "Указ"}, None),
    "settings/suspension": ({"first_on": "2027-03-05", "last_on": "2027-03-09", "reason": "Закон"}, None),
    "synonyms": ({"phrases": "улица, път", "relation": "same"}, None),
    "templates/new": (
        {
            "title": "Благодарим",
            "text": "Благодарим Ви.",
            "place_in_list": "1",
            "offered": "1",
            "topic": "",
            "kind": "",
        },
        None,
    ),
    "texts/rules": ({"markdown": "Нови правила."}, None),
    "people/new": ({"email": "nova@stanimaka.example", "name": "Нова", "role": "head", "department": ""}, None),
}


@pytest.mark.parametrize("path", BEFORE_AND_AFTER)
async def test_every_change_of_the_settings_is_noted_with_what_was_there_before(
    client: Client, sessions: Sessions, path: str
) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.ADMIN))
    form, changed = BEFORE_AND_AFTER[path]
    assert (await client.post(f"/staff/{path}", data=form, follow_redirects=False)).status_code == 303
    async with transaction(sessions) as db:
        first = (await audit.entries(db, audit.Wanted()))[-1]
    told = str(first.details)
    assert all(said in told for said in form.values() if said not in {"1", "off", "улица, път"})
    if changed:
        assert first.details["before"][changed] != first.details["after"][changed] == form[changed]


async def test_what_changes_nothing_is_not_noted_and_what_is_removed_is(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.ADMIN))
    form, _ = BEFORE_AND_AFTER["settings/day"]
    for reason in ("Указ", "Указ", "Друг указ"):
        await client.post("/staff/settings/day", data={**form, "reason": reason})
    await client.post("/staff/synonyms", data=BEFORE_AND_AFTER["synonyms"][0])
    for _ in range(2):
        await client.post("/staff/synonyms/1/removal")
    async with transaction(sessions) as db:
        found = [(entry.action, entry.details) for entry in await audit.entries(db, audit.Wanted())]
    assert [action for action, _ in found] == ["synonyms_removed", "synonyms_added", "day", "day"]
    assert "яма" in found[0][1]["phrases"]
    assert found[2][1]["before"]["reason"] == "Указ"
    assert found[3][1]["before"] is None


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
    assert "Преглед на данните на подател" in found
    assert "<strong>Бележка</strong>" in found
    assert str(case.incoming_number) in found
    assert "Преглед" not in (await client.get("/staff/audit?to=2020-01-01")).text
    rows = list(csv.reader((await client.get("/staff/audit.csv")).text.splitlines()))
    assert [row[2] for row in rows] == ["action", "note", "looked"]
    assert (await actions(sessions))[0] == "audit_taken"
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
