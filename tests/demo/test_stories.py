"""What can be seen in the demonstration: each state that a page knows, in a history that could have been."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from portal import demo
from portal.cases import deadlines
from portal.cases.follower import Follower
from portal.cases.model import Case, Channel, Event, EventKind, Publication, PublicationState, Status
from portal.clock import SOFIA, local_date
from portal.db import connect
from portal.demo import filling
from portal.departments.answers import Answer
from portal.desk import worklist
from portal.desk.saved_filters import SavedFilter
from portal.desk.worklist import Queue
from portal.files.attachments import Attachment, PictureState
from portal.files.enclosures import Enclosure
from portal.intake import confirmation
from portal.intake.incoming_mail import IncomingMail, Outcome
from portal.intake.submission import submit
from portal.languages import Language
from portal.mail.outbox import Email
from portal.replies.drafts import ReplyDraft
from portal.replies.templates import ReplyTemplate
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import submission_of_penka
from tests.demo.conftest import AS_OF, filled

NEVER = {EventKind.OVERDUE}
"""It is told to the senders of cases that came through this portal: those of the demonstration are two days old."""


async def test_every_state_that_a_page_knows(db: AsyncSession) -> None:
    assert set(await db.scalars(select(Case.status))) == set(Status)
    assert set(await db.scalars(select(Case.channel))) == set(Channel)
    assert set(await db.scalars(select(Case.publication_state))) == set(PublicationState)
    assert set(await db.scalars(select(Event.kind))) == set(EventKind) - NEVER
    assert set(await db.scalars(select(Attachment.state))) == set(PictureState)
    assert set(await db.scalars(select(IncomingMail.outcome))) >= {Outcome.BOUNCED, Outcome.ENTRY, Outcome.UNKNOWN}
    answered = await db.scalars(select(Event).where(Event.kind == EventKind.DEPARTMENT_ANSWERED))
    assert {event.details["answer"] for event in answered} == set(Answer)


async def test_every_queue_of_the_desk_has_something(db: AsyncSession) -> None:
    maria = (await db.scalars(select(Staff).where(Staff.email == demo.OPERATOR))).one()
    counts = await worklist.counts(db, maria, on=AS_OF)
    assert [queue for queue, number in counts.items() if not number] == [Queue.DEPARTMENT_CLOSED]  # all work
    assert counts[Queue.OVERDUE] < counts[Queue.OPEN] / 3


SEEN: dict[str, Select[Any]] = {
    "a picture with black boxes": select(Attachment).where(func.jsonb_array_length(Attachment.boxes) > 0),
    "a department's file": select(Enclosure).where(Enclosure.media_type == "application/pdf"),
    "a group": select(Case).where(Case.lead_id.is_not(None)),
    "redacted words": select(Case).where(Case.public_text.is_not(None)),
    "a private case": select(Case).where(Case.publication == Publication.PRIVATE, Case.channel == Channel.PORTAL),
    "an address that fails": select(Case).where(Case.address_fails.is_not(None)),
    "a case in English": select(Case).where(Case.language == Language.ENGLISH),
    "an extended term": select(Case).where(Case.due_on > Case.first_due_on, Case.channel == Channel.LETTER),
    "a returned letter": select(Email).where(Email.state == "bounced"),
    "a digest": select(Email).where(Email.message == "digest"),
    "a letter to the secretary": select(Email).where(Email.message == "escalation"),
    "a corrected reply": select(Event).where(Event.kind == EventKind.REPLIED, Event.details["correction"].as_boolean()),
    "a follower": select(Follower).where(Follower.confirmed_at.is_not(None)),
    "a reply being written": select(ReplyDraft),
    "a template of replies": select(ReplyTemplate),
    "a saved filter": select(SavedFilter),
}


async def test_each_can_be_seen(db: AsyncSession) -> None:
    assert [what for what, found in SEEN.items() if (await db.execute(found)).first() is None] == []


async def test_a_department_has_cases_that_wait_for_the_next_digest(db: AsyncSession) -> None:
    reminded = select(Event.id).where(Event.case_id == Case.id, Event.kind == EventKind.DEPARTMENT_REMINDED).exists()
    waiting = select(Case.department_code).where(Case.status == Status.ASSIGNED, ~reminded)
    assert set(await db.scalars(waiting))


async def test_imported_cases_have_sent_nothing(db: AsyncSession) -> None:
    """But what has been done to them since: two are reopened by their senders."""
    of_imported = select(Email.message).join(Case).where(Case.channel == Channel.IMPORT)
    assert sorted(await db.scalars(of_imported)) == ["reopened", "reopened"]


async def test_next_case_gets_the_next_number(db: AsyncSession, demonstration: Settings) -> None:
    newest = await newest_case(db)
    assert newest.incoming_seq is not None
    at = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 9, tzinfo=SOFIA)
    for n in (1, 2):
        case = await submit(db, submission_of_penka(f"another {n}", email=f"new{n}@example.bg"), at=at)
        await confirmation.confirm(db, case.id, demonstration.municipality, at=at)
        assert (case.incoming_year, case.incoming_seq) == (AS_OF.year, newest.incoming_seq + n)


async def test_history_could_have_been(db: AsyncSession) -> None:
    await assert_could_have_been(db, AS_OF)


async def test_about_new_year_the_count_begins_anew(settings: Settings) -> None:
    as_of = date(2027, 1, 4)
    await filled(settings, as_of)
    sessions = connect(settings.database_url)
    async with sessions() as db:
        await assert_could_have_been(db, as_of)
        newest = await newest_case(db)
        assert newest.incoming_number == "С-0001/03.01.2027"
    await sessions.kw["bind"].dispose()


async def assert_could_have_been(db: AsyncSession, as_of: date) -> None:
    """The newest case came yesterday, and nothing since; numbers follow the hours; due dates are counted."""
    newest = await newest_case(db)
    assert newest.received_at is not None
    assert local_date(newest.received_at) == as_of - timedelta(days=1)
    moments = [await db.scalar(select(func.max(one))) for one in (Event.at, Case.submitted_at, Email.written_at)]
    assert all(moment and local_date(moment) < as_of for moment in moments)
    received = select(Case).where(Case.received_at.is_not(None)).order_by(Case.received_at)
    cases = list(await db.scalars(received))
    numbers = [(case.incoming_year, case.incoming_seq) for case in cases]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)
    for case in cases:
        assert (await deadlines.how_counted(db, case, 14))[-1].due == case.due_on
        ids = list(await db.scalars(select(Event.id).where(Event.case_id == case.id).order_by(Event.at, Event.id)))
        assert ids == sorted(ids)


async def newest_case(db: AsyncSession) -> Case:
    newest = select(Case).where(Case.received_at.is_not(None)).order_by(Case.received_at.desc()).limit(1)
    return (await db.scalars(newest)).one()


async def test_same_day_gives_the_same(db: AsyncSession, settings: Settings) -> None:
    """Numbers, moments and words; what is left to chance are the secrets alone."""
    told = text("SELECT array_agg((kind, at, actor, details - 'mail')::text ORDER BY id) FROM events")
    cases = text("SELECT array_agg((incoming_number, status, received_at, due_on, text)::text ORDER BY id) FROM cases")
    await filled(settings, AS_OF)
    sessions = connect(settings.database_url)
    async with sessions() as other:
        for what in (told, cases):
            assert (await other.execute(what)).scalar() == (await db.execute(what)).scalar()
    await sessions.kw["bind"].dispose()


async def test_filled_once(db: AsyncSession, demonstration: Settings) -> None:
    sessions = connect(demonstration.database_url)
    before = await db.scalar(select(func.count()).select_from(Case))
    await filling.fill(sessions, demonstration, AS_OF + timedelta(days=7))
    assert await db.scalar(select(func.count()).select_from(Case)) == before
    await sessions.kw["bind"].dispose()
