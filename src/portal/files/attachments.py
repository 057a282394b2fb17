"""The pictures of a case: kept when they come, looked at by the staff, and public only after that."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Identity, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases import history
from portal.cases.model import Case, Channel, EventKind
from portal.db import Table, Word
from portal.files import enclosures, pictures
from portal.files.pictures import Picture
from portal.files.uploads import LOCK, Uploads
from portal.mail import messages
from portal.staff.model import Staff
from portal.statements import number_given
from portal.work_queue import WorkQueue

MOST = 3
LEFT_ALONE = timedelta(days=1)
"""A picture sent with a form that had an error is nobody's yet: its sender may be mending the form."""
_queue, _desk_queue = WorkQueue("pictures"), WorkQueue("pictures of the desk")
"""Unpacked, a picture takes a hundred times its file. The staff don't wait for what strangers send."""


class PictureState(StrEnum):
    HELD = "held"
    """Nobody of the staff has looked yet."""
    PUBLISHED = "published"
    WITHHELD = "withheld"


class Attachment(Table):
    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    position: Mapped[int]
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    state: Mapped[PictureState] = mapped_column(Word(PictureState), server_default=PictureState.HELD)
    boxes: Mapped[list[int]] = mapped_column(JSONB, server_default="[]")
    public_sha256: Mapped[str | None]

    @property
    def grid(self) -> tuple[int, int]:
        return pictures.grid(self.width, self.height)


@dataclass(frozen=True)
class StoredPicture:
    """A picture whose file is kept already."""

    sha256: str
    size: int
    width: int
    height: int


async def prepared(content: bytes) -> Picture:
    """Raise pictures.Refused and QueueFull. Must be called with no connection held, like blackened()."""
    return await _queue.run(pictures.prepared, content)


async def shown_to_staff(content: bytes) -> Picture:
    """Draw a picture that came with a letter anew. Raise pictures.Refused and QueueFull."""
    return await _desk_queue.run(pictures.prepared, content)


async def blackened(picture: Attachment, boxes: list[int], uploads: Uploads) -> Picture:
    """Return the picture with its boxes black. Raise OSError and QueueFull."""
    original = await asyncio.to_thread(uploads.read, picture.sha256)
    return await _desk_queue.run(pictures.blackened, original, boxes)


async def keep(db: AsyncSession, uploads: Uploads, picture: Picture) -> StoredPicture:
    """Write the file before anything refers to it."""
    await db.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
    name = await asyncio.to_thread(uploads.keep, picture.content, picture.small)
    return StoredPicture(name, len(picture.content), picture.width, picture.height)


async def attach(db: AsyncSession, case: Case, kept: Sequence[StoredPicture]) -> None:
    """Add the pictures to the case; a form sent again replaces them until it is received, and changes nothing after."""
    there = await of_case(db, case)
    if not kept or (case.is_received and (there or case.channel is Channel.PORTAL)):
        return
    await db.execute(delete(Attachment).where(Attachment.case_id == case.id))
    for position, one in enumerate(kept[:MOST], 1):
        size = {"size": one.size, "width": one.width, "height": one.height}
        db.add(Attachment(case_id=case.id, position=position, sha256=one.sha256, media_type="image/jpeg", **size))
    await db.flush()


OF_CASE = select(Attachment).where(Attachment.case_id == number_given("case")).order_by(Attachment.position)


async def of_case(db: AsyncSession, case: Case) -> list[Attachment]:
    found = select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.position)
    return list(await db.scalars(found))


async def publish(
    db: AsyncSession,
    case: Case,
    picture: Attachment,
    boxes: list[int],
    shown: StoredPicture | None,
    *,
    by: Staff,
    at: datetime,
) -> None:
    """Let everybody see the picture: as it is, or as `shown`, where `boxes` are black.

    The original stays with the staff and its sender.
    """
    if picture.state is PictureState.PUBLISHED and picture.boxes == boxes:
        return
    picture.public_sha256 = shown.sha256 if shown else picture.sha256
    picture.state, picture.boxes = PictureState.PUBLISHED, boxes
    said = {"picture": picture.position, "redacted": bool(boxes)}
    messages.changed(db, case, await history.record(db, case, EventKind.PICTURE_PUBLISHED, at=at, by=by, **said))


async def withhold(
    db: AsyncSession, case: Case, picture: Attachment, boxes: list[int], *, by: Staff, at: datetime
) -> None:
    """Show the picture to nobody else, from now on; the boxes are kept for when it is published again."""
    picture.boxes = boxes
    if picture.state is PictureState.WITHHELD:
        return
    picture.state, picture.public_sha256 = PictureState.WITHHELD, None
    event = await history.record(db, case, EventKind.PICTURE_WITHHELD, at=at, by=by, picture=picture.position)
    messages.changed(db, case, event)


async def remove_orphans(db: AsyncSession, uploads: Uploads, *, at: datetime) -> int:
    """Remove the files that no case refers to; return how many. While somebody is writing files nothing is removed."""
    if not await db.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return 0
    old = await asyncio.to_thread(list, uploads.older_than((at - LEFT_ALONE).timestamp()))
    used = await enclosures.used(db) | set(await db.scalars(select(Attachment.sha256)))
    used |= set(await db.scalars(select(Attachment.public_sha256).where(Attachment.public_sha256.is_not(None))))
    orphans = [file for name, file in old if name not in used]
    for file in orphans:
        await asyncio.to_thread(file.unlink, missing_ok=True)
    return len(orphans)
