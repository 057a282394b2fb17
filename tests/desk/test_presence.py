"""Who else is at a case, and what they did to it since it was opened."""

import re
from datetime import timedelta

import pytest
from httpx import Response
from sqlalchemy import select, update

from portal import clock
from portal.audit import Entry
from portal.db import Sessions, transaction
from portal.desk import presence
from portal.desk.presence import Presence
from portal.settings import Settings
from portal.staff.model import Role, Staff, StaffSession
from tests.cast import HX, Client, employ, form_of, received, sign_in


@pytest.fixture
async def maria(sessions: Sessions) -> Staff:
    return await employ(sessions)


@pytest.fixture
async def georgi(sessions: Sessions) -> Staff:
    return await employ(sessions, "Георги Колев")


@pytest.fixture
async def case(client: Client, sessions: Sessions, settings: Settings, maria: Staff) -> str:
    """The address of a case, with Maria signed in."""
    case = await received(sessions, settings)
    await sign_in(client, sessions, maria)
    return f"/staff/cases/{case.id}"


def asks(page: Response) -> str:
    """Return the address that the page asks by itself."""
    found = re.search(r'hx-get="([^"]*/presence[^"]*)"', page.text)
    assert found
    return found[1].replace("&amp;", "&")


async def test_one_sees_the_other_look_and_write(
    client: Client, sessions: Sessions, case: str, maria: Staff, georgi: Staff
) -> None:
    alone = await client.get(case)
    assert (await client.get(asks(alone), headers=HX)).status_code == 204
    await sign_in(client, sessions, georgi)
    page = await client.get(case)
    assert "<strong>Мария Иванова</strong> гледа" in page.text
    await client.get(f"{case}/reply", headers=HX)
    await sign_in(client, sessions, maria)
    told = await client.get(asks(alone), headers=HX)
    assert told.text.lstrip().startswith('<div id="presence"')
    assert "<strong>Георги Колев</strong> пише отговор" in told.text
    assert (await client.get(asks(told), headers=HX)).status_code == 204


async def test_who_left_is_gone_after_a_minute_and_swept(
    client: Client, sessions: Sessions, case: str, georgi: Staff
) -> None:
    await client.get(case)
    async with transaction(sessions) as db:
        await db.execute(update(Presence).values(seen_at=clock.now() - timedelta(minutes=2)))
    await sign_in(client, sessions, georgi)
    assert "Мария Иванова</strong> гледа" not in (await client.get(case)).text
    async with transaction(sessions) as db:
        await presence.forget(db, at=clock.now())
        assert list(await db.scalars(select(Presence.staff_id))) == [georgi.id]


async def test_page_is_told_what_a_colleague_did_but_not_what_one_did_oneself(
    client: Client, sessions: Sessions, case: str, maria: Staff, georgi: Staff
) -> None:
    page = await client.get(case)
    form = form_of(await client.get(f"{case}/note", headers=HX))
    await client.post(f"{case}/note", data={**form, "text": "Моя бележка."})
    assert (await client.get(asks(page), headers=HX)).status_code == 204
    await sign_in(client, sessions, georgi)
    form = form_of(await client.get(f"{case}/assignment", headers=HX))
    await client.post(f"{case}/assignment", data={**form, "department": "works"}, headers=HX)
    await sign_in(client, sessions, maria)
    told = await client.get(asks(page), headers=HX)
    assert "Междувременно: Възлагане на отдел" in told.text
    assert "Георги Колев" in told.text
    assert 'class="note"' not in (await client.get(case)).text.split('id="presence"')[1].split("</div>")[0]


async def test_department_sees_no_colleagues(client: Client, sessions: Sessions, case: str) -> None:
    form = form_of(await client.get(f"{case}/assignment", headers=HX))
    await client.post(f"{case}/assignment", data={**form, "department": "works"}, headers=HX)
    await sign_in(client, sessions, await employ(sessions, "Стоян", Role.DEPARTMENT, "works"))
    assert 'id="presence"' not in (await client.get(case)).text
    assert (await client.get(f"{case}/presence")).status_code == 403


@pytest.mark.parametrize("asked", ["", "?loaded=x&shown=-1", f"?loaded={'9' * 40}", "?loaded=0&shown=0"])
async def test_any_question_is_answered(client: Client, case: str, asked: str) -> None:
    assert (await client.get(f"{case}/presence{asked}")).status_code in {200, 204}


async def test_page_that_asks_by_itself_keeps_no_session_alive_and_is_no_look_at_the_sender(
    client: Client, sessions: Sessions, case: str
) -> None:
    ago = clock.now() - timedelta(hours=2)
    async with transaction(sessions) as db:
        await db.execute(update(StaffSession).values(seen_at=ago))
    await client.get(f"{case}/presence")
    async with transaction(sessions) as db:
        assert await db.scalar(select(StaffSession.seen_at)) == ago
        assert await db.scalar(select(Entry.id).where(Entry.action == "looked")) is None
