"""The sender takes the case back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Actor, Case, EventKind, Status
from portal.handling import groups
from portal.mail import messages


async def withdraw(db: AsyncSession, case: Case, *, at: datetime) -> None:
    if case.is_open:
        await groups.leave(db, case, by=Actor.SENDER, at=at, tell=False)
        case.status = Status.WITHDRAWN
        messages.withdrawn(db, case, await history.record(db, case, EventKind.WITHDRAWN, at=at, by=Actor.SENDER))
