"""Fills the demonstration: the register of the file, moved to now, and what has happened since."""

from datetime import date, timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock, heartbeat
from portal.cases import deadlines
from portal.cases.model import Case
from portal.clock import local_date
from portal.db import Sessions, transaction
from portal.demo import CASES, shift
from portal.demo.stories import STORIES
from portal.demo.town import Town, tell, working_days
from portal.exchange import importing
from portal.exchange.importing import Record
from portal.mail.outbox import Email
from portal.search import upkeep
from portal.settings import Settings
from portal.staff.model import Staff

AT_ONCE, BETWEEN = 25, timedelta(seconds=20)
"""Letters, and until the next of them."""


async def fill(sessions: Sessions, settings: Settings, as_of: date) -> None:
    """Fill it if it is empty, in one transaction: one that was killed on the way is empty still."""
    async with transaction(sessions) as db:
        if await db.scalar(select(Case.id).limit(1)) is None:
            await _fill(db, settings, as_of)


def records() -> list[Record]:
    return [msgspec.json.decode(line, type=Record) for line in CASES.read_text("utf-8").splitlines()]


async def _fill(db: AsyncSession, settings: Settings, as_of: date) -> None:
    calendar = await deadlines.calendar(db)
    register = shift.moved(records(), as_of, settings.municipality.days, calendar)
    await importing.add(db, register)
    since = local_date(max(one.received_at for one in register))
    maria, georgi = [await _named(db, name) for name in ("maria", "georgi")]
    town = Town(db, settings, as_of, working_days(as_of, since, calendar), maria, georgi)
    await tell(town, STORIES)
    await _send_now(db)
    await upkeep.count_words(db)
    await heartbeat.beat(db, "words", at=clock.now())


async def _named(db: AsyncSession, name: str) -> Staff:
    return (await db.scalars(select(Staff).where(Staff.email.startswith(f"{name}@")))).one()


async def _send_now(db: AsyncSession) -> None:
    """The letters of days ago are sent from now on, some at a time: who sends a form meanwhile waits for few."""
    waiting = await db.scalars(select(Email).where(Email.state == "queued").order_by(Email.id))
    for n, email in enumerate(waiting):
        email.asked_again_at = clock.now()
        email.not_before = clock.now() + n // AT_ONCE * BETWEEN
