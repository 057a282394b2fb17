"""What a department answers through the link in its digest, without an account."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.accounts.signin import SESSION_LIVES
from portal.cases import deadlines, history
from portal.cases.model import OPEN, Actor, Case, Event, EventKind
from portal.files import enclosures
from portal.files.enclosures import StoredFile
from portal.municipality import Department
from portal.staff.model import Staff

VALID_FOR = timedelta(days=14)
"""Each digest, of every working day, brings a fresh link."""


class Answer(StrEnum):
    VIEW = "view"
    NOT_OURS = "not_ours"
    MORE_TIME = "more_time"


async def linked(db: AsyncSession, code: str, issued_at: datetime, staff_id: int, *, at: datetime) -> Department | None:
    """Return the department of the link, unless it has run out or was ended, or the department works no more.

    One for somebody signed in (`staff_id`) lives as their session does, and ends with their account.
    """
    department = await db.get(Department, code)
    if department is None or not department.is_active or at - issued_at > VALID_FOR:
        return None
    if staff_id:
        staff = await db.get(Staff, staff_id)
        is_theirs = staff is not None and staff.is_active and staff.department_code == code
        if not is_theirs or at - issued_at > SESSION_LIVES:
            return None
    ended = department.links_from is not None and issued_at < department.links_from
    return None if ended else department


async def asked_of(db: AsyncSession, department: Department) -> list[Case]:
    """Return what the department is asked for, first what is due first."""
    ours = (deadlines.stands(*OPEN), Case.received_at.is_not(None), Case.department_code == department.code)
    return list(await db.scalars(select(Case).where(*ours).order_by(Case.due_on, Case.id)))


async def one_asked(db: AsyncSession, department: Department, case_id: int) -> Case | None:
    """Return the open case, with its row locked; none once it is another department's, or answered."""
    ours = (Case.id == case_id, deadlines.stands(*OPEN), Case.received_at.is_not(None))
    return await db.scalar(select(Case).where(*ours, Case.department_code == department.code).with_for_update())


async def answers(db: AsyncSession, case: Case, department: Department) -> list[Event]:
    """Return what this department has said so far, newest first."""
    said = await history.events(db, case, {EventKind.DEPARTMENT_ANSWERED})
    return [event for event in said if event.details.get("code") == department.code]


async def answer(
    db: AsyncSession, case: Case, department: Department, what: Answer, text: str,
    *, until: date | None, kept: Sequence[StoredFile] = (), at: datetime,
) -> None:  # fmt: skip
    """Put it into the history, for the staff alone, and the case before them. The same said twice stands once."""
    said = {"answer": what, "text": text, "until": until.isoformat() if until else None}
    before = await answers(db, case, department)
    same = bool(before) and {name: before[0].details.get(name) for name in said} == said
    if same and await enclosures.of_event(db, before[0]) == [one.sha256 for one in kept]:
        return
    told = {"department": department.name, "code": department.code, **said}
    event = await history.record(db, case, EventKind.DEPARTMENT_ANSWERED, at=at, by=Actor.DEPARTMENT, **told)
    enclosures.enclose(db, event, kept)
    case.department_answered_at = at
