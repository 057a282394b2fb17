"""The sessions of a member of the staff, as they see and end them themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.accounts.signin import CODE_AWAITED, SESSION_IDLES, SESSION_LIVES, digest
from portal.staff.model import Staff, StaffBrowser, StaffLink, StaffSession

BROWSER_KNOWN = timedelta(days=400)
"""As long as browsers keep a cookie."""


async def of(db: AsyncSession, staff: Staff, token: str, *, at: datetime) -> Sequence[Row[StaffSession, bool]]:
    """Return those that live, the last used first, and of each whether it is the one of `token`."""
    living = (StaffSession.begun_at > at - SESSION_LIVES, StaffSession.seen_at > at - SESSION_IDLES)
    found = await db.execute(
        select(StaffSession, StaffSession.token_hash == digest(token))
        .where(StaffSession.staff_id == staff.id, ~StaffSession.awaits_code, *living)
        .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    )
    return found.all()


async def end(db: AsyncSession, staff: Staff, session_id: int) -> bool:
    """End one of one's own; say whether there was such."""
    its = (StaffSession.staff_id == staff.id, StaffSession.id == session_id)
    return await db.scalar(delete(StaffSession).where(*its).returning(StaffSession.id)) is not None


async def forget(db: AsyncSession, *, at: datetime) -> None:
    """Delete what is of use no more: sessions that ended, links used or run out, browsers not seen for a year."""
    idle, old = StaffSession.seen_at <= at - SESSION_IDLES, StaffSession.begun_at <= at - SESSION_LIVES
    waited = StaffSession.awaits_code & (StaffSession.begun_at <= at - CODE_AWAITED)
    await db.execute(delete(StaffSession).where(or_(idle, old, waited)))
    await db.execute(delete(StaffLink).where(or_(StaffLink.expires_at <= at, StaffLink.used_at.is_not(None))))
    await db.execute(delete(StaffBrowser).where(StaffBrowser.seen_at <= at - BROWSER_KNOWN))
