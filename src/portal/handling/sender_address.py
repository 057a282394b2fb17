"""Correcting the sender's e-mail address after the case was received."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Case, EventKind
from portal.staff.model import Staff


async def correct_address(db: AsyncSession, case: Case, email: str, *, by: Staff, at: datetime) -> None:
    """Write to the sender at another address from now on, where the staff have learnt that the first was mistyped.

    The links sent to the first one end.
    """
    case.sender_email, case.address_fails = email, None
    case.address_version += 1
    await history.record(db, case, EventKind.ADDRESS_CORRECTED, at=at, by=by)
