"""What the staff must do next: the open cases by due date, in queues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, ScalarSelect, column, func, literal, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import SQLCoreOperations

from portal import audit
from portal.cases.deadlines import overdue, stands
from portal.cases.model import OPEN, Case, Event, Kind, Publication, PublicationState, Status
from portal.cases.permissions import may_read_all
from portal.clock import midnight
from portal.handling import groups
from portal.mail import outbox
from portal.municipality import Department, Topic
from portal.search import desk
from portal.staff.model import Staff

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
    rows: Sequence[Row[*tuple[Any, ...]]]
    number: int
    has_more: bool


async def page(db: AsyncSession, staff: Staff, wanted: Wanted, number: int, *, on: date) -> Page:
    """Return one page: first what is due first; of all cases ever and of undelivered ones the newest."""
    answers = await _answers(db, staff, wanted.q)
    found = await db.execute(
        select(
            Case.id, Case.kind, Case.status, Case.incoming_number, Case.title, Case.place, Case.due_on,
            Case.publication_state, Topic.name.label("topic"), Department.name.label("department"), *groups.columns(),
        )
        .join(Topic, Topic.code == Case.topic_code, isouter=True)
        .join(Department, Department.code == Case.department_code, isouter=True)
        .where(_may_be_read(staff), _in(wanted.queue, staff, on), answers, *_filters(wanted))
        .order_by(*_order(wanted.queue))
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    )  # fmt: skip
    rows = found.all()
    return Page(rows[:PAGE], number, len(rows) > PAGE)


async def note_search(db: AsyncSession, staff: Staff, q: str, found: Page, *, at: datetime) -> None:
    """Who finds cases by their sender's name, phone or e-mail has looked for a person: that stands in the audit log."""
    query = await desk.query(db, q) if q and found.rows and may_read_all(staff) else None
    if query is None:
        return
    if cases := await desk.by_sender(db, query, [row.id for row in found.rows]):
        await audit.searched(db, staff, q, cases, at=at)


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Only what is asked for: the list without filters keeps its plan."""
    of_case = {
        Case.kind: wanted.kind,
        Case.topic_code: wanted.topic,
        Case.department_code: wanted.department,
        Case.in_hands_of: wanted.hands,
    }
    asked: list[ColumnElement[bool]] = [column == value for column, value in of_case.items() if value is not None]
    if wanted.received_from:
        asked.append(Case.received_at >= midnight(wanted.received_from))
    if wanted.received_to:
        asked.append(Case.received_at < midnight(wanted.received_to + timedelta(days=1)))
    if wanted.due_from:
        asked.append(Case.due_on >= wanted.due_from)
    if wanted.due_to:
        asked.append(Case.due_on <= wanted.due_to)
    return asked


async def mark(db: AsyncSession, *, on: date) -> str:
    """Return a mark that is another one once anything has happened: cheap enough to ask for every half a minute.

    The newest hundred events by their sum, not the newest alone: of two transactions the one whose event has the
    smaller id may be committed last.
    """
    newest = select(Event.id).order_by(Event.id.desc()).limit(100).subquery()
    failed = outbox.undelivered_cases().order_by(outbox.Email.id.desc()).limit(100).subquery()
    sums = (select(func.coalesce(func.sum(id_), 0)).scalar_subquery() for id_ in (newest.c.id, failed.c.case_id))
    events, emails = (await db.execute(select(*sums))).one()
    return f"{on:%Y%m%d}-{events}-{emails}"


async def counts(db: AsyncSession, staff: Staff, *, on: date) -> dict[Queue, int]:
    """Count each queue by an index of its own, as far as MOST_COUNTED; all cases ever are not counted."""
    counted = [queue for queue in Queue if queue is not Queue.ALL]
    numbers = (_counted(_may_be_read(staff) & _in(queue, staff, on)) for queue in counted)
    return dict(zip(counted, (await db.execute(select(*numbers))).one(), strict=True))


def _counted(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    first = select(Case.id).where(condition).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(first).scalar_subquery()


async def _answers(db: AsyncSession, staff: Staff, q: str) -> ColumnElement[bool]:
    """A department searches the matters, not the people: it would find out what its page does not show."""
    query = await desk.query(db, q) if q else None
    if query is None:
        return true()
    of_all = text("SELECT case_id FROM desk_search WHERE with_sender @@ CAST(:query AS tsquery)")
    of_matters = text("SELECT case_id FROM desk_search WHERE tsv @@ CAST(:query AS tsquery)")
    found = (of_all if may_read_all(staff) else of_matters).bindparams(query=query)
    return Case.id.in_(found.columns(column("case_id", BigInteger)))


def _may_be_read(staff: Staff) -> ColumnElement[bool]:
    """Say in SQL what permissions.may_read says of one case."""
    received = Case.received_at.is_not(None)
    return received if may_read_all(staff) else received & (Case.department_code == staff.department_code)


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


def _in(queue: Queue, staff: Staff, on: date) -> ColumnElement[bool]:
    is_open = stands(*OPEN)
    conditions: dict[Queue, ColumnElement[bool]] = {
        Queue.OPEN: is_open,
        Queue.NEW: stands(Status.RECEIVED),
        Queue.DUE_SOON: is_open & Case.due_on.between(on, on + timedelta(days=2)),
        Queue.OVERDUE: overdue(on),
        Queue.MINE: is_open & (Case.in_hands_of == staff.id),
        Queue.WITH_DEPARTMENT: stands(Status.ASSIGNED),
        Queue.DEPARTMENT_ANSWERED: is_open & Case.department_answered_at.is_not(None),
        Queue.SENDER_WROTE: Case.sender_wrote_at.is_not(None),
        Queue.WITH_SENDER: stands(Status.AWAITING_CLARIFICATION),
        Queue.REOPENED: is_open & Case.reopened_at.is_not(None),
        Queue.UNDELIVERED: Case.id.in_(outbox.undelivered_cases()),
        Queue.HELD: _held(),
        Queue.ALL: Case.received_at.is_not(None),
    }
    return conditions[queue]
