"""How staff get in: passwords (argon2id), sessions, and the one-time link that sets a password.

Who is told of it: account.py. The code of the second step: second_step.py.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.db import let_go
from portal.staff.model import Role, Staff, StaffLink, StaffSession
from portal.tokens import cut
from portal.work_queue import WorkQueue

LINK_LIVES = timedelta(days=7)
RESET_LIVES = timedelta(hours=24)
SESSION_LIVES = timedelta(hours=12)
"""A working day: nobody is thrown out while writing, and no session is left to the next morning."""
SESSION_IDLES = timedelta(hours=3)
CODE_AWAITED = timedelta(minutes=10)

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe())
_queue = WorkQueue("passwords")
"""Each hash takes 64 MiB and a core: a flood of sign-ins would take the machine."""


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in from, as far as it tells us."""

    user_agent: str = ""
    ip: str = ""
    mark: str = ""
    """The cookie by which we know it again."""


_UNTOLD = Browser()


async def recognised(db: AsyncSession, email: str, password: str) -> Staff | None:
    """Return whose address and password these are: for an unknown address as slowly as for a wrong password.

    Raise QueueFull.
    """
    found = select(Staff).where(Staff.email == email.strip().lower(), Staff.is_active)
    staff = await db.scalar(found)
    known = staff.password_hash if staff else None
    await let_go(db)
    is_right = await _queue.run(_matches, known or _NOBODY, password)
    if known is None or not is_right:
        return None
    better = await hashed(password) if _hasher.check_needs_rehash(known) else known
    # Meanwhile the password may have been changed, or the account ended.
    staff = await db.scalar(found.where(Staff.password_hash == known).execution_options(populate_existing=True))
    if staff is not None:
        staff.password_hash = better
    return staff


async def has_password(staff: Staff, password: str) -> bool:
    """`staff`: as the session has told it, with no connection held. Raise QueueFull."""
    return await _queue.run(_matches, staff.password_hash or _NOBODY, password)


def begin_session(
    db: AsyncSession, staff: Staff, browser: Browser = _UNTOLD, *, at: datetime, awaits_code: bool = False
) -> str:
    """Return the token of a new session; always a new one: what was planted in the browser before gains nothing.

    One that `awaits_code` opens nothing but the page that asks for it.
    """
    token = secrets.token_urlsafe(32)
    db.add(
        StaffSession(
            token_hash=digest(token),
            staff_id=staff.id,
            begun_at=at,
            seen_at=at,
            user_agent=browser.user_agent[:300],
            ip=browser.ip,
            awaits_code=awaits_code,
        )
    )
    return token


async def signed_in(db: AsyncSession, token: str, *, at: datetime, idle: bool = False) -> Staff | None:
    """Return whose session it is, if it still lives; that it was seen is written at most once a minute.

    `idle`: a page asks by itself, nobody may be sitting before it.
    """
    row = await _session(db, token, lives=SESSION_LIVES, at=at, awaits_code=False)
    if row is None:
        return None
    staff, session = row
    if not idle and at - session.seen_at > timedelta(minutes=1):
        session.seen_at = at
    return staff


async def awaiting_code(db: AsyncSession, token: str, *, at: datetime) -> Staff | None:
    """Return who has given the right password and not yet the code."""
    row = await _session(db, token, lives=CODE_AWAITED, at=at, awaits_code=True)
    return row[0] if row else None


async def _session(
    db: AsyncSession, token: str, *, lives: timedelta, at: datetime, awaits_code: bool
) -> tuple[Staff, StaffSession] | None:
    found = await db.execute(
        select(Staff, StaffSession)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.token_hash == digest(token),
            StaffSession.awaits_code == awaits_code,
            StaffSession.begun_at > at - lives,
            StaffSession.seen_at > at - SESSION_IDLES,
            Staff.is_active,
        )
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])


async def sign_out(db: AsyncSession, token: str) -> None:
    await db.execute(delete(StaffSession).where(StaffSession.token_hash == digest(token)))


async def add(db: AsyncSession, email: str, *, name: str, role: Role, department: str | None, at: datetime) -> Staff:
    staff = Staff(email=email, name=name, role=role, department_code=department, is_active=True, added_at=at)
    db.add(staff)
    await db.flush()
    return staff


async def invite(
    db: AsyncSession, staff: Staff, *, at: datetime, token: str | None = None, lives: timedelta = LINK_LIVES
) -> str:
    """Return the token of a one-time link with which `staff` sets a password."""
    token = token or secrets.token_urlsafe(32)
    db.add(StaffLink(token_hash=digest(token), staff_id=staff.id, expires_at=at + lives))
    return token


async def invited(db: AsyncSession, token: str, *, at: datetime) -> Staff | None:
    return await db.scalar(
        select(Staff)
        .join(StaffLink, StaffLink.staff_id == Staff.id)
        .where(
            StaffLink.token_hash == digest(cut(token)),
            StaffLink.used_at.is_(None),
            StaffLink.expires_at > at,
            Staff.is_active,
        )
    )


async def set_password(db: AsyncSession, token: str, password_hash: str, *, at: datetime) -> Staff | None:
    """Use the link up, set the password, and end every session and every other link there was before."""
    used = await db.execute(
        update(StaffLink)
        .where(StaffLink.token_hash == digest(cut(token)), StaffLink.used_at.is_(None), StaffLink.expires_at > at)
        .values(used_at=at)
        .returning(StaffLink.staff_id)
    )
    staff_id = used.scalar_one_or_none()
    if staff_id is None:
        return None
    staff = await db.get_one(Staff, staff_id)
    staff.password_hash = password_hash
    await shut_out(db, staff)
    return staff


async def shut_out(db: AsyncSession, staff: Staff, *, but: str = "") -> None:
    """End every session except the one of the token `but`, and every link that was not used."""
    await end_sessions(db, staff, but=but)
    await db.execute(delete(StaffLink).where(StaffLink.staff_id == staff.id, StaffLink.used_at.is_(None)))


async def end_sessions(db: AsyncSession, staff: Staff, *, but: str) -> None:
    others = (StaffSession.staff_id == staff.id, StaffSession.token_hash != digest(but))
    await db.execute(delete(StaffSession).where(*others))


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


async def hashed(password: str) -> str:
    """Raise QueueFull. Must be called with no connection held."""
    return await _queue.run(_hasher.hash, password)


def digest(token: str) -> bytes:
    """A token is 256 random bits: it needs no salt, and the database alone lets nobody in."""
    return hashlib.sha256(token.encode()).digest()
