"""Ending a case without examining it, on one of the grounds that the law knows."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history, numbers
from portal.cases.model import Case, EventKind, Status
from portal.mail import messages
from portal.search.query import typing
from portal.staff.model import Staff


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


async def earlier_case(db: AsyncSession, case: Case, number: str) -> Case | None:
    """Return the case that was received before this one under `number`, as people write it; the year may be missing."""
    asked = typing.read(number).number
    if asked is None:
        return None
    found = select(Case).where(numbers.counted(asked.seq), Case.received_at < case.received_at)
    if asked.year is not None:
        found = found.where(Case.incoming_year == asked.year)
    return await db.scalar(found.order_by(Case.incoming_year.desc(), *numbers.likeliest(asked)).limit(1))


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
