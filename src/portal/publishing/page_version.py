"""Asks the database whether what the public may see has changed: over one connection, for many requests at once.

A page kept in memory must never be shown once something was withdrawn. A notification would tell of it, but may come
after the answer to who withdrew it has gone out, and a process may be behind with its reading. So each request is
answered by a question that was sent after it came. Those that come while one is on its way share the next: alone a
request waits for a fifth of a millisecond longer, and a crowd asks once for all.
"""

import asyncio
import logging
from datetime import date
from time import monotonic
from typing import NamedTuple

import asyncpg

from portal import clock

log = logging.getLogger(__name__)
PATIENCE = 0.5
"""Seconds: a database that hangs tells nothing, and pages are made anew as far as it lets them."""


class Version(NamedTuple):
    changes: int
    day: date
    """The day in Sofia: the days left of a term change with it."""


class PublicVersion:
    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._db: asyncpg.Connection | None = None
        self._asking: asyncio.Task[bool] | None = None
        self._asked_at = 0.0
        """When the question was sent whose answer is known."""
        self._known: Version | None = None

    async def now(self) -> Version | None:
        """Return what holds now, or None where the database does not say: then nothing that is kept may be shown."""
        came_at = monotonic()
        while self._asked_at <= came_at:
            self._asking = self._asking or asyncio.create_task(self._ask())
            if not await asyncio.shield(self._asking):  # one who goes away leaves the others their answer
                return None
        return self._known

    async def close(self) -> None:
        if self._db is not None:
            await self._db.close()

    async def _ask(self) -> bool:
        asked_at = monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                if self._db is None or self._db.is_closed():
                    self._db = await asyncpg.connect(self._url)
                    asked_at = monotonic()
                changes = await self._db.fetchval("SELECT sum(changes)::bigint FROM public_version")
            self._known, self._asked_at = Version(changes, clock.today()), asked_at
        except Exception as away:  # noqa: BLE001 - whatever it is: the version is not known
            log.warning("pages are not kept: the database does not tell their version (%r)", away)
            self._give_up()
        finally:
            self._asking = None
        return self._known is not None

    def _give_up(self) -> None:
        self._known = None
        if self._db is not None:
            self._db.terminate()
            self._db = None
