"""The names of the staff, for the history that the staff read."""

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.staff.model import Role, Staff
from portal.statements import Statement

NAMES = select(Staff.id, Staff.name)
COLLEAGUES = (
    select(Staff.id, case((Staff.is_active, Staff.name), else_=Staff.name + " (спрян достъп)"))
    .where(Staff.role.in_((Role.OPERATOR, Role.ADMIN)))
    .order_by(Staff.is_active.desc(), Staff.name, Staff.id)
)
"""Those who work on cases, or did."""
_NAMES = Statement(NAMES)


async def names(db: AsyncSession) -> dict[int, str]:
    return await _NAMES.pairs(db)
