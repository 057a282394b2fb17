"""The embedded default: a real PostgreSQL and a real Redis (or Valkey) as children of `portal demo`.

Both listen on unix sockets only, in a directory of their own, and never outlive us. home.py says where they
live and as whom, child.py makes them end when we do, postgres.py and redis.py are the servers themselves.
"""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from portal.embedded import postgres, redis
from portal.embedded.child import Child
from portal.embedded.home import CannotStartError, check_space, in_words, move_in, sockets_of

__all__ = ["CannotStartError", "Child", "Servers", "servers"]

NEEDED_BYTES = 300 * 1024 * 1024


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str
    postgres: Child
    redis: Child

    async def died(self) -> str:
        """Wait until a server ends that nobody stopped, and say so in a sentence."""
        while True:
            for child in (self.postgres, self.redis):
                if child.has_died:
                    return f"{child.name} has ended by itself; {child.log}."
            await asyncio.sleep(0.1)  # being told instead would take a thread for each


@contextmanager
def servers(data: Path, *, fresh: bool = False, needed_bytes: int = NEEDED_BYTES) -> Iterator[Servers]:
    """Give both servers, ready, and stop them after the block; `fresh` forgets what they kept.

    To be called from the main thread. Raises CannotStartError.
    """
    with ExitStack() as at_the_end:
        try:
            started = _start(data.absolute(), at_the_end, fresh, needed_bytes)
        except OSError as error:
            raise CannotStartError(in_words(error, data)) from error
        yield started


def _start(data: Path, at_the_end: ExitStack, fresh: bool, needed_bytes: int) -> Servers:
    home = at_the_end.enter_context(move_in(data))
    if fresh:
        home.forget("postgres", "redis")
    check_space(home.path, needed_bytes)
    sockets = sockets_of(home)
    at_the_end.callback(shutil.rmtree, sockets, ignore_errors=True)
    queue = redis.server(home, sockets)
    database = postgres.server(home, sockets)
    for child in (database, queue):
        at_the_end.callback(child.stop)
        child.start()
    folder = quote(str(sockets))
    return Servers(
        database_url=f"postgresql://portal@/portal?host={folder}",
        redis_url=f"unix://{folder}/{redis.SOCKET}?db=0",
        postgres=database,
        redis=queue,
    )
