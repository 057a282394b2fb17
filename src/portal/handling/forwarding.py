"""Forwarding a case to the body that is competent for it."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Case, EventKind, Status
from portal.mail import messages
from portal.staff.model import Staff

FORWARD_WITHIN = timedelta(days=7)
"""Counted from the receipt (Administrative Procedure Code, art. 112)."""


async def forward(db: AsyncSession, case: Case, to: str, ground: str, *, whole: bool, by: Staff, at: datetime) -> None:
    """Send the case to the body that is competent; of a part only, the rest is still ours to answer."""
    if whole:
        case.status = Status.FORWARDED
    event = await history.record(db, case, EventKind.FORWARDED, at=at, by=by, to=to, ground=ground, whole=whole)
    messages.forwarded(db, case, event)
