"""Who has a case open just now, what they are doing with it, and what has happened to it since it was opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

import msgspec
from sqlalchemy import BigInteger, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.model import Case, Event
from portal.db import Table
from portal.staff.model import Staff
from portal.statements import Statement, moment_given, number_given

LOOKING = timedelta(minutes=1)
"""Whose page has asked so lately still stands before their eyes: it asks three times a minute."""


class Presence(Table):
    __tablename__ = "presence"

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    doing: Mapped[str]
    seen_at: Mapped[datetime]


async def note(db: AsyncSession, case: Case, staff: Staff, *, at: datetime, doing: str | None = None) -> None:
    """Note that `staff` has the case open; `doing`: the part whose form is, where that is known to have changed."""
    said = {"seen_at": at} | ({} if doing is None else {"doing": doing})
    new = insert(Presence).values(**{"case_id": case.id, "staff_id": staff.id, "doing": "", **said})
    await db.execute(new.on_conflict_do_update(index_elements=["case_id", "staff_id"], set_=said))


class Other(msgspec.Struct, frozen=True):
    name: str
    doing: str


PRESENT = (
    select(Staff.name, Presence.doing)
    .join(Staff, Staff.id == Presence.staff_id)
    .where(
        Presence.case_id == number_given("case"),
        Presence.staff_id != number_given("me"),
        Presence.seen_at > moment_given("looking_since"),
    )
    .order_by(Staff.name)
)
_PRESENT = Statement(PRESENT)


@dataclass(frozen=True)
class Company:
    """What one of the staff is told of the others; `loaded`: the newest event of the page before their eyes."""

    loaded: int
    others: Sequence[Other]
    news: Event | None

    @property
    def mark(self) -> int:
        """Tell whether two are told the same."""
        return crc32(repr((self.others, self.news and self.news.id)).encode())


async def company(db: AsyncSession, case: Case, me: Staff, *, loaded: int, at: datetime) -> Company:
    """Return who else is there, and the newest of what others have done to the case since `loaded`."""
    others = [Other(*row) for row in await _PRESENT.rows(db, case=case.id, me=me.id, looking_since=at - LOOKING)]
    since = (Event.case_id == case.id, Event.id > loaded, Event.staff_id.is_distinct_from(me.id))
    news = await db.scalar(select(Event).where(*since).order_by(Event.id.desc()).limit(1))
    return Company(loaded, others, news)


async def forget(db: AsyncSession, *, at: datetime) -> None:
    await db.execute(delete(Presence).where(Presence.seen_at < at - LOOKING))
