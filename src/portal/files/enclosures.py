"""The files a department encloses with its answer: for the staff and for itself, never for the sender or the public."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ForeignKey, Identity, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.model import Case, Event
from portal.db import Table
from portal.files import documents
from portal.files.documents import Document
from portal.files.uploads import LOCK, Uploads
from portal.statements import number_given
from portal.work_queue import WorkQueue

MOST = 5
_queue = WorkQueue("documents")


class Enclosure(Table):
    __tablename__ = "enclosures"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    position: Mapped[int]
    sha256: Mapped[str]
    media_type: Mapped[str]
    name: Mapped[str]
    size: Mapped[int]


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept already."""

    sha256: str
    media_type: str
    name: str
    size: int


async def checked(content: bytes, name: str) -> Document:
    """Raise documents.Refused and QueueFull. Must be called with no connection held."""
    return await _queue.run(documents.checked, content, name)


async def keep(db: AsyncSession, uploads: Uploads, document: Document) -> StoredFile:
    """Write the file before anything refers to it."""
    await _hold(db)
    sha256 = await asyncio.to_thread(uploads.keep_document, document.content)
    return StoredFile(sha256, document.media_type, document.name, len(document.content))


async def still_there(db: AsyncSession, uploads: Uploads, kept: Iterable[StoredFile]) -> list[StoredFile]:
    """Return those that a form brings again and that nobody has removed; from now on nobody does."""
    await _hold(db)
    return [one for one in kept if await asyncio.to_thread(uploads.has_document, one.sha256)]


def enclose(db: AsyncSession, event: Event, kept: Sequence[StoredFile]) -> None:
    for position, one in enumerate(kept[:MOST], 1):
        what = {"sha256": one.sha256, "media_type": one.media_type, "name": one.name, "size": one.size}
        db.add(Enclosure(event_id=event.id, position=position, **what))


OF_CASE = (
    select(Enclosure.id, Enclosure.event_id, Enclosure.name, Enclosure.media_type, Enclosure.size)
    .join(Event)
    .where(Event.case_id == number_given("case"))
    .order_by(Enclosure.event_id, Enclosure.position)
)


async def of_case(db: AsyncSession, case: Case) -> Mapping[int, list[Enclosure]]:
    """Return the files by the event they came with."""
    found = select(Enclosure).join(Event).where(Event.case_id == case.id)
    by_event = defaultdict(list)
    for one in await db.scalars(found.order_by(Enclosure.event_id, Enclosure.position)):
        by_event[one.event_id].append(one)
    return by_event


async def of_event(db: AsyncSession, event: Event) -> list[str]:
    """Return the hashes of what came with it, in their order."""
    found = select(Enclosure.sha256).where(Enclosure.event_id == event.id).order_by(Enclosure.position)
    return list(await db.scalars(found))


async def used(db: AsyncSession) -> set[str]:
    return set(await db.scalars(select(Enclosure.sha256)))


async def _hold(db: AsyncSession) -> None:
    await db.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
