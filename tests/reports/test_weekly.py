"""The summary of the week: on its first working morning, once, whoever was down."""

import asyncio
from datetime import date, datetime, time

import pytest

from portal.cases.model import Case
from portal.clock import SOFIA
from portal.db import Sessions, connect, transaction
from portal.heartbeat import beat
from portal.jobs import chase_departments
from portal.replies import reply
from portal.reports import weekly
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import Post, employ, received


def at(day: date, hour: int = 8, minute: int = 30) -> datetime:
    return datetime.combine(day, time(hour, minute), SOFIA)


@pytest.fixture
async def begun(sessions: Sessions) -> None:
    """The count began in the week before."""
    async with transaction(sessions) as db:
        await beat(db, "weekly", at=at(date(2026, 6, 16)))


async def morning(sessions: Sessions, moment: datetime) -> bool:
    async with transaction(sessions) as db:
        return await weekly.weekly(db, at=moment)


@pytest.mark.usefixtures("begun")
async def test_it_counts_the_week_before(sessions: Sessions, settings: Settings, post: Post) -> None:
    maria = await employ(sessions)
    await employ(sessions, name="Елена", role=Role.HEAD)
    for number, day in enumerate((14, 15, 16, 21, 22)):
        moment = at(date(2026, 6, day), 0, 30)
        case = await received(sessions, settings, at=moment, draft=str(number), text=f"Дупка {number}")
        if day in {14, 16}:
            async with transaction(sessions) as db:
                mine = await db.get_one(Case, case.id)
                await reply.reply(db, mine, "Готово.", by=maria, at=at(date(2026, 6, 21), 23, 59))
    assert await morning(sessions, at(date(2026, 6, 22)))
    letters = [letter for letter in await post.deliver() if letter.event == "weekly"]
    assert [letter.to for letter in letters] == [maria.email]
    for told in ("Постъпили: 3", "отказ: 2", "Просрочени днес: 0", "отговора: 5 дни"):
        assert told in letters[0].text, told


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (at(date(2026, 6, 19)), False),  # Friday of the week that has been told of
        (at(date(2026, 6, 22), 8, 29), False),
        (at(date(2026, 6, 22), 8, 30), True),
        (at(date(2026, 6, 24), 17, 0), True),  # the worker was down
    ],
)
async def test_moment(sessions: Sessions, moment: datetime, written: bool) -> None:
    assert await morning(sessions, moment) is written
    assert await morning(sessions, moment) is False


async def test_first_look_only_begins(sessions: Sessions) -> None:
    assert await morning(sessions, at(date(2026, 6, 22))) is False


async def test_after_a_holiday_on_the_first_working_day(sessions: Sessions) -> None:
    """Easter Monday, 13 April 2026."""
    async with transaction(sessions) as db:
        await beat(db, "weekly", at=at(date(2026, 4, 7)))
    assert await morning(sessions, at(date(2026, 4, 13))) is False
    assert await morning(sessions, at(date(2026, 4, 14))) is True


@pytest.mark.usefixtures("begun")
async def test_five_workers_write_it_once(
    sessions: Sessions, settings: Settings, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await employ(sessions)
    monkeypatch.setattr("portal.clock.now", lambda: at(date(2026, 6, 22)))
    others = [connect(settings.database_url, pool_size=1) for _ in range(5)]
    await asyncio.gather(*(chase_departments(other, settings.municipality) for other in others))
    for other in others:
        await other.kw["bind"].dispose()
    assert [letter.event for letter in await post.deliver()] == ["weekly"]
