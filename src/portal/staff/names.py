"""Who is who, for the history the staff read."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.staff.model import Staff


async def names(db: AsyncSession) -> dict[int, str]:
    return dict((await db.execute(select(Staff.id, Staff.name))).all())
