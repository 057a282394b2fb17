"""What the staff must do next: the open cases by due date, in queues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, column, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.attachments import Attachment, PictureState
from portal.cases.model import OPEN, Case, Event, Publication, PublicationState, Status
from portal.mail.outbox import Email
from portal.municipality import Department, Topic
from portal.search import desk
from portal.staff.model import Staff
from portal.staff.permissions import may_read_all

PAGE = 50


class Queue(StrEnum):
    OPEN = "open"
    NEW = "new"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MINE = "mine"
    WITH_DEPARTMENT = "with_department"
    WITH_SENDER = "with_sender"
    REOPENED = "reopened"
    UNDELIVERED = "undelivered"
    HELD = "held"
    ALL = "all"


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row[*tuple[Any, ...]]]
    number: int
    has_more: bool


async def page(db: AsyncSession, staff: Staff, queue: Queue, number: int, *, q: str, on: date) -> Page:
    """Return one page of the queue: first what is due first; of all cases ever, the newest first.

    With `q` of all cases that answer it, whatever their queue: who searches does not know where it stands.
    """
    queue = Queue.ALL if q else queue
    order = (Case.received_at.desc(), Case.id.desc()) if queue is Queue.ALL else (Case.due_on, Case.id)
    found = await db.execute(
        select(
            Case.id, Case.kind, Case.status, Case.incoming_number, Case.title, Case.place, Case.due_on,
            Case.publication_state, Topic.name.label("topic"), Department.name.label("department"),
        )
        .join(Topic, Topic.code == Case.topic_code, isouter=True)
        .join(Department, Department.code == Case.department_code, isouter=True)
        .where(_may_be_read(staff), _in(queue, staff, on), await _answers(db, staff, q))
        .order_by(*order)
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    )  # fmt: skip
    rows = found.all()
    return Page(rows[:PAGE], number, len(rows) > PAGE)


async def counts(db: AsyncSession, staff: Staff, *, on: date) -> dict[Queue, int]:
    """Count each queue by an index of its own; all cases ever are not counted, which would read each of them."""
    counted = [queue for queue in Queue if queue is not Queue.ALL]
    numbers = (
        select(func.count()).select_from(Case).where(_may_be_read(staff), _in(queue, staff, on)).scalar_subquery()
        for queue in counted
    )
    return dict(zip(counted, (await db.execute(select(*numbers))).one(), strict=True))


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


def _is_mine(staff: Staff) -> ColumnElement[bool]:
    """Whoever of the staff touched it last has it in hand."""
    last = select(Event.staff_id).where(Event.case_id == Case.id, Event.staff_id.is_not(None)).order_by(Event.id.desc())
    return last.limit(1).correlate(Case).scalar_subquery() == staff.id


def _text_held() -> ColumnElement[bool]:
    return Case.publication_state == PublicationState.HELD


def _picture_held() -> ColumnElement[bool]:
    unseen = select(Attachment.case_id).where(Attachment.state == PictureState.HELD)
    return Case.id.in_(unseen) & Case.received_at.is_not(None) & (Case.publication_state != PublicationState.WITHHELD)


def _in(queue: Queue, staff: Staff, on: date) -> ColumnElement[bool]:
    is_open = Case.status.in_(OPEN)
    conditions: dict[Queue, ColumnElement[bool]] = {
        Queue.OPEN: is_open,
        Queue.NEW: Case.status == Status.RECEIVED,
        Queue.DUE_SOON: is_open & Case.due_on.between(on, on + timedelta(days=2)),
        Queue.OVERDUE: is_open & (Case.due_on < on),
        Queue.MINE: is_open & _is_mine(staff),
        Queue.WITH_DEPARTMENT: Case.status == Status.ASSIGNED,
        Queue.WITH_SENDER: Case.status == Status.AWAITING_CLARIFICATION,
        Queue.REOPENED: is_open & Case.reopened_at.is_not(None),
        Queue.UNDELIVERED: Case.id.in_(select(Email.case_id).where(Email.state == "failed")),
        Queue.HELD: (Case.publication != Publication.PRIVATE) & (_text_held() | _picture_held()),
        Queue.ALL: Case.received_at.is_not(None),
    }
    return conditions[queue]
