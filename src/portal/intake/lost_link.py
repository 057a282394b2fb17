"""Sends a sender who has lost the link a new letter with it: asked for by incoming number and e-mail address."""

import re
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history, numbers
from portal.cases.model import Actor, Case, EventKind
from portal.mail import messages

NUMBER = re.compile(r"\D*(\d{1,9})\s*/\s*(?:\d{1,2}\.\d{1,2}\.)?(\d{4})\D*", re.ASCII)
BETWEEN = timedelta(minutes=10)


def read(number: str) -> tuple[int, int] | None:
    """Return year and number of „С-0025/18.03.2020“ as people copy it: „вх. № 25/2020 г.“; letters say nothing."""
    match = NUMBER.fullmatch(number)
    return (int(match[2]), int(match[1])) if match else None


async def renew(db: AsyncSession, case: Case, *, at: datetime) -> None:
    """End all links to the case at its sender's wish, and e-mail a new one."""
    case.address_version += 1
    messages.link_sent(db, case, await history.record(db, case, EventKind.LINK_SENT, at=at, by=Actor.SENDER))


async def send(db: AsyncSession, year: int, number: int, email: str, *, at: datetime) -> None:
    """E-mail the link to the sender's address where the two belong together; nobody is told whether they do."""
    is_it = (Case.incoming_year == year, numbers.counted(number))
    of_sender = func.lower(Case.sender_email) == email.lower()
    for case in await db.scalars(select(Case).where(*is_it, of_sender).order_by(Case.id).with_for_update()):
        before = await history.events(db, case, {EventKind.LINK_SENT})
        if not before or before[0].at <= at - BETWEEN:
            messages.link_sent(db, case, await history.record(db, case, EventKind.LINK_SENT, at=at, by=Actor.SENDER))
