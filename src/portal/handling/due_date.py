"""Extending the due date before it passes, with a reason that the sender and the public read."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import deadlines, history
from portal.cases.model import Case, EventKind, Extension
from portal.clock import local_date
from portal.mail import messages
from portal.staff.model import Staff


class CannotExtend(ValueError):  # noqa: N818 - reads as what it says
    """Why the due date can't be moved there; shown beside the field."""


async def extend(db: AsyncSession, case: Case, until: date, reason: str, *, by: Staff, at: datetime) -> None:
    """Move the due date to `until`, or the first working day after it.

    Raise CannotExtend where it has passed already (an extension is made before), where `until` is no later, or beyond
    what the law leaves.
    """
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
    case.due_on, case.promised_on, case.promised_at = deadlines.due_on(old, [days], calendar), None, None
    event = await history.record(
        db, case, EventKind.EXTENDED, at=at, by=by, reason=reason, asked=until, old_due_on=old, due_on=case.due_on
    )
    messages.extended(db, case, event)
