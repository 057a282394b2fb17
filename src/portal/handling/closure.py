"""Closing a case: by the staff, or by itself two weeks after the reply."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import ENDED, Actor, Case, Channel, EventKind, Status
from portal.mail import messages
from portal.staff.model import Staff

CLOSE_AFTER = timedelta(days=14)
"""Counted from the reply; until then the sender may still say that it is not done."""


async def close(db: AsyncSession, case: Case, *, by: Staff, at: datetime) -> None:
    case.status = Status.CLOSED
    messages.closed(db, case, await history.record(db, case, EventKind.CLOSED, at=at, by=by))


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


async def ended_at(db: AsyncSession, case: Case) -> datetime | None:
    """Return when an ended case ended: at its reply, its forwarding, or the refusal to examine it."""
    ends = {EventKind.REPLIED, EventKind.FORWARDED, EventKind.NO_PROCEEDINGS}
    last = await history.events(db, case, ends) if case.status in ENDED else []
    return last[0].at if last else None
