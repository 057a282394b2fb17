"""What the public may see: a page of the register, one case with its history. Reads the public views alone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Row,
    Select,
    Text,
    column,
    func,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import OPEN, Actor, EventKind, Kind, Status
from portal.clock import SOFIA
from portal.db import Word
from portal.municipality import Department, Topic
from portal.search import typed

PAGE = 20
MOST_COUNTED = 1000

cases = table(
    "public_cases",
    column("id", BigInteger),
    column("kind", Word(Kind)),
    column("status", Word(Status)),
    column("incoming_year", Integer),
    column("incoming_seq", Integer),
    column("incoming_number", Text),
    column("received_at", DateTime(timezone=True)),
    column("first_due_on", Date),
    column("due_on", Date),
    column("replied_at", DateTime(timezone=True)),
    column("reply", Text),
    column("title", Text),
    column("text", Text),
    column("place", Text),
    column("is_redacted", Boolean),
    column("topic_code", Text),
    column("department_code", Text),
    column("sender_name", Text),
    column("search", TSVECTOR),
)
events = table(
    "public_events",
    column("id", BigInteger),
    column("case_id", BigInteger),
    column("at", DateTime(timezone=True)),
    column("kind", Word(EventKind)),
    column("actor", Word(Actor)),
    column("details", JSONB),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of the register; `after` is the cursor of the page before."""

    q: str = ""
    kind: Kind | None = None
    topic: str | None = None
    department: str | None = None
    status: Status | None = None
    received_from: date | None = None
    received_to: date | None = None
    overdue_on: date | None = None
    """Only what was due before this day and is still open."""
    after: str = ""


@dataclass(frozen=True)
class Page:
    rows: list[Row[Any]]
    next: str | None
    """The cursor of the next page."""


async def page(db: AsyncSession, wanted: Wanted) -> Page:
    """Return the newest cases asked for: by keyset, so that the thousandth page costs what the first does."""
    found = (
        select(cases, Topic.name.label("topic"), Department.name.label("department"))
        .join_from(cases, Topic, Topic.code == cases.c.topic_code, isouter=True)
        .join(Department, Department.code == cases.c.department_code, isouter=True)
    )
    newest = (cases.c.received_at.desc(), cases.c.id.desc())
    asked = _filtered(found, wanted).where(*_after(wanted.after)).order_by(*newest).limit(PAGE + 1)
    rows = list((await db.execute(asked)).all())
    more = len(rows) > PAGE
    return Page(rows[:PAGE], _cursor(rows[PAGE - 1]) if more else None)


async def total(db: AsyncSession, wanted: Wanted) -> tuple[int, bool]:
    """Return how many there are, counted to MOST_COUNTED, and whether that is all of them."""
    some = _filtered(select(cases.c.id), wanted).limit(MOST_COUNTED + 1).subquery()
    number = await db.scalar(select(func.count()).select_from(some)) or 0
    return min(number, MOST_COUNTED), number <= MOST_COUNTED


async def case(db: AsyncSession, year: int, number: int) -> Row[Any] | None:
    found = await db.execute(
        select(cases, Topic.name.label("topic"), Department.name.label("department"))
        .join_from(cases, Topic, Topic.code == cases.c.topic_code, isouter=True)
        .join(Department, Department.code == cases.c.department_code, isouter=True)
        .where(cases.c.incoming_year == year, cases.c.incoming_seq == number)
    )
    return found.one_or_none()


async def history(db: AsyncSession, case_id: int) -> list[Row[Any]]:
    """Return the public events of a case, newest first."""
    found = select(events).where(events.c.case_id == case_id).order_by(events.c.id.desc())
    return list((await db.execute(found)).all())


@dataclass(frozen=True)
class Figures:
    """Of the whole register, for the front page. `median_days`: from receipt to reply, of the last 90 days."""

    received: int
    answered: int
    median_days: int | None


async def figures(db: AsyncSession, *, at: datetime) -> Figures:
    taken = func.extract("epoch", cases.c.replied_at - cases.c.received_at)
    recent = cases.c.replied_at > at - timedelta(days=90)
    found = await db.execute(
        select(
            func.count(),
            func.count(cases.c.replied_at),
            func.percentile_cont(0.5).within_group(taken).filter(recent),
        ).select_from(cases)
    )
    received, answered, median = found.one()
    return Figures(received, answered, None if median is None else round(median / timedelta(days=1).total_seconds()))


def _filtered(found: Select[Any], wanted: Wanted) -> Select[Any]:
    equal = (
        (cases.c.kind, wanted.kind),
        (cases.c.topic_code, wanted.topic),
        (cases.c.department_code, wanted.department),
        (cases.c.status, wanted.status),
    )
    found = found.where(*(column == value for column, value in equal if value is not None))
    if wanted.received_from is not None:
        found = found.where(cases.c.received_at >= _midnight(wanted.received_from))
    if wanted.received_to is not None:
        found = found.where(cases.c.received_at < _midnight(wanted.received_to + timedelta(days=1)))
    if wanted.overdue_on is not None:
        found = found.where(cases.c.due_on < wanted.overdue_on, cases.c.status.in_(OPEN))
    query = typed.tsquery(wanted.q)
    return found if query is None else found.where(cases.c.search.op("@@")(query))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SOFIA)


def _cursor(row: Row[Any]) -> str:
    return f"{row.received_at.timestamp() * 1_000_000:.0f}-{row.id}"


def _after(cursor: str) -> list[ColumnElement[bool]]:
    """Read a cursor back; one that somebody has made up begins at the beginning."""
    moment, _, case_id = cursor.partition("-")
    try:
        at = datetime.fromtimestamp(int(moment) / 1_000_000, UTC)
        last = int(case_id)
    except (ValueError, OverflowError, OSError):
        return []
    return [tuple_(cases.c.received_at, cases.c.id) < tuple_(at, last)] if last < 2**63 else []
