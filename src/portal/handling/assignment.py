"""Assigning a case to the department that answers it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Case, EventKind, Status
from portal.mail import messages
from portal.municipality import Department
from portal.staff.model import Staff


async def assign(db: AsyncSession, case: Case, department: Department, *, by: Staff, at: datetime) -> None:
    if case.department_code == department.code:
        return
    case.department_code = department.code
    if case.status is Status.RECEIVED:
        case.status = Status.ASSIGNED
    event = await history.record(
        db, case, EventKind.ASSIGNED, at=at, by=by, department=department.name, due_on=case.due_on
    )
    messages.assigned(db, case, event)
