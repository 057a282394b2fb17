"""The turns a case can take: it waits for its sender, goes to another body, ends without a reply, or begins anew."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import deadlines, groups, history
from portal.cases.model import ENDED, Actor, Case, EventKind, Status
from portal.clock import local_date
from portal.mail import messages
from portal.search import typing
from portal.settings import Municipality
from portal.staff.model import Staff

REOPEN_WITHIN = timedelta(days=30)
FORWARD_WITHIN = timedelta(days=7)
"""Of the receipt (Administrative Procedure Code, art. 112)."""


class Ground(StrEnum):
    """Why a case is not examined (Administrative Procedure Code, art. 111 and 124)."""

    ANONYMOUS = "anonymous"
    OLDER_THAN_TWO_YEARS = "older_than_two_years"
    REPEATED = "repeated"
    EMPTY_OR_INSULTING = "empty_or_insulting"


GROUNDS = {
    Ground.ANONYMOUS: "подаването е анонимно (чл. 111 от АПК)",
    Ground.OLDER_THAN_TWO_YEARS: "отнася се за нещо отпреди повече от две години (чл. 111 от АПК)",
    Ground.REPEATED: "по същия въпрос вече има решение и няма нови факти (чл. 124 от АПК)",
    Ground.EMPTY_OR_INSULTING: "в текста няма въпрос, който може да се разгледа",
}


async def note(db: AsyncSession, case: Case, text: str, *, by: Staff, at: datetime) -> None:
    """Write down something for colleagues: never public, told to nobody."""
    await history.record(db, case, EventKind.NOTE, at=at, by=by, text=text)


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
        case.status = _working(case)
    case.sender_wrote_at = at
    await history.record(db, case, kind, at=at, by=Actor.SENDER, text=text, **told)


async def read(db: AsyncSession, case: Case, seen: int) -> None:
    """Somebody has read what the sender wrote, up to the event `seen`."""
    if not await history.happened_since(db, case, seen, {EventKind.SENDER_WROTE, EventKind.CLARIFIED}):
        case.sender_wrote_at = None


async def forward(db: AsyncSession, case: Case, to: str, ground: str, *, whole: bool, by: Staff, at: datetime) -> None:
    """Send the case to the body that is competent; of a part only, the rest is still ours to answer."""
    if whole:
        case.status = Status.FORWARDED
    event = await history.record(db, case, EventKind.FORWARDED, at=at, by=by, to=to, ground=ground, whole=whole)
    messages.forwarded(db, case, event)


async def earlier_case(db: AsyncSession, case: Case, number: str) -> Case | None:
    """Return the case that was received before this one under `number`, as people write it; the year may be missing."""
    asked = typing.read(number).number
    if asked is None:
        return None
    found = select(Case).where(Case.incoming_seq == asked.seq, Case.received_at < case.received_at)
    if asked.year is not None:
        found = found.where(Case.incoming_year == asked.year)
    return await db.scalar(found.order_by(Case.incoming_year.desc()).limit(1))


async def end_without_proceedings(
    db: AsyncSession, case: Case, ground: Ground, *, earlier: Case | None = None, by: Staff, at: datetime
) -> None:
    """End it; `earlier`: the case that it repeats.

    The sender reads the number of that one if it is their own or everybody's, the public while it is public.
    """
    case.status = Status.NO_PROCEEDINGS
    told: dict[str, Any] = {"ground": GROUNDS[ground]}
    if earlier is not None:
        may_know = earlier.is_public or earlier.sender_email == case.sender_email
        told["earlier"] = {"id": earlier.id, "number": earlier.incoming_number, "told": may_know}
    event = await history.record(db, case, EventKind.NO_PROCEEDINGS, at=at, by=by, **told)
    messages.no_proceedings(db, case, event)


async def close(db: AsyncSession, case: Case, *, by: Staff, at: datetime) -> None:
    case.status = Status.CLOSED
    messages.closed(db, case, await history.record(db, case, EventKind.CLOSED, at=at, by=by))


async def may_be_resolved(db: AsyncSession, case: Case) -> bool:
    """Say whether there is a reply that the sender has not called the end of the matter yet."""
    if case.status not in {Status.ANSWERED, Status.CLOSED}:
        return False
    said = await history.events(db, case, {EventKind.REPLIED, EventKind.RESOLVED, EventKind.REOPENED})
    return bool(said) and said[0].kind is EventKind.REPLIED


async def resolve(db: AsyncSession, case: Case, *, at: datetime) -> None:
    """The sender says that it is done; said twice it is said once."""
    if await may_be_resolved(db, case):
        await history.record(db, case, EventKind.RESOLVED, at=at, by=Actor.SENDER)


async def ended_at(db: AsyncSession, case: Case) -> datetime | None:
    """Return when an ended case ended: at its reply, its forwarding, or the refusal to examine it."""
    ends = {EventKind.REPLIED, EventKind.FORWARDED, EventKind.NO_PROCEEDINGS}
    last = await history.events(db, case, ends) if case.status in ENDED else []
    return last[0].at if last else None


async def may_be_reopened_by_sender(db: AsyncSession, case: Case, *, at: datetime) -> bool:
    ended = await ended_at(db, case)
    return ended is not None and at - ended <= REOPEN_WITHIN


async def reopen(
    db: AsyncSession, case: Case, reason: str, municipality: Municipality, *, by: Staff | Actor, at: datetime
) -> None:
    """Begin anew, with a term of its own from today; the earlier one stands in the history."""
    if case.lead_id is not None:
        await groups.leave(db, case, by=by, at=at, tell=False)
    case.status, case.reopened_at = _working(case), at
    calendar = await deadlines.calendar(db)
    case.first_due_on = case.due_on = deadlines.first_due_on(local_date(at), municipality.days, calendar)
    event = await history.record(db, case, EventKind.REOPENED, at=at, by=by, reason=reason, due_on=case.due_on)
    messages.reopened(db, case, event)


def _working(case: Case) -> Status:
    return Status.ASSIGNED if case.department_code else Status.RECEIVED
