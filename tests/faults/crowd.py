"""What the tests of faults have people do, many at once, and where they look afterwards."""

import asyncio
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from sqlalchemy import select, text

from portal import clock
from portal.cases.model import Publication
from portal.db import Sessions, transaction
from portal.intake import confirmation, submission
from portal.mail.outbox import Email
from portal.publishing import publication
from portal.settings import Settings
from tests.cast import submission_of_penka


async def until(so: Callable[[], Awaitable[object]], within: float = 30) -> None:
    """Wait for what tells nobody that it happens."""
    async with asyncio.timeout(within):
        while not await so():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def somebody_waits(sessions: Sessions) -> bool:
    """For a row that somebody else has locked. A transaction of its own: within one, Postgres tells the same again."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'test'")
    async with transaction(sessions) as db:
        return bool(await db.scalar(waiting))


async def write_letters(sessions: Sessions, settings: Settings, cases: int, draft: str = "draft") -> int:
    """Let so many people submit, confirm, and change their mind three times: five e-mails each. Return how many."""
    at = clock.now()
    async with transaction(sessions) as db:
        for number in range(cases):
            case = await submission.submit(db, submission_of_penka(draft=f"{draft} {number}"), at=at)
            await confirmation.confirm(db, case.id, settings.municipality, at=at)
            for choice in (Publication.PRIVATE, Publication.NAMED, Publication.UNNAMED):
                await publication.choose(db, case, choice, at=at)
    return cases * 5


async def outbox(sessions: Sessions) -> list[Email]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Email).order_by(Email.id)))


async def all_accepted(sessions: Sessions) -> bool:
    return all(email.state == "accepted" for email in await outbox(sessions))


async def queued_jobs(redis_url: str) -> int:
    async with Redis.from_url(redis_url) as redis:
        return int(await redis.zcard("arq:queue"))
