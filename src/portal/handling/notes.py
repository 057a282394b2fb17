"""Internal notes: for colleagues, never public, told to nobody."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Case, EventKind
from portal.staff.model import Staff


async def note(db: AsyncSession, case: Case, text: str, *, by: Staff, at: datetime) -> None:
    """Write down something for colleagues: never public, told to nobody."""
    await history.record(db, case, EventKind.NOTE, at=at, by=by, text=text)
