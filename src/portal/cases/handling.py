"""What is done with a received case: assign, extend, reply, withdraw, close."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import deadlines, groups, history
from portal.cases.model import Actor, Case, Channel, EventKind, Extension, Status
from portal.clock import local_date
from portal.mail import messages
from portal.municipality import Department
from portal.staff.model import Staff

CLOSE_AFTER = timedelta(days=14)
"""From the reply; until then the sender may still say that it is not done."""


async def received(db: AsyncSession, case_id: int, *others: int, lock: bool) -> Case | None:
    """Return the received case; with its row locked, the second of two who save at once sees what the first saved.

    Locked with it is whatever is looked at together with it or with the `others`.
    """
    if lock:
        await groups.held(db, case_id, *others)
    return await db.scalar(select(Case).where(Case.id == case_id, Case.received_at.is_not(None)))


async def assign(db: AsyncSession, case: Case, department: Department, *, by: Staff, at: datetime) -> None:
    if case.department_code == department.code:
        return
    case.department_code = department.code
    if case.status is Status.RECEIVED:
        case.status = Status.ASSIGNED
    event = await history.record(
        db, case, EventKind.ASSIGNED, at=at, by=by, department=department.name, due_on=case.due_on
    )
    messages.assigned(db, case, event)


class CannotExtend(ValueError):  # noqa: N818 - reads as what it says
    """Why the due date can't be moved there; shown beside the field."""


async def extend(db: AsyncSession, case: Case, until: date, reason: str, *, by: Staff, at: datetime) -> None:
    """Move the due date to `until`, or the first working day after it.

    Raise CannotExtend where it has passed already (an extension is made before), where `until` is no later, or beyond
    what the law leaves.
    """
    assert case.first_due_on is not None
    assert case.due_on is not None
    old = case.due_on
    latest = deadlines.latest_extension(case.kind, local_date(case.counted_from))
    if old < local_date(at):
        raise CannotExtend("Срокът вече изтече: удължава се само преди да изтече")
    if until <= old:
        raise CannotExtend(f"Изберете дата след сегашния срок, {old:%d.%m.%Y} г.")
    if until > latest:
        raise CannotExtend(f"По закон срокът може да стигне най-късно до {latest:%d.%m.%Y} г.")
    calendar = await deadlines.calendar(db)
    days = deadlines.days_between(old, until, calendar)
    if not days:
        raise CannotExtend("Дотогава сроковете стоят по закон: изберете по-късна дата")
    db.add(Extension(case_id=case.id, days=days, reason=reason, at=at))
    await db.flush()
    case.due_on = deadlines.due_on(case.first_due_on, await deadlines.extensions(db, case), calendar)
    event = await history.record(
        db, case, EventKind.EXTENDED, at=at, by=by, reason=reason, asked=until, old_due_on=old, due_on=case.due_on
    )
    messages.extended(db, case, event)


async def reply(db: AsyncSession, case: Case, text: str, *, by: Staff, at: datetime) -> None:
    """Answer the case, or correct an answer: the earlier version stays in the history, the sender gets the new one."""
    if case.reply == text and not case.awaits_reply:
        return
    correction = not case.awaits_reply
    # A correction does not make an answer given in time a late one.
    case.reply, case.replied_at = text, case.replied_at if correction else at
    case.public_reply = None  # what was redacted was the version before
    if case.status is not Status.CLOSED:
        case.status = Status.ANSWERED
    event = await history.record(db, case, EventKind.REPLIED, at=at, by=by, text=text, correction=correction)
    messages.replied(db, case, event)


async def reply_as_of(db: AsyncSession, case: Case, seen: int) -> str:
    """Return the reply as it stood at the event `seen`; nothing where there was none."""
    replies = await history.events(db, case, {EventKind.REPLIED})
    return next((str(event.details["text"]) for event in replies if event.id <= seen), "")


async def reply_to_all(
    db: AsyncSession, case: Case, also: Collection[Case], text: str, *, by: Staff, at: datetime
) -> None:
    """Answer the case, and with the same words each of `also`: an event, an e-mail and a status of its own."""
    for one in (case, *also):
        await reply(db, one, text, by=by, at=at)


async def correct_address(db: AsyncSession, case: Case, email: str, *, by: Staff, at: datetime) -> None:
    """Write to the sender at another address from now on, where the staff have learnt that the first was mistyped."""
    case.sender_email, case.address_fails = email, None
    await history.record(db, case, EventKind.ADDRESS_CORRECTED, at=at, by=by)


async def withdraw(db: AsyncSession, case: Case, *, at: datetime) -> None:
    if case.can_be_withdrawn:
        await groups.leave(db, case, by=Actor.SENDER, at=at, tell=False)
        case.status = Status.WITHDRAWN
        messages.withdrawn(db, case, await history.record(db, case, EventKind.WITHDRAWN, at=at, by=Actor.SENDER))


async def close_answered(db: AsyncSession, *, at: datetime) -> int:
    """Close what was answered 14 days ago; return how many."""
    over = select(Case).where(Case.status == Status.ANSWERED, Case.replied_at <= at - CLOSE_AFTER)
    cases = list(await db.scalars(over.with_for_update(skip_locked=True)))
    for case in cases:
        case.status = Status.CLOSED
        event = await history.record(db, case, EventKind.CLOSED, at=at, by=Actor.SYSTEM)
        if case.channel is not Channel.IMPORT:  # an older portal's, answered long ago: its sender hears nothing new
            messages.closed(db, case, event)
    return len(cases)
