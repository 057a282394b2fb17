"""Whether what the public may see has changed: asked of the database at most once in a moment, over one connection.

A page kept in memory must never be shown once something was withdrawn. A notification would tell of it, but may come
after the answer to who withdrew it. So the database is asked, and what it said holds for MOMENT; and who changes
something is answered a MOMENT after the commit (`settle`). Whoever asks after that answer, of whichever process, is
shown what stood after the commit: what that process knows by then was asked for after it.
"""

import asyncio
import logging
from datetime import date
from time import monotonic
from typing import NamedTuple

import asyncpg

from portal import clock

log = logging.getLogger(__name__)
MOMENT = 0.02
"""Seconds: asking costs a process a hundredth of its time at most, and nobody notices theirs."""
PATIENCE = 0.5


class Version(NamedTuple):
    changes: int
    day: date
    """Of Sofia: the days left of a term are other ones tomorrow."""


async def settle() -> None:
    """Wait, after a commit, until no process trusts what it knew before."""
    until = monotonic() + MOMENT
    while (left := until - monotonic()) > 0:  # noqa: ASYNC110 - timers may ring a little early
        await asyncio.sleep(left)


class PublicVersion:
    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._db: asyncpg.Connection | None = None
        self._asking: asyncio.Task[bool] | None = None
        self._asked_at = -MOMENT
        """When the question was sent whose answer is known."""
        self._known: Version | None = None

    async def now(self) -> Version | None:
        """Return what holds now, or None where the database does not say: then nothing that is kept may be shown."""
        came_at = monotonic()
        while came_at > self._asked_at and monotonic() - self._asked_at >= MOMENT:
            # A question that was sent before may be on its way: many wait for one answer.
            self._asking = self._asking or asyncio.create_task(self._ask())
            if not await asyncio.shield(self._asking):
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
                changes = await self._db.fetchval("SELECT changes FROM public_version")
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
