"""The whole demonstration in a database of its own; each test in a transaction that is rolled back."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from portal import demo
from portal.db import connect
from portal.demo import filling
from portal.embedded import Servers
from portal.settings import Settings
from tests.conftest import copy_database, database

AS_OF = date(2026, 11, 27)
"""A Friday with four working days before it."""


async def filled(settings: Settings, as_of: date) -> None:
    sessions = connect(settings.database_url)
    await demo.people(sessions, settings)
    await filling.fill(sessions, settings, as_of)
    await sessions.kw["bind"].dispose()


@pytest.fixture(scope="session")
async def demonstration(servers: Servers, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    await copy_database(servers.database_url, migrated, "demonstration")
    urls = {"database_url": database(servers, "demonstration"), "redis_url": servers.redis_url}
    settings = demo.settings(tmp_path_factory.mktemp("demo"), port=1, smtp_url="smtp://127.0.0.1:1", **urls)
    await filled(settings, AS_OF)
    return settings


@pytest.fixture
async def db(demonstration: Settings) -> AsyncIterator[AsyncSession]:
    sessions = connect(demonstration.database_url)
    async with sessions() as session:
        yield session
        await session.rollback()
    await sessions.kw["bind"].dispose()
