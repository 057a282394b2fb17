"""Many cases at once: what is shown before, what is done, what is passed over, and what each letter says."""

import asyncio
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.cases.model import Actor, Case, Event, EventKind, Status
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.departments import reminders
from portal.handling import assignment, notes
from portal.mail import messages
from portal.mail.outbox import Email
from portal.municipality import Department
from portal.replies import reply
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import Client, Post, employ, received, reload, sign_in


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.fixture
async def cases(sessions: Sessions, settings: Settings) -> list[Case]:
    return [await received(sessions, settings, draft=f"{n}", title=f"Дупка {n}") for n in range(3)]


async def assign(sessions: Sessions, case: Case, by: Staff, department: str = "works") -> None:
    async with transaction(sessions) as db:
        to = await db.get_one(Department, department)
        await assignment.assign(db, await db.get_one(Case, case.id), to, by=by, at=clock.now())


async def note(sessions: Sessions, case: Case, by: Staff) -> None:
    async with transaction(sessions) as db:
        await notes.note(db, await db.get_one(Case, case.id), "Обадих се.", by=by, at=clock.now())


async def happened(sessions: Sessions, kind: EventKind) -> list[int]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Event.case_id).where(Event.kind == kind).order_by(Event.case_id)))


async def shown(client: Client, cases: list[Case], do: str, **more: str) -> tuple[str, dict[str, list[str]]]:
    """Open the preview; return it, and what its button sends."""
    page = (await client.get("/staff/bulk", params={"do": do, "case": [case.id for case in cases], **more})).text
    form: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page):
        form.setdefault(name, []).append(value)
    return page, form


async def test_assigns_as_it_was_shown(
    client: Client, sessions: Sessions, cases: list[Case], maria: Staff, post: Post
) -> None:
    await assign(sessions, cases[2], maria)
    page, form = await shown(client, cases, "assign", department="works")
    assert "Ще се изпълни за 2 преписки" in page
    assert "Подателят получава писмо." in page
    assert "1 преписка се пропуска" in page
    assert "Вече е на този отдел" in page
    assert await happened(sessions, EventKind.ASSIGNED) == [cases[2].id], "looking does nothing"
    answer = await client.post("/staff/bulk", data=form)
    assert "Възложени на отдел" in answer.text
    assert await happened(sessions, EventKind.ASSIGNED) == [case.id for case in cases]
    assert [one.event for one in await post.deliver()].count("assigned") == 3


@pytest.mark.usefixtures("maria")
async def test_double_tap_acts_once_and_reads_the_same_result(
    client: Client, sessions: Sessions, cases: list[Case]
) -> None:
    _, form = await shown(client, cases, "assign", department="works")
    answers = await asyncio.gather(*[client.post("/staff/bulk", data=form) for _ in range(3)])
    assert {answer.status_code for answer in answers} == {200}
    assert all("3 преписки." in answer.text for answer in answers)
    assert await happened(sessions, EventKind.ASSIGNED) == [case.id for case in cases]


@pytest.mark.usefixtures("maria")
async def test_what_changed_meanwhile_is_passed_over_and_said(
    client: Client, sessions: Sessions, cases: list[Case]
) -> None:
    _, form = await shown(client, cases, "assign", department="works")
    await note(sessions, cases[1], await employ(sessions, "Елена Димитрова"))
    answer = await client.post("/staff/bulk", data=form)
    assert ": 2 преписки." in answer.text
    assert "Пропуснати: 1." in answer.text
    assert await happened(sessions, EventKind.ASSIGNED) == [cases[0].id, cases[2].id]


async def test_closes_only_what_has_ended(
    client: Client, sessions: Sessions, cases: list[Case], maria: Staff, post: Post
) -> None:
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, cases[0].id), "Запълнена е.", by=maria, at=clock.now())
    page, form = await shown(client, cases, "close")
    assert "Приключва се само след отговор или препращане" in page
    assert "Приключени: 1 преписка." in (await client.post("/staff/bulk", data=form)).text
    assert (await reload(sessions, cases[0])).status is Status.CLOSED
    assert (await reload(sessions, cases[1])).status is Status.RECEIVED
    assert [one.event for one in await post.deliver()].count("closed") == 1


async def test_reminds_each_department_by_one_letter_and_once_a_day(
    client: Client, sessions: Sessions, cases: list[Case], maria: Staff, post: Post
) -> None:
    for case, department in zip(cases, ("works", "works", "lighting"), strict=True):
        await assign(sessions, case, maria, department)
    page, form = await shown(client, cases, "remind")
    assert "Ще се изпълни за 3 преписки" in page
    assert "Подателят не получава нищо." in page
    assert "Изпратено напомняне за 3 преписки." in (await client.post("/staff/bulk", data=form)).text
    letters = [one for one in await post.deliver() if one.event == "digest"]
    assert sorted(one.text.count("вх. №") for one in letters) == [1, 2]
    again, _ = await shown(client, cases, "remind")
    assert again.count("Днес вече е напомнено") == 3


async def test_ladder_does_not_repeat_what_was_said_by_hand(sessions: Sessions, settings: Settings) -> None:
    """On Friday at 8 by hand, at 8:30 comes the ladder, with the same step: it has been said."""
    maria = await employ(sessions)
    at = datetime(2026, 6, 5, 8, tzinfo=SOFIA)
    case = await received(sessions, settings, at=at - timedelta(days=4))
    async with transaction(sessions) as db:
        ours, works = await db.get_one(Case, case.id), await db.get_one(Department, "works")
        await assignment.assign(db, ours, works, by=maria, at=at)
        await reminders.daily(db, settings.municipality, at=at - timedelta(days=1))
    async with transaction(sessions) as db:
        ours, works = await db.get_one(Case, case.id), await db.get_one(Department, "works")
        await reminders.remind_now(db, [(ours, works)], by=maria, at=at)
    async with transaction(sessions) as db:
        await reminders.daily(db, settings.municipality, at=at + timedelta(hours=1))
        by_system = select(func.count()).where(Event.kind == EventKind.DEPARTMENT_REMINDED, Event.actor == Actor.SYSTEM)
        assert await db.scalar(by_system) == 0


async def test_reminder_by_hand_is_a_letter_beside_the_mornings(sessions: Sessions, settings: Settings) -> None:
    ours, late = [await received(sessions, settings, draft=f"{n}") for n in range(2)]
    maria, at = await employ(sessions), clock.now()
    async with transaction(sessions) as db:
        works = await db.get_one(Department, "works")
        for _ in range(2):  # the morning's is one, whoever writes it
            await messages.digest(db, works, [], at=at)
        await reminders.remind_now(db, [(await db.get_one(Case, ours.id), works)], by=maria, at=at)
    async with transaction(sessions) as db:
        case, works = await db.get_one(Case, late.id), await db.get_one(Department, "works")
        await reminders.remind_now(db, [(case, works)], by=maria, at=at + timedelta(minutes=1))
        assert await db.scalar(select(func.count()).where(Email.message == "digest")) == 3


@pytest.mark.usefixtures("maria")
async def test_nothing_ticked_or_chosen_is_asked_for(client: Client, cases: list[Case]) -> None:
    one = str(cases[0].id)
    for asked, said in (
        ({"do": "close"}, "Отбележете поне една преписка"),
        ({"case": one}, "Изберете действие"),
        ({"case": one, "do": "assign"}, "Изберете отдел"),
        ({"case": one, "do": "assign", "department": "ъ\x00"}, "Изберете отдел"),
        ({"case": "x-y", "do": "\x00", "back": "?queue=\x00&page=-1"}, "Отбележете"),
    ):
        for answer in (await client.get("/staff/bulk", params=asked), await client.post("/staff/bulk", data=asked)):
            assert answer.status_code == 422, asked
            assert said in answer.text, asked
    for strange in ("999999999999999999", "0", "-1", "1-999999999999999999"):
        assert (await client.get(f"/staff/bulk?do=close&case={strange}")).status_code in {200, 422}
        assert (await client.get(f"/staff/bulk/result?do=close&case={strange}")).status_code == 200


@pytest.mark.usefixtures("maria")
async def test_way_back_leads_nowhere_else(client: Client, cases: list[Case]) -> None:
    back = "?queue=new&kind=signal&next=https://elsewhere.example"
    page, _ = await shown(client, cases, "assign", department="works", back=back)
    assert '/staff?queue=new&amp;kind=signal"' in page
    assert "elsewhere" not in page
