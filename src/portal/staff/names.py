"""Who is who, for the history the staff read."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.staff.model import Role, Staff


async def names(db: AsyncSession) -> dict[int, str]:
    return dict((await db.execute(select(Staff.id, Staff.name))).all())


async def colleagues(db: AsyncSession) -> dict[str, str]:
    """Return the names of those who work on cases, by id as a form has it."""
    work = (Staff.is_active, Staff.role.in_((Role.OPERATOR, Role.ADMIN)))
    found = await db.execute(select(Staff.id, Staff.name).where(*work).order_by(Staff.name, Staff.id))
    return {str(staff_id): name for staff_id, name in found}
