"""Reopening an ended case, by the staff or by its sender: it gets a term of its own."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import deadlines, history
from portal.cases.model import Actor, Case, EventKind
from portal.clock import local_date
from portal.handling import groups
from portal.handling.closure import ended_at
from portal.mail import messages
from portal.settings import Municipality
from portal.staff.model import Staff

REOPEN_WITHIN = timedelta(days=30)


async def may_be_reopened_by_sender(db: AsyncSession, case: Case, *, at: datetime) -> bool:
    ended = await ended_at(db, case)
    return ended is not None and at - ended <= REOPEN_WITHIN


async def reopen(
    db: AsyncSession, case: Case, reason: str, municipality: Municipality, *, by: Staff | Actor, at: datetime
) -> None:
    """Begin anew, with a term of its own from today; the earlier one stays in the history."""
    if case.lead_id is not None:
        await groups.leave(db, case, by=by, at=at, tell=False)
    case.status, case.reopened_at = case.status_in_work, at
    calendar = await deadlines.calendar(db)
    case.first_due_on = case.due_on = deadlines.first_due_on(local_date(at), municipality.days, calendar)
    case.promised_on = case.promised_at = None
    event = await history.record(db, case, EventKind.REOPENED, at=at, by=by, reason=reason, due_on=case.due_on)
    messages.reopened(db, case, event)
