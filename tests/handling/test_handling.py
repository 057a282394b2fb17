"""What is done with a received case."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.cases import history
from portal.cases.model import Case, EventKind, Extension, Status
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.handling import assignment, closure, due_date, withdrawal
from portal.municipality import Department
from portal.replies import reply
from portal.settings import Settings
from tests.cast import Post, employ, received, reload

MONDAY = datetime(2020, 3, 9, 12, 45, tzinfo=SOFIA)


async def test_assigning_tells_the_sender_once(sessions: Sessions, settings: Settings, post: Post) -> None:
    case = await received(sessions, settings)
    staff = await employ(sessions)
    for _ in range(2):
        async with transaction(sessions) as db:
            department = await db.get_one(Department, "works")
            await assignment.assign(db, await db.get_one(Case, case.id), department, by=staff, at=clock.now())
    assert (await reload(sessions, case)).status is Status.ASSIGNED
    letters = await post.deliver()
    assert [letter.event for letter in letters] == ["please_confirm", "received", "assigned"]
    assert "Строителство и благоустройство" in letters[-1].subject


async def test_extension_is_derived_told_and_never_overwritten(
    sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings, at=MONDAY)
    staff = await employ(sessions)
    for until, reason in ((date(2020, 4, 5), "нужен е оглед"), (date(2020, 4, 10), "чакаме становище")):
        async with transaction(sessions) as db:
            mine = await db.get_one(Case, case.id)
            await due_date.extend(db, mine, until, reason, by=staff, at=MONDAY + timedelta(days=3))
    case = await reload(sessions, case)
    assert case.first_due_on == date(2020, 3, 23)
    assert case.due_on == date(2020, 4, 10)
    async with transaction(sessions) as db:
        assert len(list(await db.scalars(select(Extension.days)))) == 2
        newest, first = await history.events(db, case, {EventKind.EXTENDED})
    # The first day asked for is a Sunday: it moved to Monday, and the second counts from there.
    assert (first.details["old_due_on"], first.details["due_on"]) == ("2020-03-23", "2020-04-06")
    assert (newest.details["old_due_on"], newest.details["due_on"]) == ("2020-04-06", "2020-04-10")
    assert "чакаме становище" in (await post.deliver())[-1].text


@pytest.mark.parametrize(
    ("until", "after", "why"),
    [
        (date(2020, 3, 23), timedelta(days=3), "след сегашния срок"),
        (date(2020, 3, 1), timedelta(days=3), "след сегашния срок"),
        (date(2020, 4, 23), timedelta(days=20), "вече изтече"),
        (date(2020, 6, 10), timedelta(days=3), "По закон"),
    ],
)
async def test_extension_that_may_not_be(
    sessions: Sessions, settings: Settings, until: date, after: timedelta, why: str
) -> None:
    case = await received(sessions, settings, at=MONDAY)
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        mine = await db.get_one(Case, case.id)
        with pytest.raises(due_date.CannotExtend, match=why):
            await due_date.extend(db, mine, until, "причина", by=staff, at=MONDAY + after)


async def test_corrected_reply_is_a_second_version(sessions: Sessions, settings: Settings, post: Post) -> None:
    case = await received(sessions, settings)
    staff = await employ(sessions)
    for text in ("Ще бъде запълнена.", "Ще бъде запълнена.", "Запълнена е днес."):
        async with transaction(sessions) as db:
            await reply.reply(db, await db.get_one(Case, case.id), text, by=staff, at=clock.now())
    case = await reload(sessions, case)
    assert (case.status, case.reply) == (Status.ANSWERED, "Запълнена е днес.")
    async with transaction(sessions) as db:
        versions = [event.details["text"] for event in await history.events(db, case, {EventKind.REPLIED})]
    assert versions == ["Запълнена е днес.", "Ще бъде запълнена."]
    subjects = [letter.subject for letter in await post.deliver()]
    assert subjects[-2].endswith("– отговор")
    assert subjects[-1].endswith("– поправен отговор")


async def test_withdrawn_once_and_only_before_the_reply(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    for _ in range(2):
        async with transaction(sessions) as db:
            await withdrawal.withdraw(db, await db.get_one(Case, case.id), at=clock.now())
    async with transaction(sessions) as db:
        assert len(await history.events(db, case, {EventKind.WITHDRAWN})) == 1


async def test_closed_fourteen_days_after_the_reply(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings, at=MONDAY)
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), "Запълнена е.", by=staff, at=MONDAY)
    for days, closed in ((13, 0), (15, 1), (16, 0)):
        async with transaction(sessions) as db:
            assert await closure.close_answered(db, at=MONDAY + timedelta(days=days)) == closed
    assert (await reload(sessions, case)).status is Status.CLOSED
