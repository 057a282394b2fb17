"""What the public may see: a page of the register, one case with its history. Reads the public views alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    Text,
    any_,
    bindparam,
    column,
    func,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import Actor, EventKind, Kind, Status
from portal.clock import midnight
from portal.db import Word
from portal.municipality import Department, Topic
from portal.search.filters import Filters
from portal.search.find import Order, Results, facets, find
from portal.statements import Row, Statement, number_given

PAGE = 20

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
    column("is_reply_redacted", Boolean),
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
pictures = table(
    "public_pictures",
    column("case_id", BigInteger),
    column("incoming_year", Integer),
    column("incoming_seq", Integer),
    column("position", Integer),
    column("sha256", Text),
    column("width", Integer),
    column("height", Integer),
)
groups = table(
    "public_groups",
    column("id", BigInteger),
    column("lead_id", BigInteger),
    column("incoming_year", Integer),
    column("incoming_seq", Integer),
    column("incoming_number", Text),
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
    order: Order = Order.BEST
    live: bool = False
    """Somebody is typing: the last word may be half of one."""
    exactly: bool = False
    """Correct nothing of what was typed."""

    @property
    def filters(self) -> Filters:
        return Filters(
            kind=self.kind,
            status=self.status,
            topic=self.topic,
            department=self.department,
            since=midnight(self.received_from) if self.received_from else None,
            until=midnight(self.received_to + timedelta(days=1)) if self.received_to else None,
            overdue_on=self.overdue_on,
        )


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    results: Results


async def page(db: AsyncSession, wanted: Wanted, most: int = PAGE) -> Page:
    """Return a page of the cases asked for: the best first, or where nothing was typed the newest."""
    results = await find(
        db,
        wanted.q,
        wanted.filters,
        order=wanted.order,
        after=wanted.after,
        live=wanted.live,
        exactly=wanted.exactly,
        most=most,
    )
    found = {row.id: row for row in await _OF_PAGE.rows(db, ids=list(results.ids))}
    return Page([found[case_id] for case_id in results.ids if case_id in found], results)


async def counts(db: AsyncSession, wanted: Wanted, found: Page) -> dict[str, dict[str, int]]:
    """Return how many of what is asked for, of the newest thousand, are of each kind, status, topic and department."""
    return await facets(db, found.results.meaning, wanted.filters)


async def case(db: AsyncSession, year: int, number: int) -> Row | None:
    """Return the case, and whether it has pictures and a group: most have neither, and need not be asked for them."""
    rows = await _CASE.rows(db, year=year, number=number)
    return rows[0] if rows else None


async def pictures_of(db: AsyncSession, case_id: int) -> list[Row]:
    return await _PICTURES.rows(db, case=case_id)


async def picture(db: AsyncSession, year: int, number: int, position: int) -> str | None:
    """Return the hash of the picture as the public sees it."""
    asked = (pictures.c.incoming_year == year, pictures.c.incoming_seq == number, pictures.c.position == position)
    return await db.scalar(select(pictures.c.sha256).where(*asked))


async def together(db: AsyncSession, case_id: int, led_by: int | None = None) -> list[Row]:
    """Return what else may be seen of the case's group, the oldest first.

    `led_by`: what leads the group of a case that may not be seen itself, as its own sender's page asks.
    """
    return await _TOGETHER.rows(db, case=case_id, led_by=led_by)


async def history(db: AsyncSession, case_id: int) -> list[Row]:
    """Return the public events of a case, newest first."""
    return await _HISTORY.rows(db, case=case_id)


@dataclass(frozen=True)
class Figures:
    """Figures of the whole register, for the front page. `median_days`: from receipt to reply, in the last 90 days."""

    received: int
    answered: int
    median_days: int | None


FEWEST = 20
"""Replies of ninety days: of fewer, half of them say nothing."""


async def figures(db: AsyncSession, *, at: datetime) -> Figures:
    taken = func.extract("epoch", cases.c.replied_at - cases.c.received_at)
    recent = cases.c.replied_at > at - timedelta(days=90)
    found = await db.execute(
        select(
            func.count(),
            func.count(cases.c.replied_at),
            func.count().filter(recent),
            func.percentile_cont(0.5).within_group(taken).filter(recent),
        ).select_from(cases)
    )
    received, answered, lately, median = found.one()
    days = None if lately < FEWEST else round(median / timedelta(days=1).total_seconds())
    return Figures(received, answered, days)


_WHOLE = (
    select(cases, Topic.name.label("topic"), Department.name.label("department"))
    .join_from(cases, Topic, Topic.code == cases.c.topic_code, isouter=True)
    .join(Department, Department.code == cases.c.department_code, isouter=True)
)
_OF_PAGE = Statement(_WHOLE.where(cases.c.id == any_(bindparam("ids", required=False, type_=ARRAY(BigInteger)))))
_GIVEN = (number_given("year"), number_given("number"))
_CASE = Statement(
    _WHOLE.add_columns(
        select(pictures.c.position)
        .where(pictures.c.incoming_year == _GIVEN[0], pictures.c.incoming_seq == _GIVEN[1])
        .exists()
        .label("has_pictures"),
        select(groups.c.id).where(groups.c.id == cases.c.id).exists().label("is_grouped"),
    ).where(cases.c.incoming_year == _GIVEN[0], cases.c.incoming_seq == _GIVEN[1])
)
_PICTURES = Statement(select(pictures).where(pictures.c.case_id == number_given("case")).order_by(pictures.c.position))
_HISTORY = Statement(select(events).where(events.c.case_id == number_given("case")).order_by(events.c.id.desc()))
_LED_BY = func.coalesce(
    number_given("led_by"),
    select(func.coalesce(groups.c.lead_id, groups.c.id)).where(groups.c.id == number_given("case")).scalar_subquery(),
)
_TOGETHER = Statement(
    select(groups)
    .where((groups.c.id == _LED_BY) | (groups.c.lead_id == _LED_BY), groups.c.id != number_given("case"))
    .order_by(groups.c.incoming_year, groups.c.incoming_seq)
)
