"""Replies being written: kept on the server as they are typed, so that no sign-out, kill or colleague loses one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Row, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.model import Case
from portal.db import Table
from portal.staff.model import Staff

WRITING = timedelta(minutes=10)
"""Whose draft was saved so lately is writing still."""


class ReplyDraft(Table):
    __tablename__ = "reply_drafts"

    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]
    seen: Mapped[int] = mapped_column(BigInteger)
    saved_at: Mapped[datetime]


async def mine(db: AsyncSession, case: Case, staff: Staff) -> ReplyDraft | None:
    return await db.get(ReplyDraft, (case.id, staff.id), populate_existing=True)


async def writing(db: AsyncSession, case: Case, but: Staff, *, at: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the names of the others who are writing a reply just now, and when each was last saved."""
    recent = (ReplyDraft.case_id == case.id, ReplyDraft.staff_id != but.id, ReplyDraft.saved_at > at - WRITING)
    found = await db.execute(select(Staff.name, ReplyDraft.saved_at).join(Staff).where(*recent).order_by(Staff.name))
    return found.all()


async def keep(db: AsyncSession, case: Case, staff: Staff, text: str, *, seen: int, at: datetime) -> None:
    """Keep what is typed; of what is all deleted, or no more than the reply as it stands, nothing."""
    if not text.strip() or text == case.reply:
        await forget(db, case, staff)
        return
    said = {"text": text, "seen": seen, "saved_at": at}
    new = insert(ReplyDraft).values(case_id=case.id, staff_id=staff.id, **said)
    await db.execute(new.on_conflict_do_update(index_elements=["case_id", "staff_id"], set_=said))


async def forget(db: AsyncSession, case: Case, staff: Staff) -> None:
    await db.execute(delete(ReplyDraft).where(ReplyDraft.case_id == case.id, ReplyDraft.staff_id == staff.id))
