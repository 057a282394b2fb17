"""The link that a sender follows once to confirm: sent, sent again, reminded of; what nobody confirms is deleted."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.lookup import locked
from portal.cases.model import Actor, Case, Event, EventKind, Status
from portal.intake import incoming_mail
from portal.intake.receipt import receive
from portal.mail import messages
from portal.mail.outbox import Email
from portal.settings import Municipality

REMIND_AFTER = timedelta(hours=24)
FORGET_AFTER = timedelta(hours=72)
MOST_LINKS = 6
"""Links e-mailed for one case, to whatever address: enough for honest mistakes, useless for pestering strangers."""
MOST_ADDRESSES = 3
"""Addresses that the links of one case may be sent to: the one that was typed, and two corrections."""
BETWEEN_LINKS = timedelta(seconds=60)
MOST_UNCONFIRMED = 6
"""Links that an address is sent within an hour while none of them is used: it may be a stranger's."""


async def confirm(db: AsyncSession, case_id: int, municipality: Municipality, *, at: datetime) -> Case | None:
    """Receive the case: give it its number, its hour and its due date. Twice, or from two devices, changes nothing."""
    case = await locked(db, Case.id == case_id)
    if case is None or case.is_received:
        return case
    await receive(db, case, municipality, by=Actor.SENDER, at=at)
    return case


async def submitted(db: AsyncSession, case_id: int, *, at: datetime, lock: bool = False) -> Case | None:
    """Return the case while it can be confirmed, and once it is received.

    Locked to confirm it: its address may just be being corrected, which ends the link sent to the old one.
    """
    case = await db.get(Case, case_id, with_for_update=lock)
    if case is None or case.is_received or case.submitted_at > at - FORGET_AFTER:
        return case
    return None


async def unconfirmed(db: AsyncSession, case_id: int, *, at: datetime) -> Case | None:
    """Return the case, locked, while it can still be confirmed."""
    alive = Case.submitted_at > at - FORGET_AFTER
    return await locked(db, (Case.id == case_id) & (Case.status == Status.AWAITING_CONFIRMATION) & alive)


async def resend(db: AsyncSession, case: Case, *, at: datetime) -> bool:
    """E-mail the link again; say whether it may be done so soon, or once more."""
    links = await _links_sent(db, case)
    assert case.sender_email is not None
    if len(links) >= MOST_LINKS or links[0].at > at - BETWEEN_LINKS:
        return False
    if await has_too_many_links(db, case.sender_email, at=at):
        return False
    await ask(db, case, EventKind.CONFIRMATION_RESENT, at=at)
    return True


async def correct_address(db: AsyncSession, case: Case, email: str, *, at: datetime) -> bool:
    """Send the link to the right address; the one sent to the mistyped address ends. False: changed too often."""
    if email == case.sender_email:
        return True
    links = await _links_sent(db, case)
    if len(links) >= MOST_LINKS or case.address_version >= MOST_ADDRESSES:
        return False
    if await has_too_many_links(db, email, at=at):
        return False
    case.sender_email, case.address_fails = email, None
    case.address_version += 1
    await ask(db, case, EventKind.ADDRESS_CORRECTED, at=at)
    return True


async def remind(db: AsyncSession, *, at: datetime) -> int:
    """Remind, once, those who have not confirmed for a day; return how many."""
    reminded = select(Event.id).where(Event.case_id == Case.id, Event.kind == EventKind.CONFIRM_REMINDED).exists()
    late = Case.submitted_at <= at - REMIND_AFTER
    waiting = Case.status == Status.AWAITING_CONFIRMATION
    found = await db.scalars(select(Case).where(waiting, late, ~reminded).with_for_update(skip_locked=True))
    cases = list(found)
    for case in cases:
        event = await history.record(
            db, case, EventKind.CONFIRM_REMINDED, at=at, by=Actor.SYSTEM, address_version=case.address_version
        )
        messages.confirm_reminder(db, case, event)
    return len(cases)


async def forget(db: AsyncSession, *, at: datetime) -> int:
    """Delete what nobody confirmed within 72 hours, with its history and e-mails; return how many.

    What came in about it is kept until somebody looks.
    """
    late = (Case.status == Status.AWAITING_CONFIRMATION, Case.submitted_at <= at - FORGET_AFTER)
    gone = list(await db.scalars(select(Case.id).where(*late).with_for_update(skip_locked=True)))
    await incoming_mail.outlive(db, gone)
    await db.execute(delete(Case).where(Case.id.in_(gone)))
    return len(gone)


async def ask(db: AsyncSession, case: Case, kind: EventKind, *, at: datetime, **more: Any) -> None:
    event = await history.record(db, case, kind, at=at, by=Actor.SENDER, address_version=case.address_version, **more)
    messages.please_confirm(db, case, event)


async def _links_sent(db: AsyncSession, case: Case) -> list[Event]:
    asked = (EventKind.SUBMITTED, EventKind.CONFIRMATION_RESENT, EventKind.ADDRESS_CORRECTED)
    return await history.events(db, case, asked)


async def has_too_many_links(db: AsyncSession, address: str, *, at: datetime) -> bool:
    """Count the links sent to the mailbox in the last hour for what is still unconfirmed."""
    to_it = (Email.message == "please_confirm", func.mailbox(Email.recipient) == func.mailbox(address))
    unused = (Case.status == Status.AWAITING_CONFIRMATION, Email.written_at > at - timedelta(hours=1))
    links = await db.scalar(select(func.count()).select_from(Email).join(Case).where(*to_it, *unused))
    return (links or 0) >= MOST_UNCONFIRMED
