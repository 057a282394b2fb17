"""Which cases are proposed as perhaps of the same thing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.cases import lookup, numbers
from portal.cases.model import Case, Publication
from portal.db import Sessions, transaction
from portal.handling import groups, withdrawal
from portal.handling.duplicates import similar
from portal.replies import reply
from portal.settings import Settings
from tests.cast import employ, received, reload

OTHERS = {
    "lamp": ("Лампата не свети", "Тъмно е пред входа на училището.", "ул. Иван Вазов 12", "lighting"),
    "bins": ("Кофите преливат", "Контейнерите не са вдигани от седмица.", "ул. Речна 40", "waste"),
    "dogs": ("Бездомни кучета", "Глутница кучета обикаля парка вечер.", "парк Аязмото", "roads"),
}


@pytest.fixture
async def hole(sessions: Sessions, settings: Settings) -> Case:
    """What is just being looked at, among others."""
    for draft, (title, said, place, topic) in OTHERS.items():
        await received(sessions, settings, draft=draft, title=title, text=said, place=place, topic=topic)
    return await received(sessions, settings, draft="hole")


async def found(sessions: Sessions, case: Case) -> list[int]:
    async with transaction(sessions) as db:
        return [row.id for row in await similar(db, await db.get_one(Case, case.id), at=clock.now())]


async def test_same_thing_in_other_words_is_found(sessions: Sessions, settings: Settings, hole: Case) -> None:
    again = await received(
        sessions, settings, draft="again", title="Яма", text="Има дълбока дупка на платното.", place="Речна до №5"
    )
    assert (await found(sessions, hole))[:1] == [again.id]
    assert (await found(sessions, again))[:1] == [hole.id]
    assert hole.id not in await found(sessions, hole)


async def test_private_ones_are_proposed_to_the_staff_too(sessions: Sessions, settings: Settings, hole: Case) -> None:
    secret = await received(sessions, settings, draft="secret", publication=Publication.PRIVATE)
    assert await found(sessions, hole) == [secret.id]


async def test_open_first_then_what_was_answered_lately(sessions: Sessions, settings: Settings, hole: Case) -> None:
    now, maria = clock.now(), await employ(sessions)
    lately, long_ago, gone = [await received(sessions, settings, draft=name) for name in ("lately", "long ago", "gone")]
    still = await received(sessions, settings, draft="open", title="Дупка", text="Кратер на Речна.", place="Речна")
    async with transaction(sessions) as db:
        for case, days in ((lately, 80), (long_ago, 100)):
            at = now - timedelta(days=days)
            await reply.reply(db, await db.get_one(Case, case.id), "Запълнена е.", by=maria, at=at)
        await withdrawal.withdraw(db, await db.get_one(Case, gone.id), at=now)
    assert await found(sessions, hole) == [still.id, lately.id]


async def test_of_a_group_its_lead_is_proposed_and_not_ones_own(
    sessions: Sessions, settings: Settings, hole: Case
) -> None:
    maria = await employ(sessions)
    lead, member, other = [await received(sessions, settings, draft=name) for name in ("lead", "member", "other")]
    async with transaction(sessions) as db:
        mine = await lookup.received(db, member.id, lead.id, lock=True)
        assert mine is not None
        await groups.group(db, mine, await db.get_one(Case, lead.id), by=maria, at=clock.now())
    assert sorted(await found(sessions, hole)) == [lead.id, other.id]
    assert sorted(await found(sessions, member)) == [hole.id, other.id]


async def test_reply_makes_no_likeness(sessions: Sessions, hole: Case) -> None:
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        for case in await db.scalars(select(Case).where(Case.id != hole.id)):
            await reply.reply(db, case, f"{hole.title} {hole.text} {hole.place}", by=maria, at=clock.now())
    assert await found(sessions, hole) == []


@pytest.mark.parametrize("text", ["!!! ???", "", "и на с", "12 34 56", "dupka na rechna", "Дупка " * 500])
async def test_any_text_is_answered(sessions: Sessions, settings: Settings, text: str) -> None:
    await received(sessions, settings, draft="one")
    await found(sessions, await received(sessions, settings, draft="other", title=text, text=text, place=text))


async def test_number_of_last_year_is_found_too(sessions: Sessions, settings: Settings) -> None:
    case = await reload(sessions, await received(sessions, settings, at=clock.now() - timedelta(days=366)))
    this_year = clock.today()
    async with transaction(sessions) as db:
        assert await numbers.find(db, str(case.incoming_number), on=this_year) == case.id
        assert await numbers.find(db, f"вх. № {case.incoming_seq}", on=this_year) == case.id
        assert await numbers.find(db, f"{case.incoming_seq}/1999", on=this_year) is None
        assert await numbers.find(db, "", on=this_year) is None
