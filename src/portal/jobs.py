"""What the worker does, in turn or when it is woken: send e-mails, remind, forget, close. It takes no decisions."""

import asyncio
import dataclasses
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import cast

import msgspec
from arq import create_pool, func
from arq.connections import ArqRedis, RedisSettings
from arq.typing import WorkerCoroutine
from arq.worker import Worker
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from sqlalchemy import func as sql
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock, heartbeat
from portal.accounts import sessions as staff_sessions
from portal.db import Sessions, transaction
from portal.departments import reminders
from portal.desk import presence
from portal.files import attachments
from portal.files.uploads import Uploads
from portal.handling import closure
from portal.intake import confirmation, incoming_mail
from portal.mail import outbox, sending
from portal.mail.letters import Letters
from portal.mail.smtp import Posts
from portal.publishing import followers
from portal.reports import weekly
from portal.search import upkeep
from portal.settings import Municipality, Settings

log = logging.getLogger(__name__)
EVERY = 20.0
"""Seconds between two looks for what nobody woke the worker for: with the lease, what a dead one held is sent within a
minute. The house is kept every third look."""
HOUSEKEEPING = 20200310
"""The advisory lock under which one worker at a time reminds, forgets and closes."""


async def keep_house(sessions: Sessions, name: str = "only") -> None:
    """Remind, forget and close what is due.

    One worker at a time: two that looked at the same moment would each remind the same person.
    """
    async with transaction(sessions) as db:
        await heartbeat.beat(db, "worker", at=clock.now())
        await heartbeat.beat(db, heartbeat.WORKER + name, at=clock.now())
        await heartbeat.forget(db, at=clock.now())
    async with transaction(sessions) as db:
        if await db.scalar(select(sql.pg_try_advisory_xact_lock(HOUSEKEEPING))):
            await confirmation.forget(db, at=clock.now())
            await confirmation.remind(db, at=clock.now())
            await closure.close_answered(db, at=clock.now())
            await outbox.forget(db, at=clock.now())
            await presence.forget(db, at=clock.now())
            await incoming_mail.forget(db, at=clock.now())
            await followers.forget(db, at=clock.now())
            await staff_sessions.forget(db, at=clock.now())
    async with transaction(sessions) as db:
        if await db.scalar(select(sql.pg_try_advisory_xact_lock(HOUSEKEEPING))):
            await _once_a_day(db)


async def chase_departments(sessions: Sessions, municipality: Municipality) -> None:
    """Send the morning's reminders, in one transaction with the note that they are sent."""
    async with transaction(sessions) as db:
        if await db.scalar(select(sql.pg_try_advisory_xact_lock(HOUSEKEEPING))):
            await reminders.daily(db, municipality, at=clock.now())
            await weekly.weekly(db, at=clock.now())


async def tidy(sessions: Sessions, uploads: Uploads) -> None:
    """Once a day, remove the files that belong to nothing: of forms never sent, of cases never confirmed."""
    async with transaction(sessions) as db:
        if await heartbeat.silent_for(db, "uploads", timedelta(days=1), at=clock.now()):
            await attachments.remove_orphans(db, uploads, at=clock.now())
            await heartbeat.beat(db, "uploads", at=clock.now())


async def _once_a_day(db: AsyncSession) -> None:
    now = clock.now()
    if await heartbeat.silent_for(db, "words", timedelta(days=1), at=now):
        await upkeep.count_words(db)
        await heartbeat.beat(db, "words", at=now)


def redis_settings(url: str) -> RedisSettings:
    """Return how to connect: at once or not at all. Who listens tries again by itself, who wakes does not wait."""
    return dataclasses.replace(RedisSettings.from_dsn(url), conn_timeout=2, conn_retries=0)


class Waker:
    """Tells the worker that there is something to send. Only a hint: what it misses is found within a minute."""

    def __init__(self, url: str) -> None:
        # The connection kept from the last wake may be of a Redis that has been restarted since.
        again = Retry(NoBackoff(), 1)
        self._settings = dataclasses.replace(redis_settings(url), retry=again, retry_on_error=[RedisConnectionError])
        self._pool: ArqRedis | None = None
        self._connecting = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Start to tell it, in the background: no answer to a citizen waits for Redis."""
        task = asyncio.create_task(self._wake())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _wake(self) -> None:
        try:
            async with asyncio.timeout(1):
                async with self._connecting:  # two at once would each make a pool, and one of them be lost open
                    self._pool = self._pool or await create_pool(self._settings, job_serializer=msgspec.json.encode)
                await self._pool.enqueue_job("send_emails", _expires=EVERY)
        except (RedisError, OSError) as lost:
            log.warning("the worker was not woken, it will look by itself: %s", lost)

    async def close(self) -> None:
        await asyncio.gather(*self._running)
        if self._pool is not None:
            await self._pool.aclose()
            self._pool = None


class Work:
    """The worker: woken through arq, and looking by itself every minute, whether Redis is there or not."""

    def __init__(
        self, settings: Settings, sessions: Sessions, *, every: float = EVERY, lease: timedelta = outbox.LEASE
    ) -> None:
        self.settings = settings
        self.sessions = sessions
        self.every = every
        self.lease = lease
        self.letters = Letters(settings)
        self.posts = Posts(settings.smtp)
        self.name = f"{socket.gethostname()}-{os.getpid()}"

    async def run(self) -> None:
        """Work until cancelled; the letters in hand are finished first."""
        async with self._heard_of(), self.posts, asyncio.TaskGroup() as self._together:
            self._together.create_task(self._regularly(self.keep_house, 3 * self.every))
            self._together.create_task(self._regularly(self.send_emails, self.every))
            self._together.create_task(self._listen())

    @asynccontextmanager
    async def _heard_of(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            with suppress(Exception):  # a database that is away: it is missed for an hour
                async with transaction(self.sessions) as db:
                    await heartbeat.leave(db, self.name)

    async def keep_house(self) -> None:
        await keep_house(self.sessions, self.name)
        await chase_departments(self.sessions, self.settings.municipality)
        await tidy(self.sessions, Uploads(self.settings.uploads))

    async def send_emails(self) -> int:
        async with transaction(self.sessions) as db:
            await followers.tell(db, at=clock.now())
        async with self.posts.one() as post:
            return await sending.send_emails(
                self.sessions, self.letters, post, lease=self.lease, pace=self.settings.pace
            )

    async def _regularly(self, do: Callable[[], Awaitable[object]], every: float) -> None:
        while True:
            await self._survive(do)
            await asyncio.sleep(every)

    async def _survive(self, do: Callable[[], Awaitable[object]]) -> None:
        """Leave to the next look what fails now, foreseen or not: a worker that ends sends nothing at all."""
        try:
            await do()
        except Exception:
            log.exception("looking again soon")

    async def _listen(self) -> None:
        """Be woken; while Redis is away nobody can wake us, and we look every other second instead.

        gather() hands over everything that ends arq's loop, even the CancelledError of a job of its own.
        """
        while True:
            ended = await asyncio.gather(self._take_calls(), return_exceptions=True)
            log.warning("Redis is away: %r", *ended)
            await self._survive(self.send_emails)
            await asyncio.sleep(2)

    async def _take_calls(self) -> None:
        encode, decode = msgspec.json.encode, msgspec.json.decode
        settings = redis_settings(self.settings.redis_url)
        async with await create_pool(settings, job_serializer=encode, job_deserializer=decode) as redis:
            worker = Worker(
                [func(cast("WorkerCoroutine", self._called), name="send_emails", timeout=600, keep_result=0)],
                redis_pool=redis,
                handle_signals=False,
                max_jobs=4,
                poll_delay=0.2,
                job_serializer=encode,
                job_deserializer=decode,
            )
            try:
                await worker.main()
            finally:
                async with asyncio.timeout(3):
                    await worker.close()

    async def _called(self, _: object) -> None:
        """Send, in a task of our own: arq cancels its jobs when it loses Redis, which is no reason to stop sending."""
        await asyncio.shield(self._together.create_task(self._survive(self.send_emails)))
