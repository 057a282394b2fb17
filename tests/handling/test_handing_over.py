"""What points at a department or a colleague switched off: it is said, asked where to, and never lost from sight."""

from datetime import datetime

import pytest
from sqlalchemy import select

from portal import clock
from portal.cases.deadlines import Calendar
from portal.cases.model import Case
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.departments import reminders
from portal.desk import bulk, worklist
from portal.desk.bulk import BulkAction, Deed
from portal.desk.worklist import Queue, Wanted
from portal.handling import assignment, notes
from portal.mail.outbox import Email
from portal.municipality import Department, Topic
from portal.settings import Settings
from portal.staff.model import Role, Staff
from tests.cast import Client, employ, form_of, received, reload, sign_in

CLOSED = {"name": "Улично осветление", "email": "lighting@stanimaka.example", "works": "0"}
ADDRESS = "/staff/settings/department?code=lighting"


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.fixture
async def case(sessions: Sessions, settings: Settings, maria: Staff) -> Case:
    """With the department of the lighting."""
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        lighting = await db.get_one(Department, "lighting")
        await assignment.assign(db, await db.get_one(Case, case.id), lighting, by=maria, at=clock.now())
    return case


async def close(sessions: Sessions, code: str = "lighting") -> None:
    async with transaction(sessions) as db:
        (await db.get_one(Department, code)).is_active = False


async def is_closed(sessions: Sessions) -> bool:
    async with transaction(sessions) as db:
        return not (await db.get_one(Department, "lighting")).is_active


async def written(sessions: Sessions, message: str) -> int:
    async with transaction(sessions) as db:
        return len(list(await db.scalars(select(Email.id).where(Email.message == message))))


async def test_closing_says_what_is_left_and_asks_where_to(client: Client, sessions: Sessions, case: Case) -> None:
    shown = await client.post(ADDRESS, data=CLOSED)
    assert "1 отворена преписка е при него" in shown.text
    assert "1 подател получава писмо" in shown.text
    assert not await is_closed(sessions)
    undecided = await client.post(ADDRESS, data=form_of(shown))
    assert "Кой отдел ги поема" in undecided.text
    assert not await is_closed(sessions)
    await client.post(ADDRESS, data={**form_of(shown), "to": "works"})
    assert await is_closed(sessions)
    assert (await reload(sessions, case)).department_code == "works"
    assert await written(sessions, "assigned") == 2
    async with transaction(sessions) as db:
        assert list(await db.scalars(select(Topic.code).where(Topic.department_code == "lighting"))) == []


async def test_what_was_shown_is_what_is_moved(
    client: Client, sessions: Sessions, settings: Settings, case: Case, maria: Staff
) -> None:
    form = form_of(await client.post(ADDRESS, data=CLOSED))
    other = await received(sessions, settings, draft="other")
    async with transaction(sessions) as db:
        lighting = await db.get_one(Department, "lighting")
        await assignment.assign(db, await db.get_one(Case, other.id), lighting, by=maria, at=clock.now())
    again = await client.post(ADDRESS, data={**form, "to": "works"})
    assert "Прегледайте отново" in again.text
    assert (await reload(sessions, case)).department_code == "lighting"


@pytest.mark.usefixtures("maria")
async def test_department_that_nothing_points_at_is_closed_at_once(client: Client, sessions: Sessions) -> None:
    async with transaction(sessions) as db:
        for topic in await db.scalars(select(Topic).where(Topic.department_code == "lighting")):
            topic.department_code = None
    await client.post(ADDRESS, data=CLOSED)
    assert await is_closed(sessions)


async def test_what_stays_is_in_a_queue_and_found_by_the_filter(client: Client, sessions: Sessions, case: Case) -> None:
    assert "При закрит отдел" not in (await client.get("/staff")).text
    form = form_of(await client.post(ADDRESS, data=CLOSED))
    await client.post(ADDRESS, data={**form, "to": "-"})
    assert (await reload(sessions, case)).department_code == "lighting"
    assert "При закрит отдел" in (await client.get("/staff")).text
    assert case.title in (await client.get("/staff?queue=department_closed")).text
    assert "Закрит отдел" in (await client.get("/staff")).text
    filtered = (await client.get("/staff?department=lighting")).text
    assert "Улично осветление (закрит)" in filtered
    assert case.title in filtered
    assert case.title not in (await client.get("/staff?department=works")).text
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert "Отделът е закрит" in page
    assert '<option value="lighting"' not in (await client.get(f"/staff/cases/{case.id}/assignment")).text


async def test_closed_department_is_offered_for_no_assignment(client: Client, sessions: Sessions, case: Case) -> None:
    await close(sessions)
    page = (await client.get("/staff")).text
    assert '<option value="lighting">Улично осветление</option>' not in page
    answer = await client.post("/staff/bulk", data={"do": "assign", "department": "lighting", "case": f"{case.id}-0"})
    assert answer.status_code == 422


async def test_queue_is_empty_while_every_department_works(sessions: Sessions, case: Case, maria: Staff) -> None:
    async with transaction(sessions) as db:
        wanted = Wanted(queue=Queue.DEPARTMENT_CLOSED)
        assert not (await worklist.page(db, maria, wanted, 1, on=clock.today())).rows
    await close(sessions)
    async with transaction(sessions) as db:
        found = await worklist.page(db, maria, wanted, 1, on=clock.today())
        assert [row.id for row in found.rows] == [case.id]
        assert (await worklist.counts(db, maria, on=clock.today()))[Queue.DEPARTMENT_CLOSED] == 1


@pytest.mark.usefixtures("case")
async def test_closed_department_gets_no_digest(sessions: Sessions, settings: Settings) -> None:
    async def morning() -> None:
        async with transaction(sessions) as db:
            at = datetime(2026, 12, 1, 9, tzinfo=SOFIA)
            await reminders._chase(db, settings.municipality, Calendar(), at=at)

    await close(sessions)
    await morning()
    assert await written(sessions, "digest") == 0
    async with transaction(sessions) as db:
        (await db.get_one(Department, "lighting")).is_active = True
    await morning()
    assert await written(sessions, "digest") == 1


async def test_nobody_reminds_it_by_hand(sessions: Sessions, case: Case, maria: Staff) -> None:
    await close(sessions)
    async with transaction(sessions) as db:
        lines = await bulk.plan(db, maria, BulkAction(Deed.REMIND, None), [case.id], at=clock.now())
        assert [line.why_not for line in lines] == ["Отдел „Улично осветление“ е закрит: възложете на друг"]


@pytest.fixture
async def hers(client: Client, sessions: Sessions, settings: Settings) -> tuple[Staff, Case]:
    """Elena, who has a case in hands, and whom an administrator can shut out."""
    elena = await employ(sessions, name="Елена Димитрова")
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        await notes.note(db, await db.get_one(Case, case.id), "Обадих се.", by=elena, at=clock.now())
    await sign_in(client, sessions, await employ(sessions, name="Администратор", role=Role.ADMIN))
    return elena, case


async def works(sessions: Sessions, person: Staff) -> bool:
    async with transaction(sessions) as db:
        return (await db.get_one(Staff, person.id)).is_active


async def test_who_leaves_hands_over(client: Client, sessions: Sessions, hers: tuple[Staff, Case]) -> None:
    elena, case = hers
    petar = await employ(sessions, name="Петър Петров Петров")
    address = f"/staff/people/{elena.id}/deactivation"
    assert "1 отворена преписка е" in (await client.post(address)).text
    assert await works(sessions, elena)
    assert "Кой ги поема" in (await client.post(address, data={"to": str(elena.id)})).text
    await client.post(address, data={"to": str(petar.id)})
    assert not await works(sessions, elena)
    assert (await reload(sessions, case)).in_hands_of == petar.id
    assert "Предадени преписки" in (await client.get("/staff/audit")).text


async def test_what_stays_with_who_left_is_found_by_the_filter(
    client: Client, sessions: Sessions, settings: Settings, hers: tuple[Staff, Case]
) -> None:
    elena, case = hers
    other = await received(sessions, settings, draft="other", title="Друга преписка")
    await client.post(f"/staff/people/{elena.id}/deactivation", data={"to": "stay"})
    assert not await works(sessions, elena)
    page = (await client.get(f"/staff?hands={elena.id}")).text
    assert "Елена Димитрова (спрян достъп)" in page
    assert case.title in page
    assert other.title not in page


async def test_who_has_nothing_in_hands_leaves_at_once(
    client: Client, sessions: Sessions, hers: tuple[Staff, Case]
) -> None:
    elena, case = hers
    async with transaction(sessions) as db:
        (await db.get_one(Case, case.id)).in_hands_of = None
    await client.post(f"/staff/people/{elena.id}/deactivation")
    assert not await works(sessions, elena)
