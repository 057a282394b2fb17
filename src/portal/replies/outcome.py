"""What the sender says of the reply: that the matter is resolved."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Actor, Case, EventKind, Status


async def may_be_resolved(db: AsyncSession, case: Case) -> bool:
    """Say whether there is a reply that the sender has not called the end of the matter yet."""
    if case.status not in {Status.ANSWERED, Status.CLOSED}:
        return False
    said = await history.events(db, case, {EventKind.REPLIED, EventKind.RESOLVED, EventKind.REOPENED})
    return bool(said) and said[0].kind is EventKind.REPLIED


async def resolve(db: AsyncSession, case: Case, *, at: datetime) -> None:
    """The sender says that it is done; said twice it is said once."""
    if await may_be_resolved(db, case):
        await history.record(db, case, EventKind.RESOLVED, at=at, by=Actor.SENDER)
