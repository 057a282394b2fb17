"""The colleagues, as an administrator of the portal keeps them: who there is, in which role, and how they come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit
from portal.accounts import second_step, signin
from portal.mail import messages
from portal.municipality import Department
from portal.staff.model import Role, Staff
from portal.tokens import Tokens


class LastAdmin(Exception):  # noqa: N818 - a rule, no fault
    """Without an administrator nobody could add one."""


@dataclass(frozen=True)
class Place:
    """What somebody is in the municipality."""

    name: str
    role: Role
    department: str | None


async def everybody(db: AsyncSession) -> Sequence[Staff]:
    return (await db.scalars(select(Staff).order_by(Staff.is_active.desc(), Staff.name, Staff.id))).all()


async def who_work_on_cases(db: AsyncSession) -> Sequence[Staff]:
    working = (Staff.is_active, Staff.role.in_((Role.OPERATOR, Role.ADMIN)))
    return (await db.scalars(select(Staff).where(*working).order_by(Staff.name, Staff.id))).all()


async def named(db: AsyncSession, email: str) -> Staff | None:
    return await db.scalar(select(Staff).where(Staff.email == email))


async def add(db: AsyncSession, email: str, place: Place, tokens: Tokens, *, by: Staff, at: datetime) -> Staff | None:
    """Add a colleague and send the invitation; None where the address is somebody's already."""
    try:
        async with db.begin_nested():
            staff = await signin.add(db, email, name=place.name, role=place.role, department=place.department, at=at)
    except IntegrityError:
        return None
    audit.note(db, by, "person_added", at=at, email=staff.email, **vars(place))
    await send_link(db, staff, tokens, by=by, at=at)
    return staff


async def change(db: AsyncSession, staff_id: int, place: Place, *, by: Staff | None, at: datetime) -> None:
    """Raise LastAdmin. `by` is None for who sits at the server's terminal."""
    admins = await _admins(db)
    staff = await _locked(db, staff_id)
    if place.role is not Role.ADMIN and admins == {staff.id}:
        raise LastAdmin
    before = [staff.name, staff.role, staff.department_code]
    staff.name, staff.role, staff.department_code = place.name, place.role, place.department
    after = [staff.name, staff.role, staff.department_code]
    if after != before:
        audit.note(db, by, "person_changed", at=at, email=staff.email, before=before, after=after)


async def deactivate(db: AsyncSession, staff_id: int, *, by: Staff, at: datetime) -> None:
    """End what they have open, at once. Raise LastAdmin."""
    admins = await _admins(db)
    staff = await _locked(db, staff_id)
    if admins == {staff.id}:
        raise LastAdmin
    staff.is_active = False
    await signin.shut_out(db, staff)
    if staff.department_code:  # who leaves has read the links in the department's mailbox; the next digest has another
        await db.execute(update(Department).where(Department.code == staff.department_code).values(links_from=at))
    audit.note(db, by, "person_deactivated", at=at, email=staff.email)


async def activate(db: AsyncSession, staff_id: int, *, by: Staff, at: datetime) -> None:
    staff = await _locked(db, staff_id)
    staff.is_active = True
    audit.note(db, by, "person_activated", at=at, email=staff.email)


async def send_link(db: AsyncSession, staff: Staff, tokens: Tokens, *, by: Staff | None, at: datetime) -> None:
    """Send the way to a new password, or to the first one. `by` is None for who has forgotten the password."""
    is_first = staff.password_hash is None
    lives = signin.LINK_LIVES if is_first else signin.RESET_LIVES
    invitation = token_urlsafe(32)
    await signin.invite(db, staff, at=at, token=tokens.password(invitation), lives=lives)
    write = messages.invited if is_first else messages.password_link
    write(db, staff, invitation, until=at + lives, at=at)
    audit.note(db, by, "password_link", at=at, email=staff.email)


async def forgotten(db: AsyncSession, email: str, tokens: Tokens, *, at: datetime) -> None:
    """Send a link to who works here; to others nothing, and nobody is told which it was."""
    staff = await named(db, email)
    if staff is not None and staff.is_active:
        await send_link(db, staff, tokens, by=None, at=at)


async def reset_second_step(db: AsyncSession, staff_id: int, *, by: Staff, at: datetime) -> None:
    """For a colleague who has lost the telephone and the recovery codes."""
    staff = await _locked(db, staff_id)
    if staff.totp_seed is None:
        return
    await second_step.switch_off(db, staff)
    audit.note(db, by, "second_step_reset", at=at, email=staff.email)
    messages.second_step_off(db, staff, by=by, at=at)


async def _admins(db: AsyncSession) -> set[int]:
    """Return who administers. Locked, in one order: of two who put down each other, the second finds one left."""
    active = select(Staff.id).where(Staff.role == Role.ADMIN, Staff.is_active).order_by(Staff.id)
    return set(await db.scalars(active.with_for_update()))


async def _locked(db: AsyncSession, staff_id: int) -> Staff:
    return (await db.scalars(select(Staff).where(Staff.id == staff_id).with_for_update())).one()
