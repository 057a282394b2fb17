"""Several actions of the staff within minutes: one letter, in the order of what happened."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.cases.model import Case, Publication
from portal.db import Sessions, transaction
from portal.handling import assignment, due_date
from portal.jobs import Work
from portal.mail import claims, outbox
from portal.mail.letters import Letters
from portal.mail.outbox import Email
from portal.mail.samples import TOLD, told
from portal.mail.samples import case as sample_case
from portal.municipality import Department
from portal.publishing import publication
from portal.replies import reply
from portal.settings import Pace, Settings
from portal.staff.model import Staff
from tests.cast import Post, employ, received

WAIT = timedelta(minutes=2)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, pace=Pace(gather=WAIT))


@pytest.fixture
async def maria(sessions: Sessions) -> Staff:
    return await employ(sessions)


@pytest.fixture
async def case(sessions: Sessions, settings: Settings, post: Post) -> Case:
    """Received, and its sender knows."""
    case = await received(sessions, settings)
    assert len(await post.deliver()) == 2
    return case


async def assign(sessions: Sessions, case: Case, by: Staff, to: str = "works") -> None:
    async with transaction(sessions) as db:
        mine = await db.get_one(Case, case.id)
        await assignment.assign(db, mine, await db.get_one(Department, to), by=by, at=clock.now())


async def extend(sessions: Sessions, case: Case, by: Staff) -> date:
    async with transaction(sessions) as db:
        mine = await db.get_one(Case, case.id)
        assert mine.due_on
        await due_date.extend(
            db, mine, mine.due_on + timedelta(days=7), "Нужен е оглед & мерене.", by=by, at=clock.now()
        )
        return mine.due_on


async def reply_to(sessions: Sessions, case: Case, by: Staff) -> None:
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), "Запълнена е.", by=by, at=clock.now())


async def let_pass(sessions: Sessions, time: timedelta) -> None:
    async with transaction(sessions) as db:
        await db.execute(update(Email).values(not_before=Email.not_before - time))


async def states(sessions: Sessions) -> list[tuple[str, str]]:
    async with transaction(sessions) as db:
        return [(one.message, one.state) for one in await db.scalars(select(Email).order_by(Email.id))][2:]


async def test_assigned_and_extended_within_minutes_it_is_one_letter(
    sessions: Sessions, case: Case, maria: Staff, post: Post
) -> None:
    await assign(sessions, case, maria)
    due_on = await extend(sessions, case, maria)
    assert len(await post.deliver()) == 2, "it waits for more"
    await let_pass(sessions, WAIT)
    _, _, letter = await post.deliver()
    assert letter.subject.endswith("и още 1 промяна")
    assert letter.text.count("Здравейте") == 1
    assert letter.text.index("е възложен") < letter.text.index(f"до {due_on:%-d.%-m.%Y}"[:5])
    assert "оглед & мерене" in letter.text
    assert letter.text.count("/track/") == 1
    assert await states(sessions) == [("assigned", "accepted"), ("extended", "accepted")]


async def test_reply_goes_at_once_and_takes_along_what_waited(
    sessions: Sessions, case: Case, maria: Staff, post: Post
) -> None:
    await assign(sessions, case, maria)
    await reply_to(sessions, case, maria)
    await assign(sessions, case, maria, to="lighting")
    _, _, letter = await post.deliver()
    assert letter.event == "replied"
    assert letter.text.index("е възложен") < letter.text.index("Запълнена е.")
    assert await states(sessions) == [("assigned", "accepted"), ("replied", "accepted"), ("assigned", "queued")]
    await let_pass(sessions, WAIT)
    assert len(await post.deliver()) == 4


async def test_what_another_worker_has_in_hand_is_not_overtaken(
    sessions: Sessions, case: Case, maria: Staff, post: Post
) -> None:
    await assign(sessions, case, maria)
    await let_pass(sessions, WAIT)
    async with transaction(sessions) as db:
        await db.execute(update(Email).where(Email.message == "assigned").values(
            state="sending", lease_until=clock.now() + WAIT, claims=1
        ))  # fmt: skip
    await reply_to(sessions, case, maria)
    assert len(await post.deliver()) == 2
    async with transaction(sessions) as db:
        await db.execute(update(Email).where(Email.message == "assigned").values(lease_until=clock.now() - WAIT))
    assert [letter.event for letter in await post.deliver()][2:] == ["assigned", "replied"]


async def test_letter_that_failed_is_one_line_and_is_sent_again_whole(
    sessions: Sessions, settings: Settings, case: Case, maria: Staff, post: Post
) -> None:
    await assign(sessions, case, maria)
    await reply_to(sessions, case, maria)
    async with transaction(sessions) as db:
        claimed = await claims.claim(db, at=clock.now(), pace=settings.pace)
        assert claimed is not None
        await outbox.refused(db, claimed, "550 няма такава кутия", for_good=True, at=clock.now())
    assert await states(sessions) == [("assigned", "failed"), ("replied", "failed")]
    async with transaction(sessions) as db:
        (one,) = await outbox.failed(db)
        await outbox.send_again(db, one, "penka.nova@example.bg", at=clock.now())
    letter = (await post.deliver())[-1]
    assert letter.to == "penka.nova@example.bg"
    assert "е възложен" in letter.text
    assert "Запълнена е." in letter.text


async def test_what_the_sender_does_waits_for_nothing(sessions: Sessions, case: Case, post: Post) -> None:
    async with transaction(sessions) as db:
        await publication.choose(db, await db.get_one(Case, case.id), Publication.PRIVATE, at=clock.now())
    assert len(await post.deliver()) == 3


async def test_without_the_wait_it_is_a_letter_each(
    sessions: Sessions, settings: Settings, case: Case, maria: Staff, post: Post
) -> None:
    await assign(sessions, case, maria)
    await extend(sessions, case, maria)
    post.work = Work(replace(settings, pace=Pace()), sessions)
    assert [letter.event for letter in await post.deliver()][2:] == ["assigned", "extended"]


@pytest.mark.parametrize("message", sorted({*TOLD} - {"please_confirm", "confirm_reminder", "received"}))
def test_every_letter_tells_what_it_takes_along(settings: Settings, message: str) -> None:
    """But those that nothing of the staff can come before."""
    now = clock.now()
    email, event = told(message, at=now)
    also, assigned = told("assigned", at=now)
    also.id = 1
    assigned.details = {"department": "Водоснабдяване", "due_on": "2026-06-29"}
    letter = Letters(settings).letter(email, event, sample_case(at=now), [(also, assigned)])
    for form in ("plain", "html"):
        part = letter.get_body((form,))
        assert part is not None
        assert part.get_content().count("Водоснабдяване") == 1
