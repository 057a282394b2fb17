"""The worker's heartbeat: a worker that has not written for some time is taken for dead."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
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


WORKER = "worker "
"""Before the name of each worker: which of several is silent."""
DEAD_AFTER, FORGOTTEN_AFTER = timedelta(minutes=3), timedelta(hours=1)


WORKERS = (
    select(func.substr(Heartbeat.part, len(WORKER) + 1).label("name"), Heartbeat.at)
    .where(Heartbeat.part.startswith(WORKER))
    .order_by(Heartbeat.part)
)
"""When each worker was last heard of."""


async def leave(db: AsyncSession, name: str) -> None:
    """A worker that was told to end is not missed."""
    await db.execute(delete(Heartbeat).where(Heartbeat.part == WORKER + name))


async def forget(db: AsyncSession, *, at: datetime) -> None:
    """Miss a dead worker for an hour: another one has its work by then."""
    await db.execute(delete(Heartbeat).where(Heartbeat.part.startswith(WORKER), Heartbeat.at < at - FORGOTTEN_AFTER))


async def last(db: AsyncSession, part: str) -> datetime | None:
    return await db.scalar(select(Heartbeat.at).where(Heartbeat.part == part))


async def silent_for(db: AsyncSession, part: str, span: timedelta, *, at: datetime) -> bool:
    """Say whether the part was last heard of longer ago than `span`, or never."""
    seen = await last(db, part)
    return seen is None or at - seen > span
