"""The history of a case: recording what happened, and reading it back."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import Actor, Case, Event, EventKind
from portal.staff.model import Staff
from portal.statements import number_given


async def record(
    db: AsyncSession, case: Case, kind: EventKind, *, at: datetime, by: Staff | Actor, **details: Any
) -> Event:
    """Add the event and give it its id. Days among `details` are kept as ISO dates."""
    event = Event(
        case_id=case.id,
        kind=kind,
        at=at,
        actor=by if isinstance(by, Actor) else Actor.STAFF,
        staff_id=None if isinstance(by, Actor) else by.id,
        details={name: value.isoformat() if isinstance(value, date) else value for name, value in details.items()},
    )
    if isinstance(by, Staff):
        case.in_hands_of, case.department_answered_at, case.sender_wrote_at = by.id, None, None
    db.add(event)
    await db.flush()
    return event


class Entry(msgspec.Struct, frozen=True):
    """An event as pages read it."""

    id: int
    kind: EventKind
    at: datetime
    actor: Actor
    staff_id: int | None
    details: dict[str, Any]
    public_words: dict[str, str] | None


OF_DEPARTMENTS = {
    EventKind.RECEIVED, EventKind.ASSIGNED, EventKind.DEPARTMENT_REMINDED, EventKind.DEPARTMENT_ANSWERED,
    EventKind.CLARIFICATION, EventKind.CLARIFIED, EventKind.SENDER_WROTE, EventKind.RECLASSIFIED, EventKind.FORWARDED,
    EventKind.EXTENDED, EventKind.REPLIED, EventKind.NO_PROCEEDINGS, EventKind.CLOSED, EventKind.REOPENED,
    EventKind.WITHDRAWN, EventKind.GROUPED, EventKind.UNGROUPED,
}  # fmt: skip
"""What a department reads of a case in its hands: a new kind of event is none of its business until it stands here."""

EVENTS = (
    select(Event.id, Event.kind, Event.at, Event.actor, Event.staff_id, Event.details, Event.public_words)
    .where(Event.case_id == number_given("case"))
    .order_by(Event.id.desc())
)


async def events(db: AsyncSession, case: Case, kinds: Collection[EventKind] = ()) -> list[Event]:
    """Return the events of the case, newest first; only those of `kinds` where any are named."""
    wanted = select(Event).where(Event.case_id == case.id).order_by(Event.id.desc())
    return list(await db.scalars(wanted.where(Event.kind.in_(kinds)) if kinds else wanted))


async def last_seen(db: AsyncSession, case: Case) -> int:
    """Return the id of the newest event: a form carries it, to tell on its return what has happened meanwhile."""
    return await db.scalar(select(func.max(Event.id)).where(Event.case_id == case.id)) or 0


async def happened_since(db: AsyncSession, case: Case, seen: int, kinds: Collection[EventKind]) -> Event | None:
    """Return the newest event of `kinds` after `seen`. Free of races where the case's row is locked."""
    since = select(Event).where(Event.case_id == case.id, Event.id > seen, Event.kind.in_(kinds))
    return await db.scalar(since.order_by(Event.id.desc()).limit(1))
