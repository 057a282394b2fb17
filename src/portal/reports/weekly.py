"""The week's summary to the operators: what came, what ended, what is late, on the first working morning after it."""

from datetime import date, datetime, time

from sqlalchemy import Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal import heartbeat
from portal.cases import deadlines
from portal.cases.deadlines import DAY, Calendar
from portal.cases.model import OPEN, Case, Event, EventKind
from portal.clock import SOFIA, local_date
from portal.departments.reminders import FROM
from portal.mail import messages
from portal.staff.model import Role, Staff

ENDS = (EventKind.REPLIED, EventKind.FORWARDED, EventKind.NO_PROCEEDINGS, EventKind.CLOSED)


async def weekly(db: AsyncSession, *, at: datetime) -> bool:
    """Write it, once a week from 8:30 of its first working day on, however late; say whether it was done now.

    The caller keeps others out. The first look of all only begins the count.
    """
    last, on = await heartbeat.last(db, "weekly"), local_date(at)
    monday = on - on.weekday() * DAY
    if last is not None and (local_date(last) >= monday or not _is_time(await deadlines.calendar(db), at)):
        return False
    if last is not None:
        await _write(db, monday, at=at)
    await heartbeat.beat(db, "weekly", at=at)
    return last is not None


def _is_time(calendar: Calendar, at: datetime) -> bool:
    return calendar.is_working(local_date(at)) and at.astimezone(SOFIA).time() >= FROM


async def _write(db: AsyncSession, monday: date, *, at: datetime) -> None:
    begin, end = monday - 7 * DAY, monday - DAY
    figures = await summary(db, begin, on=local_date(at))
    operators = select(Staff).where(Staff.role == Role.OPERATOR, Staff.is_active).order_by(Staff.id)
    for operator in await db.scalars(operators):
        await messages.weekly(db, operator, begin, end, figures, at=at)


async def summary(db: AsyncSession, monday: date, *, on: date) -> dict[str, int | None]:
    """Count the week from `monday`; a case that ended twice in it ended once, and is answered by its first reply."""
    begin, end = (datetime.combine(day, time(), SOFIA) for day in (monday, monday + 7 * DAY))
    ended = select(func.count(Event.case_id.distinct())).where(
        Event.kind.in_(ENDS), Event.at >= begin, Event.at < end, Event.details["whole"].as_boolean().is_not(False)
    )
    late = select(func.count()).where(deadlines.stands(*OPEN), Case.due_on < on)
    new = select(func.count()).where(Case.received_at >= begin, Case.received_at < end)
    return {
        "new": await db.scalar(new),
        "ended": await db.scalar(ended),
        "overdue": await db.scalar(late),
        "median_days": await _median(db, begin, end),
    }


async def _median(db: AsyncSession, begin: datetime, end: datetime) -> int | None:
    """Return the days from receipt to first reply of those replied to in the week, by the calendar in Sofia."""
    replied, came = (cast(func.timezone("Europe/Sofia", one), Date) for one in (Case.replied_at, Case.received_at))
    days = func.percentile_disc(0.5).within_group(replied - came)
    found: int | None = await db.scalar(select(days).where(Case.replied_at >= begin, Case.replied_at < end))
    return found
