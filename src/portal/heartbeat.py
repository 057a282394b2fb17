"""Proof of life of the worker: a dead one is seen by its silence."""

from datetime import datetime

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
