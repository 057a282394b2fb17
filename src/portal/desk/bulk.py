"""One action on many cases: first shown case by case, then done as it was shown.

What is shown carries the newest event of each case. A case with a newer one when it comes to it has changed meanwhile:
it is passed over and said. So a form sent twice acts once, and its result is read back from the history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import permissions
from portal.cases.model import Case, Event, EventKind, Status
from portal.clock import local_date
from portal.departments import reminders
from portal.handling import assignment, closure
from portal.municipality import Department, all_departments
from portal.staff.model import Staff

MOST = 200
CHANGED = "Променена е междувременно: прегледайте я отново"


class Deed(StrEnum):
    ASSIGN = "assign"
    REMIND = "remind"
    CLOSE = "close"


EVENT = {
    Deed.ASSIGN: EventKind.ASSIGNED,
    Deed.REMIND: EventKind.DEPARTMENT_REMINDED,
    Deed.CLOSE: EventKind.CLOSED,
}


@dataclass(frozen=True)
class Line:
    case: Case
    seen: int
    """The newest event of the case as it is shown."""
    why_not: str | None
    department: Department | None
    """Whom it is assigned to, or who is reminded."""


@dataclass(frozen=True)
class BulkAction:
    deed: Deed
    department: Department | None
    """The department to assign to. A reminder goes to the department of each case."""


async def plan(db: AsyncSession, staff: Staff, action: BulkAction, ids: Sequence[int], *, at: datetime) -> list[Line]:
    """Say of each case that `staff` may read what would become of it; changes nothing."""
    return await _lines(db, staff, action, await _cases(db, staff, ids, lock=False), at=at)


async def carry_out(
    db: AsyncSession, staff: Staff, action: BulkAction, seen: Mapping[int, int], *, at: datetime
) -> dict[int, str]:
    """Do it to each case that stands as it was shown; return of the others why not."""
    lines = await _lines(db, staff, action, await _cases(db, staff, [*seen], lock=True), at=at)
    why_not = {line.case.id: CHANGED if line.seen > seen[line.case.id] else line.why_not for line in lines}
    await _act(db, action.deed, [line for line in lines if not why_not[line.case.id]], by=staff, at=at)
    return {case_id: why for case_id, why in why_not.items() if why}


async def _act(db: AsyncSession, deed: Deed, lines: Sequence[Line], *, by: Staff, at: datetime) -> None:
    if deed is Deed.REMIND:
        await reminders.remind_now(
            db, [(line.case, line.department) for line in lines if line.department], by=by, at=at
        )
    for line in lines:
        if deed is Deed.ASSIGN and line.department:
            await assignment.assign(db, line.case, line.department, by=by, at=at)
        elif deed is Deed.CLOSE:
            await closure.close(db, line.case, by=by, at=at)


async def done(db: AsyncSession, staff: Staff, action: BulkAction, seen: Mapping[int, int]) -> list[tuple[Case, bool]]:
    """Return the cases of a form that was sent, and whether `staff` have done it to each since it was shown."""
    cases = await _cases(db, staff, [*seen], lock=False)
    since = select(Event).where(
        Event.case_id.in_(seen), Event.kind == EVENT[action.deed], Event.staff_id == staff.id
    )  # fmt: skip
    wanted = action.department.name if action.department and action.deed is Deed.ASSIGN else None
    acted = {
        event.case_id
        for event in await db.scalars(since)
        if event.id > seen[event.case_id] and wanted in {None, event.details.get("department")}
    }
    return [(case, case.id in acted) for case in cases]


async def _cases(db: AsyncSession, staff: Staff, ids: Sequence[int], *, lock: bool) -> list[Case]:
    """Return those that may be read. Rows are locked in one order: two who act on the same cases do not deadlock."""
    wanted = select(Case).where(Case.id.in_(ids[:MOST]), Case.received_at.is_not(None)).order_by(Case.id)
    found = await db.scalars(wanted.with_for_update() if lock else wanted)
    return [case for case in found if permissions.may_read(staff, case)]


async def _lines(
    db: AsyncSession, staff: Staff, action: BulkAction, cases: Sequence[Case], *, at: datetime
) -> list[Line]:
    ids = [case.id for case in cases]
    newest = await db.execute(
        select(Event.case_id, func.max(Event.id)).where(Event.case_id.in_(ids)).group_by(Event.case_id)
    )
    seen: dict[int, int] = dict(newest.all())
    eligibility = Eligibility(staff, action, await all_departments(db), await _told(db, ids), at)
    return [Line(case, seen.get(case.id, 0), eligibility.why_not(case), eligibility.department(case)) for case in cases]


async def _told(db: AsyncSession, ids: Sequence[int]) -> dict[int, list[Event]]:
    """Return what departments were told and what they said, by case."""
    kinds = (EventKind.DEPARTMENT_REMINDED, EventKind.DEPARTMENT_ANSWERED)
    told: dict[int, list[Event]] = {case_id: [] for case_id in ids}
    for event in await db.scalars(select(Event).where(Event.case_id.in_(ids), Event.kind.in_(kinds))):
        told[event.case_id].append(event)
    return told


@dataclass(frozen=True)
class Eligibility:
    """Says of one case why the action is not for it."""

    staff: Staff
    action: BulkAction
    departments: Mapping[str, Department]
    told: Mapping[int, Sequence[Event]]
    at: datetime

    def department(self, case: Case) -> Department | None:
        if self.action.deed is Deed.ASSIGN:
            return self.action.department
        return self.departments.get(case.department_code or "")

    def why_not(self, case: Case) -> str | None:
        return {Deed.ASSIGN: self._assign, Deed.REMIND: self._remind, Deed.CLOSE: self._close}[self.action.deed](case)

    def _assign(self, case: Case) -> str | None:
        if not permissions.may_assign(self.staff, case):
            return "Вече не се работи по нея"
        assert self.action.department is not None
        return "Вече е на този отдел" if case.department_code == self.action.department.code else None

    def _remind(self, case: Case) -> str | None:
        """By the rules of the mornings: whose part is done is left in peace, and nobody hears of a case twice a day."""
        department = self.department(case)
        if case.status is not Status.ASSIGNED or department is None:
            return "Не чака отдел"
        if not department.is_active:
            return f"Отдел „{department.name}“ е закрит: възложете на друг"
        if department.email is None:
            return f"Отдел „{department.name}“ няма имейл"
        ours = [
            event
            for event in self.told[case.id]
            if event.details.get("code") == department.code and event.at >= case.counted_from
        ]
        if any(event.details.get("answer") == "view" for event in ours):
            return "Отделът вече е дал становище"
        reminded = (one.at for one in ours if one.kind is EventKind.DEPARTMENT_REMINDED)
        return "Днес вече е напомнено" if any(local_date(at) == local_date(self.at) for at in reminded) else None

    def _close(self, case: Case) -> str | None:
        may = permissions.may_close(self.staff, case)
        return None if may else "Приключва се само след отговор или препращане"
