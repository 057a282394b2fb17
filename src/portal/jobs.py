"""What the worker does, in turn or when it is woken: send e-mails, remind, forget, close. It takes no decisions."""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Coroutine
from typing import Any, cast

import msgspec
from arq import create_pool, func
from arq.connections import ArqRedis, RedisSettings
from arq.typing import WorkerCoroutine
from arq.worker import Worker
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError
from sqlalchemy import func as sql
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, heartbeat
from portal.cases import handling, intake
from portal.cases.model import Case, Event
from portal.db import Sessions, transaction
from portal.mail import outbox
from portal.mail.letters import Letters
from portal.mail.smtp import Post, Refused
from portal.settings import Settings

log = logging.getLogger(__name__)
EVERY = 60.0
"""Seconds between two looks for what nobody woke the worker for."""
HOUSEKEEPING = 20200310
"""The advisory lock under which one worker at a time reminds, forgets and closes."""


async def send_emails(sessions: Sessions, letters: Letters, post: Post) -> int:
    """Send what is due, one e-mail after the other; return how many the server accepted."""
    sent = 0
    while True:
        async with transaction(sessions) as db:
            email = await outbox.claim(db, at=clock.now())
        if email is None:
            return sent
        sent += await _unbroken(_send(sessions, email, letters, post))


async def _unbroken(sending: Coroutine[Any, Any, bool]) -> bool:
    """Finish the letter in hand even when told to stop: between the server's 250 and our note of it lies a double."""
    task = asyncio.create_task(sending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _send(sessions: Sessions, email: outbox.Email, letters: Letters, post: Post) -> bool:
    try:
        async with transaction(sessions) as db:
            event, case = await db.get_one(Event, email.event_id), await db.get_one(Case, email.case_id)
        await post.send(letters.letter(email, event, case), email.recipient)
    except Refused as refused:
        log.warning("e-mail %s was not accepted: %s", email.id, refused)
        async with transaction(sessions) as db:
            await outbox.refused(db, email, str(refused), for_good=refused.for_good, at=clock.now())
        return False
    except Exception as fault:  # one letter that can't be made must not hold up the others
        log.exception("e-mail %s could not be made", email.id)
        async with transaction(sessions) as db:
            await outbox.refused(db, email, repr(fault), for_good=False, at=clock.now())
        return False
    async with transaction(sessions) as db:
        await outbox.accepted(db, email, at=clock.now())
    return True


async def keep_house(sessions: Sessions) -> None:
    """Remind, forget and close what is due.

    One worker at a time: two that looked at the same moment would each remind the same person.
    """
    async with transaction(sessions) as db:
        await heartbeat.beat(db, "worker", at=clock.now())
    async with transaction(sessions) as db:
        if await db.scalar(select(sql.pg_try_advisory_xact_lock(HOUSEKEEPING))):
            await intake.forget(db, at=clock.now())
            await intake.remind(db, at=clock.now())
            await handling.close_answered(db, at=clock.now())


def redis_settings(url: str) -> RedisSettings:
    """Return how arq connects: patient with a Redis that comes back, which it is not by itself.

    redis-py retries its own exceptions only, and the one a refused connection raises is an OSError.
    """
    return dataclasses.replace(
        RedisSettings.from_dsn(url),
        conn_timeout=2,
        conn_retries=0,
        retry_on_error=[RedisError, OSError],
        retry=Retry(ExponentialBackoff(cap=2, base=0.1), 8),
    )


class Waker:
    """Tells the worker that there is something to send. Only a hint: what it misses is found within a minute."""

    def __init__(self, url: str) -> None:
        # Here nobody waits for a Redis that may come back: the next look of the worker is near enough.
        self._settings = dataclasses.replace(redis_settings(url), retry=None, retry_on_error=None)
        self._pool: ArqRedis | None = None
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Start to tell it, in the background: no answer to a citizen waits for Redis."""
        task = asyncio.create_task(self._wake())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _wake(self) -> None:
        try:
            async with asyncio.timeout(1):
                self._pool = self._pool or await create_pool(self._settings, job_serializer=msgspec.json.encode)
                await self._pool.enqueue_job("send_emails", _expires=EVERY)
        except (RedisError, OSError, TimeoutError) as lost:
            log.warning("the worker was not woken, it will look by itself: %s", lost)

    async def close(self) -> None:
        await asyncio.gather(*self._running)
        if self._pool is not None:
            await self._pool.aclose()


class Work:
    """The worker: woken through arq, and looking by itself every minute, whether Redis is there or not."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self.settings = settings
        self.sessions = sessions
        self.letters = Letters(settings)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as together:
            together.create_task(self._look_every_minute())
            together.create_task(self._listen())

    async def send_emails(self, *_: Any, **__: Any) -> int:
        async with Post(self.settings.smtp) as post:
            return await send_emails(self.sessions, self.letters, post)

    async def _look_every_minute(self) -> None:
        while True:
            try:
                await keep_house(self.sessions)
                await self.send_emails()
            except (OSError, SQLAlchemyError):
                log.exception("the database is away; looking again in a minute")
            await asyncio.sleep(EVERY)

    async def _listen(self) -> None:
        while True:
            worker = Worker(
                functions=[
                    func(cast("WorkerCoroutine", self.send_emails), name="send_emails", timeout=600, keep_result=0)
                ],
                redis_settings=redis_settings(self.settings.redis_url),
                job_deserializer=msgspec.json.decode,
                job_serializer=msgspec.json.encode,
                handle_signals=False,
                max_jobs=4,
                poll_delay=0.2,
                allow_abort_jobs=False,
            )
            try:
                await worker.main()
            except (OSError, RedisError) as lost:
                log.warning("Redis is away: %s", lost)
            finally:
                with contextlib.suppress(OSError, RedisError, TimeoutError):
                    async with asyncio.timeout(3):
                        await worker.close()
            await asyncio.sleep(2)
