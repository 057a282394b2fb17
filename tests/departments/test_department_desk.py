"""A department with an account: it reads what it was told and what became of the case, and nothing of the person."""

from datetime import timedelta

import pytest

from portal import audit, clock
from portal.cases import history
from portal.cases.model import Actor, Case, EventKind
from portal.db import Sessions, transaction
from portal.files import enclosures
from portal.files.uploads import Uploads
from portal.handling import assignment
from portal.municipality import Department
from portal.settings import Settings
from portal.staff.model import Role, Staff
from portal.tokens import Tokens
from tests.cast import PENKA, Client, employ, received, sign_in
from tests.files.test_documents import PDF

SECRET = "Подателят Иван Иванов, тел. 0888 999 888"


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    case, maria = await received(sessions, settings), await employ(sessions)
    async with transaction(sessions) as db:
        found, works = await db.get_one(Case, case.id), await db.get_one(Department, "works")
        await assignment.assign(db, found, works, by=maria, at=clock.now())
        for kind, by, text in (
            (EventKind.NOTE, maria, SECRET),
            (EventKind.CLARIFIED, Actor.SENDER, "Шахтата е пред № 12, питайте на 0888 765 432 Пенка Стоянова"),
            (EventKind.SENDER_WROTE, Actor.SENDER, "Обадете се на 0888 765 432 за шахтата"),
        ):
            await history.record(db, found, kind, at=clock.now(), by=by, text=text)
        said = {"department": "Осветление", "code": "lighting", "answer": "view", "text": "Видяхме стълба."}
        event = await history.record(
            db, found, EventKind.DEPARTMENT_ANSWERED, at=clock.now(), by=Actor.DEPARTMENT, **said
        )
        document = await enclosures.checked(PDF, "чуждо становище.pdf")
        enclosures.enclose(db, event, [await enclosures.keep(db, Uploads(settings.uploads), document)])
    return case


async def colleague(client: Client, sessions: Sessions) -> Staff:
    staff = await employ(sessions, "Петър от отдела", Role.DEPARTMENT, "works")
    await sign_in(client, sessions, staff)
    return staff


async def test_it_reads_no_notes_and_nothing_of_other_departments(
    client: Client, sessions: Sessions, case: Case
) -> None:
    await colleague(client, sessions)
    page = (await client.get(f"/staff/cases/{case.id}")).text
    for hidden in (SECRET, "0888 765 432", PENKA["name"], "Стоянова", "Видяхме стълба", "чуждо становище"):
        assert hidden not in page
    assert "Шахтата е пред № 12" in page
    assert "за шахтата" in page
    assert (await client.get(f"/staff/cases/{case.id}/files/1")).status_code == 404
    await sign_in(client, sessions, await employ(sessions, "Мария", Role.HEAD))
    assert SECRET in (await client.get(f"/staff/cases/{case.id}")).text
    assert (await client.get(f"/staff/cases/{case.id}/files/1")).status_code == 200


def test_every_kind_of_event_is_decided_about() -> None:
    """A new kind is none of a department's business until somebody has said so."""
    assert history.OF_DEPARTMENTS.isdisjoint(
        {EventKind.NOTE, EventKind.SUBMITTED, EventKind.ADDRESS_CORRECTED, EventKind.LINK_SENT, EventKind.WITHHELD}
    )


async def test_its_link_lives_as_the_session_and_ends_with_the_account(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    staff = await colleague(client, sessions)
    answered = await client.get(f"/staff/cases/{case.id}/answer")
    assert answered.status_code == 200
    path = answered.url.path
    old = Tokens(settings.secret).answer("works", clock.now() - timedelta(hours=13), staff.id)
    assert (await client.get(f"/answer/{old}/{case.id}")).status_code == 404
    others = Tokens(settings.secret).answer("lighting", clock.now(), staff.id)
    assert (await client.get(f"/answer/{others}")).status_code == 404
    await sign_in(client, sessions, await employ(sessions, "Админ", Role.ADMIN))
    await client.post(f"/staff/people/{staff.id}/deactivation")
    assert (await client.get(path)).status_code == 404


async def test_who_leaves_takes_no_link_of_the_mailbox_along(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    staff = await colleague(client, sessions)
    mailed = f"/answer/{Tokens(settings.secret).answer('works', clock.now() - timedelta(seconds=2))}/{case.id}"
    assert (await client.get(mailed)).status_code == 200
    await sign_in(client, sessions, await employ(sessions, "Админ", Role.ADMIN))
    await client.post(f"/staff/people/{staff.id}/deactivation")
    assert (await client.get(mailed)).status_code == 404


async def test_opening_the_link_is_noted_once_a_day_and_place(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    path = f"/answer/{Tokens(settings.secret).answer('works', clock.now())}"
    for _ in range(3):
        assert (await client.get(f"{path}/{case.id}", headers={"User-Agent": "Firefox"})).status_code == 200
    async with transaction(sessions) as db:
        opened = [one for one in await audit.entries(db, audit.Wanted()) if one.action == "answer_opened"]
    assert [(one.details["code"], one.details["browser"]) for one in opened] == [("works", "Firefox")]
