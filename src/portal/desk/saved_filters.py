"""Filters of the worklist that a member of the staff keeps under names of their own: nobody else sees them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Table
from portal.staff.model import Staff
from portal.statements import number_given

MOST = 20
_GREATEST = 2**63 - 1


class SavedFilter(Table):
    __tablename__ = "saved_filters"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"))
    name: Mapped[str]
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[datetime]


class CannotSave(ValueError):  # noqa: N818 - reads as what it says
    """Why it can't be saved under that name; shown beside the field."""


MINE = (
    select(SavedFilter.id, SavedFilter.name, SavedFilter.asked)
    .where(SavedFilter.staff_id == number_given("me"))
    .order_by(func.lower(SavedFilter.name))
)


async def of(db: AsyncSession, staff: Staff) -> list[SavedFilter]:
    mine = select(SavedFilter).where(SavedFilter.staff_id == staff.id)
    return list(await db.scalars(mine.order_by(func.lower(SavedFilter.name))))


async def one(db: AsyncSession, staff: Staff, filter_id: int) -> SavedFilter | None:
    """Return one's own; a colleague's is as if it did not exist."""
    found = await db.get(SavedFilter, filter_id) if filter_id <= _GREATEST else None
    return found if found is not None and found.staff_id == staff.id else None


async def save(db: AsyncSession, staff: Staff, name: str, asked: Mapping[str, str], *, at: datetime) -> SavedFilter:
    """Keep what is asked. The same under the same name is kept already: a form sent twice is no mistake."""
    await _one_after_another(db, staff)
    same = await _named(db, staff, name)
    if same is not None and same.asked == dict(asked):
        return same
    if same is not None:
        raise CannotSave("Вече имате филтър с това име")
    if len(await of(db, staff)) >= MOST:
        raise CannotSave(f"Пазят се до {MOST} филтъра: премахнете някой")
    made = SavedFilter(staff_id=staff.id, name=name, asked=dict(asked), saved_at=at)
    db.add(made)
    await db.flush()
    return made


async def rename(db: AsyncSession, staff: Staff, kept: SavedFilter, name: str) -> None:
    await _one_after_another(db, staff)
    same = await _named(db, staff, name)
    if same is not None and same.id != kept.id:
        raise CannotSave("Вече имате филтър с това име")
    kept.name = name


async def _one_after_another(db: AsyncSession, staff: Staff) -> None:
    """Where two forms are sent at once, the second sees what the first has saved."""
    await db.execute(select(Staff.id).where(Staff.id == staff.id).with_for_update())


async def _named(db: AsyncSession, staff: Staff, name: str) -> SavedFilter | None:
    named = (SavedFilter.staff_id == staff.id, func.lower(SavedFilter.name) == func.lower(name))
    return await db.scalar(select(SavedFilter).where(*named))
