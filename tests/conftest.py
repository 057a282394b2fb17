"""Real servers for the run; for each test a database as good as new, an empty Redis, an own mail server."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from redis.asyncio import Redis

from portal import demo, embedded, migrations, municipality
from portal.app import create_app
from portal.db import Sessions, connect, transaction
from portal.embedded import Servers, mailcatcher
from portal.embedded.mailcatcher import Catcher
from portal.jobs import Work
from portal.settings import Settings, municipality_from, smtp_from_url
from tests.cast import Post


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with embedded.servers(tmp_path_factory.mktemp("servers")) as started:
        asyncio.run(_hurry(started.database_url))
        yield started


async def _hurry(url: str) -> None:
    """No test cuts the power: what Postgres promises about that is not ours to test, and costs half the time."""
    db = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await db.execute(f"ALTER SYSTEM SET {setting} = off")
    await db.execute("SELECT pg_reload_conf()")
    await db.close()


@pytest.fixture(scope="session")
def migrated(servers: Servers) -> str:
    """The name of a database with schema and municipality, to be copied."""
    return migrate(servers)


def migrate(servers: Servers) -> str:
    asyncio.run(copy_database(servers.database_url, "template1", "migrated"))
    url = database(servers, "migrated")
    migrations.upgrade(url)

    async def establish() -> None:
        sessions = connect(url)
        async with transaction(sessions) as db:
            await municipality.establish(db, municipality_from(demo.HERE / "municipality.toml"))
        await sessions.kw["bind"].dispose()

    asyncio.run(establish())
    return "migrated"


def database(servers: Servers, name: str) -> str:
    return servers.database_url.replace("/portal?", f"/{name}?")


async def copy_database(url: str, template: str, name: str) -> None:
    db = await asyncpg.connect(url)
    await db.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await db.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    await db.close()


FRESH = (Path(__file__).parent / "fresh.sql").read_text("utf-8")
_made: set[str] = set()
"""The databases that are copied already: each worker and each module with servers of its own has one."""


async def make_fresh(servers: Servers, migrated: str) -> None:
    """Leave nothing of the test before in the database `test`; copy it anew where a function was changed."""
    url = database(servers, "test")
    if url in _made:
        db = await asyncpg.connect(url)
        is_fresh = await db.fetchval("SELECT fresh.again()")
        await db.close()
        if is_fresh:
            return
    await copy_database(servers.database_url, migrated, "test")
    db = await asyncpg.connect(url)
    await db.execute(FRESH)
    await db.close()
    _made.add(url)


@pytest.fixture(scope="session")
async def catcher(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Catcher]:
    async with mailcatcher.catch(tmp_path_factory.mktemp("post") / "mail") as catcher:
        yield catcher


@pytest.fixture
def maildir(catcher: Catcher) -> Path:
    """What the mail server of the test has caught: nothing yet."""
    empty(*(catcher.maildir / box for box in ("new", "cur", "tmp")))
    return catcher.maildir


@pytest.fixture(scope="session")
def uploads_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


def empty(*folders: Path) -> None:
    for folder in folders:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture
async def settings(servers: Servers, migrated: str, catcher: Catcher, maildir: Path, uploads_of_all: Path) -> Settings:
    """The same for every test of a worker, so that one application can serve them all."""
    _ = maildir
    await make_fresh(servers, migrated)
    async with Redis.from_url(servers.redis_url) as redis:
        await redis.flushall()
    empty(uploads_of_all)
    return Settings(
        database_url=database(servers, "test"),
        redis_url=servers.redis_url,
        smtp=smtp_from_url(catcher.url),
        secret="no secret, but long enough for a test",
        base_url="http://testserver.local",
        mail_from="portal@stanimaka.example",
        municipality=municipality_from(demo.HERE / "municipality.toml"),
        uploads=uploads_of_all,
    )


_apps: list[tuple[Settings, Litestar]] = []


def application(settings: Settings) -> Litestar:
    """Return the application with these settings, made once: to make one takes longer than most tests."""
    for known, app in _apps:
        if known == settings:
            return app
    _apps[:] = [*_apps[-2:], (settings, create_app(settings))]
    return _apps[-1][1]


@pytest.fixture
async def sessions(settings: Settings) -> AsyncIterator[Sessions]:
    sessions = connect(settings.database_url)
    yield sessions
    await sessions.kw["bind"].dispose()


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with AsyncTestClient(application(settings)) as client:
        yield client


@pytest.fixture
async def post(settings: Settings, sessions: Sessions, maildir: Path) -> Post:
    """The post: brings what waits in the outbox to the mail server, and shows what has come."""
    return Post(Work(settings, sessions), maildir)
