"""Work that keeps a core busy for some tenths of a second: one piece at a time, and few may wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import BoundedSemaphore
from typing import TypeVar

T = TypeVar("T")
MOST = 9
"""One at work and eight that wait: two seconds of passwords, four of pictures."""


class QueueFull(Exception):  # noqa: N818 - reads as what it says
    """Nothing was begun: to be tried again in some seconds."""


class WorkQueue:
    """A thread of its own. Nobody waits here who holds a connection to the database: db.let_go()."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._places = BoundedSemaphore(MOST)

    async def run(self, work: Callable[..., T], *given: object) -> T:
        """Raise QueueFull. A piece at work keeps its place until it is done, whoever has gone away."""
        if not self._places.acquire(blocking=False):
            raise QueueFull
        done = self._thread.submit(copy_context().run, work, *given)
        done.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(done)
