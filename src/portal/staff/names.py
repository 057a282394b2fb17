"""The names of the staff, for the history that the staff read."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.staff.model import Role, Staff
from portal.statements import Statement

NAMES = select(Staff.id, Staff.name)
COLLEAGUES = (
    select(Staff.id, Staff.name)
    .where(Staff.is_active, Staff.role.in_((Role.OPERATOR, Role.ADMIN)))
    .order_by(Staff.name, Staff.id)
)
"""Those who work on cases."""
_NAMES = Statement(NAMES)


async def names(db: AsyncSession) -> dict[int, str]:
    return await _NAMES.pairs(db)
