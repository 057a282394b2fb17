"""What still points at a department or a colleague that is switched off, and moving it where somebody works on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit
from portal.cases.deadlines import stands
from portal.cases.model import OPEN, Case
from portal.handling import assignment
from portal.municipality import Department, Topic
from portal.staff.model import Staff


@dataclass(frozen=True)
class Left:
    cases: int
    letters: int
    """To the senders of these, where they are moved."""
    topics: int = 0
    people: int = 0

    @property
    def mark(self) -> str:
        """Name what was shown: the form that confirms it carries it."""
        return f"{self.cases}-{self.letters}-{self.topics}"


async def left_by_department(db: AsyncSession, code: str) -> Left:
    its = select(func.count(), func.count(Case.sender_email)).where(stands(*OPEN), Case.department_code == code)
    cases, letters = (await db.execute(its)).one()
    topics = await db.scalar(select(func.count()).where(Topic.department_code == code))
    people = await db.scalar(select(func.count()).where(Staff.department_code == code, Staff.is_active))
    return Left(cases, letters, topics or 0, people or 0)


async def move_from_department(db: AsyncSession, code: str, to: Department, *, by: Staff, at: datetime) -> None:
    """Assign its open cases to another, and let its topics propose that one."""
    its = select(Case).where(stands(*OPEN), Case.department_code == code).order_by(Case.id)
    for case in await db.scalars(its.with_for_update()):
        await assignment.assign(db, case, to, by=by, at=at)
    await db.execute(update(Topic).where(Topic.department_code == code).values(department_code=to.code))


async def in_hands(db: AsyncSession, person: Staff) -> int:
    return await db.scalar(select(func.count()).where(stands(*OPEN), Case.in_hands_of == person.id)) or 0


async def move_from_hands(db: AsyncSession, person: Staff, to: Staff, *, by: Staff, at: datetime) -> None:
    its = update(Case).where(stands(*OPEN), Case.in_hands_of == person.id).values(in_hands_of=to.id)
    moved = (await db.scalars(its.returning(Case.id))).all()
    if moved:
        audit.note(db, by, "handed_over", at=at, email=person.email, to=to.name, cases=len(moved))
