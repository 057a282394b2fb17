"""The reply: written, corrected, and sent to a whole group."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Case, EventKind, Status
from portal.mail import messages
from portal.staff.model import Staff


async def reply(db: AsyncSession, case: Case, text: str, *, by: Staff, at: datetime) -> None:
    """Answer the case, or correct an answer: the earlier version stays in the history, the sender gets the new one."""
    if case.reply == text and not case.awaits_reply:
        return
    correction = not case.awaits_reply
    # A correction does not make an answer given in time a late one.
    case.reply, case.replied_at = text, case.replied_at if correction else at
    case.public_reply = None  # what was redacted was the version before
    if case.status is not Status.CLOSED:
        case.status = Status.ANSWERED
    event = await history.record(db, case, EventKind.REPLIED, at=at, by=by, text=text, correction=correction)
    messages.replied(db, case, event)


async def reply_as_of(db: AsyncSession, case: Case, seen: int) -> str:
    """Return the reply as it stood at the event `seen`; nothing where there was none."""
    replies = await history.events(db, case, {EventKind.REPLIED})
    return next((str(event.details["text"]) for event in replies if event.id <= seen), "")


async def reply_to_all(
    db: AsyncSession, case: Case, also: Collection[Case], text: str, *, by: Staff, at: datetime
) -> None:
    """Answer the case, and with the same words each of `also`: an event, an e-mail and a status of its own."""
    for one in (case, *also):
        await reply(db, one, text, by=by, at=at)
