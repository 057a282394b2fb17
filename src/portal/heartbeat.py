"""Proof of life of the worker: a dead one is seen by its silence."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Table


class Heartbeat(Table):
    __tablename__ = "heartbeats"

    part: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


async def beat(db: AsyncSession, part: str, *, at: datetime) -> None:
    now = insert(Heartbeat).values(part=part, at=at)
    await db.execute(now.on_conflict_do_update(index_elements=["part"], set_={"at": now.excluded.at}))


async def last(db: AsyncSession, part: str) -> datetime | None:
    return await db.scalar(select(Heartbeat.at).where(Heartbeat.part == part))


async def silent_for(db: AsyncSession, part: str, span: timedelta, *, at: datetime) -> bool:
    """Say whether the part was last heard of longer ago than `span`, or never."""
    seen = await last(db, part)
    return seen is None or at - seen > span
