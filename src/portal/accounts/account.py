"""What somebody of the staff does with their own account; every change is noted, and told to them by e-mail."""

from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit
from portal.accounts import second_step, signin
from portal.accounts.signin import Browser, digest
from portal.db import let_go
from portal.mail import messages
from portal.staff.devices import device
from portal.staff.model import Staff, StaffBrowser
from portal.tokens import Tokens


async def come_in(db: AsyncSession, staff: Staff, browser: Browser, *, at: datetime) -> tuple[str, str]:
    """Begin the session of who has shown who they are; return its token, and the mark that their browser keeps."""
    mark = browser.mark or token_urlsafe(32)
    known = await _sees_again(db, staff, mark, at=at)
    # The very first sign-in is no surprise: the link to set the password came a moment ago.
    if not known and staff.signed_in_at is not None:
        messages.new_browser(db, staff, device=device(browser.user_agent), ip=browser.ip, at=at)
    staff.signed_in_at = at
    audit.note(db, staff, "signed_in", at=at, email=staff.email)
    return signin.begin_session(db, staff, browser, at=at), mark


async def knows_browser(db: AsyncSession, email: str, browser: Browser) -> bool:
    """Say whether they have signed in from it before: it has the mark that was left then."""
    its = (Staff.email == email.lower(), StaffBrowser.mark_hash == digest(browser.mark))
    found = select(StaffBrowser.staff_id).join(Staff, Staff.id == StaffBrowser.staff_id).where(*its)
    return bool(browser.mark) and await db.scalar(found) is not None


async def _sees_again(db: AsyncSession, staff: Staff, mark: str, *, at: datetime) -> bool:
    its = (StaffBrowser.staff_id == staff.id, StaffBrowser.mark_hash == digest(mark))
    if await db.scalar(update(StaffBrowser).where(*its).values(seen_at=at).returning(StaffBrowser.staff_id)):
        return True
    new = insert(StaffBrowser).values(staff_id=staff.id, mark_hash=digest(mark), seen_at=at)
    await db.execute(new.on_conflict_do_nothing())
    return False


async def set_password(db: AsyncSession, token: str, password: str, *, at: datetime) -> Staff | None:
    """Use the one-time link; None where it is none any more. Raise QueueFull."""
    staff = await signin.invited(db, token, at=at)
    if staff is None:
        return None
    is_first = staff.password_hash is None
    await let_go(db)
    staff = await signin.set_password(db, token, await signin.hashed(password), at=at)
    if staff is not None:
        _password_was_set(db, staff, is_first=is_first, at=at)
    return staff


async def change_password(db: AsyncSession, me: Staff, old: str, new: str, *, session: str, at: datetime) -> bool:
    """Say whether the old one was right. The other sessions end, and the links to set a password. Raise QueueFull."""
    if not await signin.has_password(me, old):
        return False
    new_hash = await signin.hashed(new)
    staff = await _locked(db, me)
    if staff.password_hash != me.password_hash:
        return False  # changed meanwhile, in another window
    staff.password_hash = new_hash
    await signin.shut_out(db, staff, but=session)
    _password_was_set(db, staff, is_first=False, at=at)
    return True


def _password_was_set(db: AsyncSession, staff: Staff, *, is_first: bool, at: datetime) -> None:
    audit.note(db, staff, "password", at=at)
    if not is_first:
        messages.password_changed(db, staff, at=at)


async def switch_on(
    db: AsyncSession, me: Staff, seed: str, code: str, tokens: Tokens, *, at: datetime
) -> list[str] | None:
    """Return the recovery codes, or None where the code is not the one of this app and this half minute."""
    staff = await _locked(db, me)
    codes = await second_step.switch_on(db, staff, seed, code, tokens, at=at)
    if codes is not None:
        audit.note(db, staff, "second_step_on", at=at)
        messages.second_step_on(db, staff, at=at)
    return codes


async def switch_off(db: AsyncSession, me: Staff, password: str, *, at: datetime) -> bool:
    """Say whether the password was right. Raise QueueFull."""
    if not await signin.has_password(me, password):
        return False
    staff = await _locked(db, me)
    if staff.password_hash != me.password_hash:
        return False  # changed meanwhile, in another window
    if staff.totp_seed is not None:
        await second_step.switch_off(db, staff)
        audit.note(db, staff, "second_step_off", at=at)
        messages.second_step_off(db, staff, by=staff, at=at)
    return True


async def _locked(db: AsyncSession, me: Staff) -> Staff:
    """Read who signed in anew: in this transaction, and so that a second press waits for the first."""
    return (await db.scalars(select(Staff).where(Staff.id == me.id).with_for_update())).one()
