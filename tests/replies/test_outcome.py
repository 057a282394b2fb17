"""The two links under a reply, by which its sender says whether the matter is settled."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.cases.model import Case, Event, EventKind, Status
from portal.db import Sessions, transaction
from portal.replies import reply
from portal.settings import Settings
from tests.cast import Client, Post, employ, received, reload, sign_in


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    """Answered."""
    case, maria = await received(sessions, settings), await employ(sessions)
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), "Запълнена е.", by=maria, at=clock.now())
    return case


@pytest.fixture
async def links(case: Case, post: Post) -> tuple[str, str]:
    """As Penka presses them in the reply."""
    _ = case
    reply = (await post.deliver())[-1].text
    yes, no = (re.search(rf"http://[^/\s]+(/track/\S+/{end})\b", reply) for end in ("resolved", "reopening"))
    assert yes
    assert no
    return yes[1], no[1]


async def said(sessions: Sessions, kind: EventKind) -> int:
    async with transaction(sessions) as db:
        return len(list(await db.scalars(select(Event).where(Event.kind == kind))))


async def test_yes_is_a_button_and_is_said_once(
    client: Client, sessions: Sessions, case: Case, links: tuple[str, str]
) -> None:
    yes, _ = links
    for _ in range(2):
        assert "Да, решен е</button>" in (await client.get(yes)).text
    assert await said(sessions, EventKind.RESOLVED) == 0, "a mail scanner follows every link"
    for _ in range(2):
        assert "Благодарим Ви" in (await client.post(yes)).text
    assert await said(sessions, EventKind.RESOLVED) == 1
    assert (await reload(sessions, case)).status is Status.ANSWERED
    await sign_in(client, sessions, await employ(sessions, name="Георги Иванов Петров"))
    assert "Според подателя въпросът е решен" in (await client.get(f"/staff/cases/{case.id}")).text
    public = await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")
    assert "Според подателя" not in public.text


async def test_no_leads_to_the_form_and_reopens_once(
    client: Client, sessions: Sessions, case: Case, links: tuple[str, str]
) -> None:
    yes, no = links
    assert "Какво не е изпълнено" in (await client.get(no)).text
    assert (await client.post(no, data={"reason": ""})).status_code == 422
    for _ in range(2):
        await client.post(no, data={"reason": "Дупката пак се отвори."})
    assert await said(sessions, EventKind.REOPENED) == 1
    assert (await reload(sessions, case)).status is Status.RECEIVED
    assert "се разглежда" in (await client.get(no)).text
    await client.post(yes)
    assert await said(sessions, EventKind.RESOLVED) == 0, "it is open again"


async def test_after_thirty_days_it_says_so(
    client: Client, sessions: Sessions, case: Case, links: tuple[str, str]
) -> None:
    _ = case
    async with transaction(sessions) as db:
        await db.execute(update(Event).values(at=Event.at - timedelta(days=31)))
    page = await client.get(links[1])
    assert "Минаха 30 дни" in page.text
    assert "<form" not in page.text.split("<main")[1].split("</main")[0]


async def test_forged_link_is_not_found(client: Client) -> None:
    for end in ("resolved", "reopening"):
        assert (await client.get(f"/track/forged/{end}")).status_code == 404
        assert (await client.post(f"/track/forged/{end}", data={"reason": "x"})).status_code == 404
