"""Where measurements are made: own servers in a temporary folder, and databases with schema and municipality."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from portal import demo, embedded, migrations, municipality
from portal.commands import import_
from portal.db import Sessions, connect, transaction
from portal.embedded import Servers
from portal.settings import municipality_from


@contextmanager
def servers(*settings: str) -> Iterator[Servers]:
    """Start PostgreSQL and Redis; `settings` of PostgreSQL as „name = value“, in force from the start."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        data.chmod(0o755)  # the servers may run as somebody else
        with embedded.servers(data / "portal") as started:
            asyncio.run(_set(started, settings))
            started.postgres.stop()
            started.postgres.start()
            migrations.upgrade(started.database_url)
            asyncio.run(_establish(started.database_url))
            yield started


async def _set(started: Servers, settings: tuple[str, ...]) -> None:
    db = await asyncpg.connect(started.database_url)
    for setting in settings:
        await db.execute(f"ALTER SYSTEM SET {setting}")
    await db.close()


async def _establish(url: str) -> None:
    sessions = connect(url)
    async with transaction(sessions) as db:
        await municipality.establish(db, municipality_from(demo.HERE / "municipality.toml"))
    await sessions.kw["bind"].dispose()


async def copy(started: Servers, name: str) -> str:
    """Return the address of a new database with schema and municipality, and no case."""
    server = await asyncpg.connect(started.database_url.replace("/portal?", "/template1?"))
    await server.execute(f'CREATE DATABASE "{name}" TEMPLATE portal STRATEGY file_copy')
    await server.close()
    return started.database_url.replace("/portal?", f"/{name}?")


async def demonstration(url: str) -> Sessions:
    """Fill the database with the demonstration's cases."""
    sessions = connect(url)
    await import_.add(sessions, import_.read(demo.CASES), quiet=True)
    return sessions
