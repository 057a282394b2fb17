"""How terms are kept: what was received in a period, and what has become of it.

Whatever the period, each case received in it counts once under what has become of it: withdrawn, answered (in time or
late), forwarded, ended without a reply, or still waiting. Extended, overdue and resolved are counted beside that.
- Answered: by its first reply, whatever came after. In time: on or before the day it was due then, extensions included.
- Days: calendar days in Sofia from receipt to the first reply; half, and nine of ten, were answered within so many.
- Overdue: open, and due before today (deadlines.overdue), also where a case was reopened after a reply.
- Resolved: the sender has said so since the last reply, by the button in its e-mail.
- Forwarded: sent to another body as a whole, without a reply of ours.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Row, Subquery, case, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from portal.cases import deadlines
from portal.cases.model import OPEN, Case, Event, EventKind, Extension, Status
from portal.clock import SOFIA, local_date
from portal.reports.periods import Period, Span, around


class By(StrEnum):
    KIND = "kind"
    DEPARTMENT = "department"
    TOPIC = "topic"


class Outcome(StrEnum):
    IN_TIME = "in_time"
    LATE = "late"
    FORWARDED = "forwarded"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"
    WAITING = "waiting"


@dataclass(frozen=True)
class Figures:
    received: int = 0
    in_time: int = 0
    late: int = 0
    forwarded: int = 0
    unanswered: int = 0
    withdrawn: int = 0
    waiting: int = 0
    extended: int = 0
    overdue: int = 0
    resolved: int = 0
    median_days: int | None = None
    p90_days: int | None = None


@dataclass(frozen=True)
class Report:
    total: Figures
    parts: dict[By, dict[str | None, Figures]]
    """Figures by kind, department and topic that has a case; None stands for cases without a department or topic."""


async def report(db: AsyncSession, period: Period, *, on: date) -> Report:
    one = _cases(period, on)
    cuts = {By.KIND: one.c.kind, By.DEPARTMENT: one.c.department, By.TOPIC: one.c.topic}
    asked = select(*cuts.values(), func.grouping(*cuts.values()).label("cut"), *_figures(one))
    sets = func.grouping_sets(tuple_(), *(tuple_(column) for column in cuts.values()))
    rows = (await db.execute(asked.group_by(sets))).all()
    made = Report(Figures(), {by: {} for by in cuts})
    for row in rows:
        by = {0b011: By.KIND, 0b101: By.DEPARTMENT, 0b110: By.TOPIC}.get(row.cut)
        if by is None:
            made = Report(_of(row), made.parts)
        else:
            made.parts[by][getattr(row, by)] = _of(row)
    return made


async def periods(db: AsyncSession, span: Span) -> list[Period]:
    """Return the periods in which something was received, the newest first; each month costs one look at an index."""
    oldest, newest = (await db.execute(select(func.min(Case.received_at), func.max(Case.received_at)))).one()
    if oldest is None or newest is None:
        return []
    first, last = (around(local_date(at), Span.MONTH).first_on for at in (oldest, newest))
    step = func.make_interval(0, 1)
    months = func.generate_series(cast(first, DateTime), cast(last, DateTime), step).column_valued("month")
    begins, ends = func.timezone(SOFIA.key, months), func.timezone(SOFIA.key, months + step)
    received = select(Case.id).where(Case.received_at >= begins, Case.received_at < ends).exists()
    found = await db.scalars(select(cast(months, Date)).where(received))
    return sorted({around(month, span) for month in found}, reverse=True)


def _cases(period: Period, on: date) -> Subquery:
    """Return a row a case: where it belongs, what has become of it, and how many days that took."""
    begins, ends = period.moments
    reply = (
        select(func.min(Event.at).label("at"))
        .where(Event.case_id == Case.id, Event.kind == EventKind.REPLIED)
        .lateral("first_reply")
    )
    replied_on = _day(reply.c.at)
    return (
        select(
            Case.kind.label("kind"),
            Case.department_code.label("department"),
            Case.topic_code.label("topic"),
            _outcome(replied_on, reply.c.at).label("outcome"),
            (replied_on - _day(Case.received_at)).label("days"),
            deadlines.overdue(on).label("overdue"),
            select(Extension.id).where(Extension.case_id == Case.id).exists().label("extended"),
            _resolved().label("resolved"),
        )
        .join_from(Case, reply, Case.id.is_not(None), isouter=True)
        .where(Case.received_at >= begins, Case.received_at < ends)
        .subquery()
    )


def _outcome(replied_on: ColumnElement[date], replied_at: ColumnElement[Any]) -> ColumnElement[str]:
    due_then = case((replied_at < Case.reopened_at, _due_before(replied_at)), else_=Case.due_on)
    forwarded = select(Event.id).where(Event.case_id == Case.id, Event.kind == EventKind.FORWARDED).exists()
    return case(
        (Case.status == Status.WITHDRAWN, Outcome.WITHDRAWN),
        (replied_on <= due_then, Outcome.IN_TIME),
        (replied_on.is_not(None), Outcome.LATE),
        (Case.status.in_(OPEN), Outcome.WAITING),
        (Case.status == Status.FORWARDED, Outcome.FORWARDED),
        ((Case.status == Status.CLOSED) & forwarded, Outcome.FORWARDED),
        else_=Outcome.UNANSWERED,
    )


def _resolved() -> ColumnElement[bool]:
    said = (
        Event.case_id == Case.id,
        Event.kind == EventKind.RESOLVED,
        Event.at >= func.greatest(Case.replied_at, Case.reopened_at),
    )
    return select(Event.id).where(*said).exists()


def _due_before(replied_at: ColumnElement[Any]) -> ColumnElement[date]:
    """Reopening gave the case another term; the one that was answered is in the history."""
    said = Event.details["due_on"].astext
    before = (Event.case_id == Case.id, Event.at <= replied_at, said.is_not(None))
    last = select(cast(said, Date)).where(*before).order_by(Event.id.desc()).limit(1)
    return func.coalesce(last.correlate_except(Event).scalar_subquery(), Case.due_on)


def _figures(one: Subquery) -> list[ColumnElement[Any]]:
    answered = one.c.outcome.in_((Outcome.IN_TIME, Outcome.LATE))
    counts = [func.count().filter(one.c.outcome == each).label(each) for each in Outcome]
    days = [
        func.percentile_disc(share).within_group(one.c.days).filter(answered).label(name)
        for name, share in (("median_days", 0.5), ("p90_days", 0.9))
    ]
    beside = [func.count().filter(one.c[name]).label(name) for name in ("extended", "overdue", "resolved")]
    return [func.count().label("received"), *counts, *beside, *days]


def _of(row: Row[*tuple[Any, ...]]) -> Figures:
    return Figures(**{name: getattr(row, name) for name in Figures.__dataclass_fields__})


def _day(at: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[date]:
    return cast(func.timezone(SOFIA.key, at), Date)
