"""The reply: written, corrected, and sent to a whole group."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Case, EventKind, Status
from portal.mail import messages
from portal.publishing.publication import sender_to_hide
from portal.replies.salutation import without_name
from portal.staff.model import Staff


async def reply(db: AsyncSession, case: Case, text: str, *, by: Staff, at: datetime) -> None:
    """Answer the case, or correct an answer: the earlier version stays in the history, the sender gets the new one."""
    if case.reply == text and not case.awaits_reply:
        return
    correction = not case.awaits_reply
    # A correction does not make an answer given in time a late one.
    case.reply, case.replied_at = text, case.replied_at if correction else at
    greets_nobody = without_name(text, sender_to_hide(case))
    public = greets_nobody if greets_nobody != text else None
    case.public_reply = public  # what was redacted before was another version
    if case.status is not Status.CLOSED:
        case.status = Status.ANSWERED
    event = await history.record(db, case, EventKind.REPLIED, at=at, by=by, text=text, correction=correction)
    event.public_words = {"text": public} if public is not None else None
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
