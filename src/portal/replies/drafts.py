"""Replies being written: kept on the server as they are typed, so that no sign-out, kill or colleague loses one."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import BigInteger, ForeignKey, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.model import Case
from portal.db import Table
from portal.staff.model import Staff
from portal.statements import moment_given, number_given

WRITING = timedelta(minutes=10)
"""Whose draft was saved so lately is writing still."""


class ReplyDraft(Table):
    __tablename__ = "reply_drafts"

    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]
    seen: Mapped[int] = mapped_column(BigInteger)
    saved_at: Mapped[datetime]


class SavedDraft(msgspec.Struct, frozen=True):
    staff_id: int
    name: str
    text: str
    seen: int
    saved_at: datetime


SAVED = (
    select(ReplyDraft.staff_id, Staff.name, ReplyDraft.text, ReplyDraft.seen, ReplyDraft.saved_at)
    .join(Staff)
    .where(
        ReplyDraft.case_id == number_given("case"),
        (ReplyDraft.staff_id == number_given("me")) | (ReplyDraft.saved_at > moment_given("writing_since")),
    )
    .order_by(Staff.name)
)
"""One's own draft, and those that others are writing just now."""


async def mine(db: AsyncSession, case: Case, staff: Staff) -> ReplyDraft | None:
    return await db.get(ReplyDraft, (case.id, staff.id), populate_existing=True)


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
