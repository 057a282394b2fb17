"""The days the staff add to the official calendar, and how they move the open terms."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import deadlines, history
from portal.cases.model import OPEN, Case, EventKind
from portal.clock import local_date
from portal.mail import messages
from portal.municipality import SpecialDay, Suspension
from portal.settings import Municipality
from portal.staff.model import Staff


async def special_days(db: AsyncSession) -> list[SpecialDay]:
    return list(await db.scalars(select(SpecialDay).order_by(SpecialDay.day.desc())))


async def suspensions(db: AsyncSession) -> list[Suspension]:
    return list(await db.scalars(select(Suspension).order_by(Suspension.first_on.desc())))


async def set_day(db: AsyncSession, day: date, reason: str, *, is_working: bool) -> None:
    """Say of a day whether it is worked, against the official calendar; what was said of it before is replaced."""
    said = {"is_working": is_working, "reason": reason}
    new = insert(SpecialDay).values(day=day, **said)
    await db.execute(new.on_conflict_do_update(index_elements=["day"], set_=said))


async def suspend(db: AsyncSession, first_on: date, last_on: date, reason: str) -> None:
    """Let terms stand still by law, as from 13.03 to 17.04.2020."""
    said = {"last_on": last_on, "reason": reason}
    new = insert(Suspension).values(first_on=first_on, **said)
    await db.execute(new.on_conflict_do_update(index_elements=["first_on"], set_=said))


async def recount(db: AsyncSession, municipality: Municipality, reason: str, *, by: Staff, at: datetime) -> int:
    """Move the due dates of the open cases that end later by the calendar as it is now; return how many.

    Each is told to its sender like any extension. None is moved to an earlier day: what was promised stands.
    """
    calendar = await deadlines.calendar(db)
    moved = 0
    for case in await db.scalars(select(Case).where(Case.status.in_(OPEN)).order_by(Case.id).with_for_update()):
        assert case.due_on is not None
        first = deadlines.first_due_on(local_date(case.counted_from), municipality.days, calendar)
        due = deadlines.due_on(first, await deadlines.extensions(db, case), calendar)
        if due > case.due_on and case.due_on >= local_date(at):
            old, case.first_due_on, case.due_on = case.due_on, first, due
            event = await history.record(
                db, case, EventKind.EXTENDED, at=at, by=by, reason=reason, old_due_on=old, due_on=due
            )
            messages.extended(db, case, event)
            moved += 1
    return moved
