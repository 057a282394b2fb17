"""How a due date came about, told to the staff and to the public; the law's clock, told to the staff alone."""

from datetime import datetime

import pytest

from portal import clock
from portal.cases import deadlines
from portal.cases.model import Case, Kind
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.handling import due_date
from portal.settings import Settings
from tests.cast import HX, Client, Post, employ, form_of, link, received, sign_in


@pytest.fixture
async def case(client: Client, sessions: Sessions, settings: Settings) -> Case:
    """Of 3 April 2020, two weeks before Easter, extended to a Saturday; Maria is signed in."""
    at, maria = datetime(2020, 4, 3, 10, tzinfo=SOFIA), await employ(sessions)
    case = await received(sessions, settings, at=at)
    async with transaction(sessions) as db:
        case = await db.get_one(Case, case.id)
        until = datetime(2020, 5, 2, tzinfo=SOFIA).date()
        await due_date.extend(db, case, until, "Нужен е оглед.", by=maria, at=at)
    await sign_in(client, sessions, maria)
    return case


async def test_staff_read_how_it_was_counted(client: Client, case: Case) -> None:
    page = " ".join((await client.get(f"/staff/cases/{case.id}")).text.split())
    assert "14 дни от 03.04.2020 г. (денят на постъпването не се брои): 17.04.2020 г." in page
    assert "затова срокът е до първия работен ден след това: 21.04.2020 г." in page
    assert "11 дни след 21.04.2020 г.: 02.05.2020 г. 02.05.2020 г. е събота" in page


async def test_public_and_sender_read_how_it_was_extended(client: Client, case: Case, post: Post) -> None:
    letters = await post.deliver()
    told = "Срокът е по-дълъг с 13 дни: 02.05.2020 г. е неработен ден, затова срокът е до първия работен ден след това."
    for path in (f"/register/{case.incoming_year}/{case.incoming_seq}", link(letters[-1], "track")):
        page = (await client.get(path)).text
        assert told in page
        assert "Нужен е оглед." in page
        assert "Срокове по закон" not in page


async def test_nothing_is_told_that_is_not_so(sessions: Sessions, case: Case) -> None:
    """The municipality answers in seven days from now on: what was promised by another rule is not explained by it."""
    async with transaction(sessions) as db:
        case = await db.get_one(Case, case.id)
        assert len(await deadlines.how_counted(db, case, 14)) == 2
        assert await deadlines.how_counted(db, case, 7) == []


async def test_law_has_its_clock_and_a_reply_stops_it(client: Client, sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert "чл. 112 от АПК" in page
    assert "чл. 121 от АПК" in page
    path = f"/staff/cases/{case.id}/reply"
    data = {**form_of(await client.get(path, headers=HX)), "text": "Дупката е запълнена."}
    saved = (await client.post(path, data=data, headers=HX)).text
    assert f"изпълнено на {clock.today():%d.%m.%Y}" in saved.split('id="clock"')[1]


async def test_question_has_the_promised_term_alone(client: Client, sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings, kind=Kind.QUESTION)
    await sign_in(client, sessions, await employ(sessions))
    assert "За въпрос законът не определя срок" in (await client.get(f"/staff/cases/{case.id}")).text
