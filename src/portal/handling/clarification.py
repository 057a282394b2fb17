"""The question to the sender, and what the sender writes: the answer to it, or something of their own accord."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Actor, Case, EventKind, Status
from portal.mail import messages
from portal.staff.model import Staff

NO_ANSWER = "Последното писмо не е уточнението, което беше поискано. Подателят още се чака."


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


async def write(
    db: AsyncSession, case: Case, text: str, *, at: datetime, is_doubtful: bool = False, **told: object
) -> None:
    """The sender says something, by e-mail too: what was asked, if it was; else of their own accord.

    It ends nothing and reopens nothing: what an answer like „благодаря“ or „не е вярно“ means, the staff decide.
    Whether it is an answer at all where it is doubtful, they decide too.
    """
    awaited = case.status is Status.AWAITING_CLARIFICATION and not is_doubtful
    kind = EventKind.CLARIFIED if awaited else EventKind.SENDER_WROTE
    told |= {"doubtful": True} if is_doubtful else {}
    if awaited:
        case.status = case.status_in_work
    case.sender_wrote_at = at
    await history.record(db, case, kind, at=at, by=Actor.SENDER, text=text, **told)


async def take_for_answer(db: AsyncSession, case: Case, *, by: Staff, at: datetime, **told: object) -> None:
    """Take what the sender wrote, or said by telephone, for the answer to the question."""
    if case.status is Status.AWAITING_CLARIFICATION:
        case.status = case.status_in_work
        await history.record(db, case, EventKind.CLARIFIED, at=at, by=by, **told)


async def wait_on(db: AsyncSession, case: Case, *, by: Staff, at: datetime) -> None:
    """What was taken for the sender's answer is none: they are waited for as before, and are not written to."""
    if case.is_open and case.status is not Status.AWAITING_CLARIFICATION:
        case.status = Status.AWAITING_CLARIFICATION
        await history.record(db, case, EventKind.NOTE, at=at, by=by, text=NO_ANSWER)


async def read(db: AsyncSession, case: Case, seen: int) -> None:
    """Somebody has read what the sender wrote, up to the event `seen`."""
    if not await history.happened_since(db, case, seen, {EventKind.SENDER_WROTE, EventKind.CLARIFIED}):
        case.sender_wrote_at = None
