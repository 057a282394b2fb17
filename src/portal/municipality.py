"""The municipality in the database: its departments and topics, and the days that count."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Table
from portal.settings import Municipality
from portal.statements import Statement


class Department(Table):
    __tablename__ = "departments"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    is_active: Mapped[bool]
    links_from: Mapped[datetime | None]
    """Links to answer by that were sent before it open nothing any more."""


class Topic(Table):
    __tablename__ = "topics"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    department_code: Mapped[str | None] = mapped_column(ForeignKey(Department.code))
    place_in_list: Mapped[int]


class SpecialDay(Table):
    __tablename__ = "special_days"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    day: Mapped[date]
    is_working: Mapped[bool]
    reason: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
    removed_at: Mapped[datetime | None]


class Suspension(Table):
    __tablename__ = "suspensions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
    removed_at: Mapped[datetime | None]


DEPARTMENTS = select(Department.code, Department.name).where(Department.is_active).order_by(Department.name)
ALL_DEPARTMENTS = select(
    Department.code, case((Department.is_active, Department.name), else_=Department.name + " (закрит)")
).order_by(Department.is_active.desc(), Department.name)
"""For finding what they had: those that work no more are said to be closed."""
TOPICS = select(Topic.code, Topic.name).order_by(Topic.place_in_list)
_DEPARTMENTS, _TOPICS = Statement(DEPARTMENTS), Statement(TOPICS)


async def departments(db: AsyncSession) -> dict[str, str]:
    """Return the names of the departments that work, by code."""
    return await _DEPARTMENTS.pairs(db)


async def topics(db: AsyncSession) -> dict[str, str]:
    return await _TOPICS.pairs(db)


async def all_departments(db: AsyncSession) -> dict[str, Department]:
    """Return every department by code, those that work no more as well."""
    return {one.code: one for one in await db.scalars(select(Department).order_by(Department.name))}


async def all_topics(db: AsyncSession) -> dict[str, Topic]:
    return {one.code: one for one in await db.scalars(select(Topic).order_by(Topic.place_in_list))}


async def establish(db: AsyncSession, municipality: Municipality) -> None:
    """Add the departments and topics of the municipality's file that the database lacks; the others stay."""
    departments = [
        {"code": one.code, "name": one.name, "email": one.email, "is_active": True} for one in municipality.departments
    ]
    topics = [
        {"code": one.code, "name": one.name, "department_code": one.department, "place_in_list": position}
        for position, one in enumerate(municipality.topics)
    ]
    for table, rows in ((Department, departments), (Topic, topics)):
        if rows:
            await db.execute(insert(table).values(rows).on_conflict_do_nothing())
