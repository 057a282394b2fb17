"""What an installation needs, looked at part by part: for /health/ready and for `portal check`."""

import asyncio
import shutil
from collections.abc import Awaitable
from datetime import timedelta

import aiosmtplib
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock, schema
from portal.db import Sessions, transaction
from portal.mail import watch
from portal.mail.watch import Watch
from portal.search import upkeep
from portal.settings import ROOT, Settings

PATIENCE = 3.0
"""Seconds: a part that takes longer to answer is not there for a citizen either."""
LEAST_FREE = 1 << 30
"""Bytes."""
CLOCKS_APART = timedelta(seconds=30)


async def parts(sessions: Sessions, settings: Settings) -> dict[str, str]:
    """Return each part's name with "ok" or a sentence that says what is wrong."""
    return await _answers(
        {
            "database": _database(sessions),
            "schema": _schema(sessions),
            "worker": _worker(sessions),
            "redis": _redis(settings.redis_url),
            "emails": _emails(sessions),
        }
    )


async def all_parts(sessions: Sessions, settings: Settings) -> dict[str, str]:
    """Look further than /health/ready: asked once by a person, not every few seconds by a balancer."""
    return await parts(sessions, settings) | await _answers(
        {
            "smtp": _smtp(settings),
            "disk": _disk(),
            "search": _search(sessions),
        }
    )


def is_well(answer: str) -> bool:
    """Say whether the part does its work, though there may be something to tell of it."""
    return answer.startswith("ok")


async def _answers(asked: dict[str, Awaitable[str]]) -> dict[str, str]:
    answers = await asyncio.gather(*(_patiently(answer) for answer in asked.values()))
    return dict(zip(asked, answers, strict=True))


async def _patiently(answer: Awaitable[str]) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            return await answer
    except TimeoutError:
        return f"no answer within {PATIENCE:.0f} s"
    except (OSError, SQLAlchemyError, RedisError, aiosmtplib.SMTPException) as wrong:
        return f"{type(wrong).__name__}: {wrong}".splitlines()[0]


async def _database(sessions: Sessions) -> str:
    async with transaction(sessions) as db:
        apart = abs((await db.scalar(select(func.now())) or clock.now()) - clock.now())
    return "ok" if apart < CLOCKS_APART else f"its clock and ours are {apart} apart"


async def _schema(sessions: Sessions) -> str:
    async with transaction(sessions) as db:
        applied = await db.scalar(text("SELECT version_num FROM alembic_version"))
    return schema.fault(applied) or "ok"


async def _worker(sessions: Sessions) -> str:
    """One of several that died is told, and no reason to be called down: the others have its work."""
    async with transaction(sessions) as db:
        seen = await _watch(db)
    workers, silent = seen.workers, seen.silent
    if not workers:
        return "has never run, or not for an hour: start `portal work`"
    told = ", ".join(f"{name} silent for {age.total_seconds() // 60:.0f} min" for name, age in silent.items())
    if len(silent) == len(workers):
        return told
    return f"ok, but {told}" if silent else "ok"


async def _emails(sessions: Sessions) -> str:
    async with transaction(sessions) as db:
        seen = await _watch(db)
    if not seen.waiting or seen.oldest is None:
        return "ok"
    waited = clock.now() - (seen.stuck_since or seen.oldest)
    told = f"{seen.waiting} unsent, the oldest that is not sent waits for {waited.total_seconds() // 60:.0f} min"
    return told if seen.is_stuck else f"ok, but the queue grows: {told}" if seen.is_growing else "ok"


async def _watch(db: AsyncSession) -> Watch:
    return await watch.look(db, at=clock.now())


async def _redis(url: str) -> str:
    async with Redis.from_url(url, socket_connect_timeout=PATIENCE) as redis:
        await redis.ping()
    return "ok"


async def _smtp(settings: Settings) -> str:
    server = settings.smtp
    client = aiosmtplib.SMTP(
        hostname=server.host, port=server.port, use_tls=server.tls, start_tls=server.starttls, timeout=PATIENCE
    )
    async with client:
        await client.noop()
    return "ok"


async def _search(sessions: Sessions) -> str:
    async with transaction(sessions) as db:
        left = await upkeep.outdated(db)
    return f"{left} cases wait for `portal reindex`" if left else "ok"


async def _disk() -> str:
    free = shutil.disk_usage(ROOT).free
    return "ok" if free >= LEAST_FREE else f"only {free >> 20} MB are free"
