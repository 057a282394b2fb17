"""The demonstration's cases in a database of their own; each test in a transaction that is rolled back."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from portal import demo
from portal.commands import import_
from portal.db import connect
from portal.embedded import Servers
from portal.search.query.lemmas import Lemmas, lemmas
from tests.conftest import copy_database, database


@pytest.fixture(scope="session")
async def engine(servers: Servers, migrated: str) -> AsyncIterator[AsyncEngine]:
    await copy_database(servers.database_url, migrated, "search")
    sessions = connect(database(servers, "search"))
    await import_.add(sessions, import_.read(demo.CASES), quiet=True)
    engine: AsyncEngine = sessions.kw["bind"]
    yield engine
    await engine.dispose()


@pytest.fixture
async def db(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with engine.connect() as connection, AsyncSession(connection) as session:
        yield session
        await session.rollback()


@pytest.fixture
async def rules(db: AsyncSession) -> Lemmas:
    return await lemmas(db)
