"""The question to the sender, and what the sender writes: the answer to it, or something of their own accord."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Actor, Case, EventKind, Status
from portal.mail import messages
from portal.staff.model import Staff


async def ask_sender(db: AsyncSession, case: Case, question: str, *, by: Staff, at: datetime) -> None:
    """Ask the sender to clarify; the term runs on."""
    case.status = Status.AWAITING_CLARIFICATION
    messages.clarification(
        db, case, await history.record(db, case, EventKind.CLARIFICATION, at=at, by=by, text=question)
    )


async def clarify(db: AsyncSession, case: Case, answer: str, *, at: datetime) -> None:
    """The sender answers. A form sent twice finds nobody waiting, and changes nothing."""
    if case.status is Status.AWAITING_CLARIFICATION:
        await write(db, case, answer, at=at)


async def write(db: AsyncSession, case: Case, text: str, *, at: datetime, **told: object) -> None:
    """The sender says something, by e-mail too: what was asked, if it was; else of their own accord.

    It ends nothing and reopens nothing: what an answer like „благодаря“ or „не е вярно“ means, the staff decide.
    """
    kind = EventKind.CLARIFIED if case.status is Status.AWAITING_CLARIFICATION else EventKind.SENDER_WROTE
    if kind is EventKind.CLARIFIED:
        case.status = case.status_in_work
    case.sender_wrote_at = at
    await history.record(db, case, kind, at=at, by=Actor.SENDER, text=text, **told)


async def read(db: AsyncSession, case: Case, seen: int) -> None:
    """Somebody has read what the sender wrote, up to the event `seen`."""
    if not await history.happened_since(db, case, seen, {EventKind.SENDER_WROTE, EventKind.CLARIFIED}):
        case.sender_wrote_at = None
