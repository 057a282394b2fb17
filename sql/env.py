"""Alembic's environment: applies the numbered .sql files, in order, over asyncpg."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

ONE_AT_A_TIME = 20200309


def upgrade(connection: Connection) -> None:
    # Several hosts may migrate at once: the later ones wait, then find nothing left to do.
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    # A change of a table that waits behind a long query would make every later query wait behind it.
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    url = context.config.get_main_option("url")
    assert url is not None
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()


asyncio.run(main())
