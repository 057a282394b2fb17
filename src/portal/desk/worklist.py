"""What the staff must do next: the open cases by due date, in queues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, column, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import SQLCoreOperations

from portal import audit
from portal.cases import numbers
from portal.cases.deadlines import stands
from portal.cases.model import OPEN, Case, Event, Kind, Publication, PublicationState, Status
from portal.cases.permissions import may_read_all
from portal.clock import midnight
from portal.handling import groups
from portal.mail import outbox
from portal.municipality import Department, Topic
from portal.search import desk
from portal.search.query import typing
from portal.staff.model import Staff
from portal.statements import Row, Statement, day_given, moment_given, number_given, text_given

PAGE = 50
MOST_COUNTED = 1000
"""Of a queue; what is beyond costs nothing, and nobody works by it."""


class Queue(StrEnum):
    OPEN = "open"
    NEW = "new"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MINE = "mine"
    WITH_DEPARTMENT = "with_department"
    DEPARTMENT_ANSWERED = "department_answered"
    DEPARTMENT_CLOSED = "department_closed"
    SENDER_WROTE = "sender_wrote"
    WITH_SENDER = "with_sender"
    REOPENED = "reopened"
    UNDELIVERED = "undelivered"
    HELD = "held"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of the list: all of it holds at once."""

    queue: Queue = Queue.OPEN
    q: str = ""
    kind: Kind | None = None
    topic: str | None = None
    department: str | None = None
    hands: int | None = None
    """In whose they are: a member of the staff."""
    received_from: date | None = None
    received_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    number: int
    has_more: bool
    only_common: bool = False
    """Nothing but words that are in every text was looked for."""


async def page(db: AsyncSession, staff: Staff, wanted: Wanted, number: int, *, on: date) -> Page:
    """Return one page: first the case of a number that was typed, then what is due first.

    Of all cases ever and of undelivered ones the newest are first.
    """
    query = await desk.query(db, wanted.q) if wanted.q else None
    numbered = typing.read(wanted.q).number
    given = {name: value for name in FILTERS if (value := getattr(wanted, name)) is not None}
    statement = _page(wanted.queue, may_read_all(staff), query is not None, numbered is not None, frozenset(given))
    asked = {"query": query, "seq": numbered and numbered.seq, "skipped": (number - 1) * PAGE}
    rows = await statement.rows(db, **_me(staff), **_days(on), **asked, **_sent(given))
    only_common = not rows and bool(wanted.q) and await desk.only_common(db, wanted.q)
    return Page(rows[:PAGE], number, len(rows) > PAGE, only_common)


@lru_cache(maxsize=500)
def _page(queue: Queue, reads_all: bool, searched: bool, numbered: bool, filters: frozenset[str]) -> Statement:
    conditions = [_may_be_read(reads_all), _in(queue), *(FILTERS[name] for name in sorted(filters))]
    if searched:
        conditions.append(_answers(reads_all))
    return Statement(
        select(
            Case.id, Case.kind, Case.status, Case.incoming_number, Case.title, Case.place, Case.due_on,
            Case.publication_state, Topic.name.label("topic"), Department.name.label("department"),
            (~Department.is_active).label("is_closed"), *groups.columns(),
        )
        .join(Topic, Topic.code == Case.topic_code, isouter=True)
        .join(Department, Department.code == Case.department_code, isouter=True)
        .where(*conditions)
        .order_by(*([Case.incoming_seq % numbers.APART != number_given("seq")] if numbered else []), *_order(queue))
        .offset(number_given("skipped"))
        .limit(PAGE + 1)
    )  # fmt: skip


FILTERS: dict[str, ColumnElement[bool]] = {
    "kind": Case.kind == text_given("kind"),
    "topic": Case.topic_code == text_given("topic"),
    "department": Case.department_code == text_given("department"),
    "hands": Case.in_hands_of == number_given("hands"),
    "received_from": Case.received_at >= moment_given("received_from"),
    "received_to": Case.received_at < moment_given("received_to"),
    "due_from": Case.due_on >= day_given("due_from"),
    "due_to": Case.due_on <= day_given("due_to"),
}
"""A statement holds only the filters that are asked for: the list without filters keeps its plan."""


def _sent(given: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the filters as the statement takes them: days of receipt by their midnights in Sofia."""
    sent = dict(given)
    if "received_from" in given:
        sent["received_from"] = midnight(given["received_from"])
    if "received_to" in given:
        sent["received_to"] = midnight(given["received_to"] + timedelta(days=1))
    return sent


def _me(staff: Staff) -> dict[str, Any]:
    return {"me": staff.id, "my_department": staff.department_code}


def _days(on: date) -> dict[str, date]:
    return {"on": on, "soon": on + timedelta(days=2)}


async def note_search(db: AsyncSession, staff: Staff, q: str, found: Page, *, at: datetime) -> None:
    """Finding cases by the sender's name, phone or e-mail is a search for a person: the audit log notes it."""
    query = await desk.query(db, q) if q and found.rows and may_read_all(staff) else None
    if query is None:
        return
    if cases := await desk.by_sender(db, query, [row.id for row in found.rows]):
        await audit.searched(db, staff, q, cases, at=at)


async def mark(db: AsyncSession, *, on: date) -> str:
    """Return a mark that is another one once anything has happened: cheap enough to ask for every half a minute.

    The newest hundred events by their sum, not the newest alone: of two transactions the one whose event has the
    smaller id may be committed last.
    """
    events, emails = await _mark().row(db)
    return f"{on:%Y%m%d}-{events}-{emails}"


@cache
def _mark() -> Statement:
    newest = select(Event.id).order_by(Event.id.desc()).limit(100).subquery()
    failed = outbox.undelivered_cases().order_by(outbox.Email.id.desc()).limit(100).subquery()
    return Statement(
        select(*(select(func.coalesce(func.sum(id_), 0)).scalar_subquery() for id_ in (newest.c.id, failed.c.case_id)))
    )


async def counts(db: AsyncSession, staff: Staff, *, on: date) -> dict[Queue, int]:
    """Count each queue by an index of its own, as far as MOST_COUNTED; all cases ever are not counted."""
    numbers = await counts_of(may_read_all(staff)).row(db, **_me(staff), **_days(on))
    return dict(zip(COUNTED, numbers, strict=True))


COUNTED = [queue for queue in Queue if queue is not Queue.ALL]


@cache
def counts_of(reads_all: bool) -> Statement:
    return Statement(select(*(_counted(_may_be_read(reads_all) & _in(queue)) for queue in COUNTED)))


def _counted(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    first = select(Case.id).where(condition).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(first).scalar_subquery()


def _answers(reads_all: bool) -> ColumnElement[bool]:
    """A department searches the matters, not the people: it would find out what its page does not show."""
    of_all = text("SELECT case_id FROM desk_search WHERE with_sender @@ CAST(:query AS tsquery)")
    of_matters = text("SELECT case_id FROM desk_search WHERE tsv @@ CAST(:query AS tsquery)")
    found = (of_all if reads_all else of_matters).bindparams(text_given("query"))
    return Case.id.in_(found.columns(column("case_id", BigInteger)))


def _may_be_read(reads_all: bool) -> ColumnElement[bool]:
    """Say in SQL what permissions.may_read says of one case."""
    received = Case.received_at.is_not(None)
    return received if reads_all else received & (Case.department_code == text_given("my_department"))


def _order(queue: Queue) -> tuple[SQLCoreOperations[Any], ...]:
    """As an index has it: no queue is read whole to be sorted."""
    if queue is Queue.ALL:
        return (Case.received_at.desc(), Case.id.desc())
    return (Case.id.desc(),) if queue is Queue.UNDELIVERED else (Case.due_on, Case.id)


def _held() -> ColumnElement[bool]:
    """A text or a picture that somebody must look at before it is shown; in the words of its index."""
    held, withheld = (
        _written(Case.publication_state, one) for one in (PublicationState.HELD, PublicationState.WITHHELD)
    )
    private = _written(Case.publication, Publication.PRIVATE)
    awaited = (Case.publication_state == held) | Case.has_held_picture
    return awaited & (Case.publication_state != withheld) & (Case.publication != private)


def _written(column: InstrumentedAttribute[Any], value: str) -> ColumnElement[Any]:
    return literal(value, column.type, literal_execute=True)


def _in(queue: Queue) -> ColumnElement[bool]:
    is_open = stands(*OPEN)
    conditions: dict[Queue, ColumnElement[bool]] = {
        Queue.OPEN: is_open,
        Queue.NEW: stands(Status.RECEIVED),
        Queue.DUE_SOON: is_open & Case.due_on.between(day_given("on"), day_given("soon")),
        Queue.OVERDUE: is_open & (Case.due_on < day_given("on")),
        Queue.MINE: is_open & (Case.in_hands_of == number_given("me")),
        Queue.WITH_DEPARTMENT: stands(Status.ASSIGNED),
        Queue.DEPARTMENT_ANSWERED: is_open & Case.department_answered_at.is_not(None),
        Queue.DEPARTMENT_CLOSED: is_open
        & Case.department_code.in_(select(Department.code).where(~Department.is_active).scalar_subquery()),
        Queue.SENDER_WROTE: Case.sender_wrote_at.is_not(None),
        Queue.WITH_SENDER: stands(Status.AWAITING_CLARIFICATION),
        Queue.REOPENED: is_open & Case.reopened_at.is_not(None),
        Queue.UNDELIVERED: Case.id.in_(outbox.undelivered_cases()),
        Queue.HELD: _held(),
        Queue.ALL: Case.received_at.is_not(None),
    }
    return conditions[queue]
