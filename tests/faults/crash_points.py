"""Each point at which something can die between a citizen's press of the button and the letter, so many times.

Real processes, killed with SIGKILL, and a real SMTP server. A letter is lost if its case is there and it never came;
doubled if it came more than once.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from redis.asyncio import Redis
from sqlalchemy import text

from portal.db import Sessions, transaction
from portal.embedded import Servers
from portal.jobs import Waker
from portal.settings import Settings
from tests.cast import submitted
from tests.faults import processes
from tests.faults.crowd import all_accepted, outbox, until
from tests.faults.mailserver import STALLS, MailServer

LEASE, EVERY = timedelta(seconds=3), 0.2
LONG = timedelta(hours=1)
"""So that of a hundred workers that die one after the other each dies of another letter; it is let pass afterwards."""


@dataclass
class Place:
    settings: Settings
    sessions: Sessions
    servers: Servers
    mail: MailServer
    tries: int

    async def submit(self) -> None:
        for number in range(self.tries):
            await submitted(self.sessions, draft=f"draft {number}", email=f"penka{number}@example.bg")


@dataclass(frozen=True)
class Result:
    written: int
    lost: int
    doubled: int
    most_copies: int


async def submitting(place: Place, dies: str) -> None:
    """The web process dies; its waking call may or may not have gone out."""
    for number in range(place.tries):
        process = processes.submit(place.settings, number, dies)
        await asyncio.to_thread(process.join)
        assert process.exitcode == -9


async def sending(place: Place, dies: str) -> None:
    """One worker after the other dies of its first letter."""
    await place.submit()
    for _ in range(place.tries):
        process = processes.begin(place.settings, every=EVERY, lease=LONG, dies=dies)
        await asyncio.to_thread(process.join)
        assert process.exitcode == -9


async def awaiting_250(place: Place) -> None:
    """The server has the whole text, and its answer finds nobody: what it then does with the letter is to keep it."""
    await place.submit()
    place.mail.keeps = True
    place.mail.hold()
    for number in range(place.tries):
        process = processes.begin(place.settings, every=EVERY, lease=LONG)
        await place.mail.has(in_hand=1)
        process.kill()
        await asyncio.to_thread(process.join)
        await place.mail.has(number + 1)
    place.mail.go_on()


async def redis_down(place: Place) -> None:
    place.servers.redis.stop()
    waker = Waker(place.settings.redis_url)
    await place.submit()
    waker.wake()
    await waker.close()


async def redis_lost(place: Place) -> None:
    """Whoever was called has forgotten it."""
    waker = Waker(place.settings.redis_url)
    for number in range(place.tries):
        await submitted(place.sessions, draft=f"draft {number}", email=f"penka{number}@example.bg")
        waker.wake()
    await waker.close()
    async with Redis.from_url(place.settings.redis_url) as redis:
        await redis.flushall()


async def database_down(place: Place) -> None:
    """Every connection to it is cut, again and again, while the letters leave."""
    await place.submit()
    process = processes.begin(place.settings, every=EVERY, lease=LEASE)
    for number in range(place.tries):
        await place.mail.has(number // 2)
        place.servers.postgres.stop()
        place.servers.postgres.start()
    process.terminate()
    await asyncio.to_thread(process.join)


async def smtp_stalled(place: Place) -> None:
    """It falls silent at every letter once."""
    await place.submit()
    place.mail.answers["RCPT"] += [STALLS] * place.tries
    process = processes.begin(place.settings, every=EVERY, lease=LEASE, dies="waits in vain")
    await until(lambda: _spent(place), within=60 + 10 * place.tries)
    process.terminate()
    await asyncio.to_thread(process.join)


async def _spent(place: Place) -> bool:
    """Let the waits of the refused pass quickly."""
    await asyncio.sleep(0.5)
    async with transaction(place.sessions) as db:
        await db.execute(text("UPDATE emails SET not_before = now() WHERE state = 'queued' AND not_before > now()"))
        await db.execute(text("DELETE FROM resting_domains"))
    return not place.mail.answers["RCPT"]


POINTS: dict[str, Callable[[Place], Awaitable[None]]] = {
    "before the commit": lambda place: submitting(place, "before commit"),
    "after the commit": lambda place: submitting(place, "after commit"),
    "before the worker is called": lambda place: submitting(place, "before enqueue"),
    "Redis down": redis_down,
    "Redis data lost": redis_lost,
    "worker killed before DATA": lambda place: sending(place, "before DATA"),
    "worker killed in the text": lambda place: sending(place, "in the text"),
    "worker killed before it reads the 250": awaiting_250,
    "worker killed between 250 and the commit": lambda place: sending(place, "after 250"),
    "database down": database_down,
    "SMTP stalled": smtp_stalled,
}
MAY_DOUBLE = {"worker killed before it reads the 250", "worker killed between 250 and the commit", "database down"}
"""A database that dies between the 250 and the commit is the same window."""


async def tried(point: str, place: Place) -> Result:
    """Let it happen, then let a worker that is well finish; count what came."""
    await POINTS[point](place)
    async with _well(place):
        await until(lambda: all_accepted(place.sessions), within=300)
    came = Counter(letter.id for letter in place.mail.letters)
    written = {f"<email-{email.id}@testserver.local>" for email in await outbox(place.sessions)}
    copies = [came[number] for number in written]
    assert set(came) <= written, "a letter of no event"
    return Result(len(written), copies.count(0), sum(times > 1 for times in copies), max(copies, default=0))


@asynccontextmanager
async def _well(place: Place) -> AsyncIterator[None]:
    async with transaction(place.sessions) as db:
        await db.execute(text("UPDATE emails SET not_before = now() WHERE state = 'queued'"))
        await db.execute(text("UPDATE emails SET lease_until = now() WHERE state = 'sending'"))
        await db.execute(text("DELETE FROM resting_domains"))
    process = processes.begin(place.settings, every=EVERY, lease=LEASE)
    yield
    process.terminate()
    await asyncio.to_thread(process.join)
