"""The database: the engine, one transaction per request or job, and the base of all tables."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

import asyncpg
from sqlalchemy import DateTime, Dialect, Text, TypeDecorator, event
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

Sessions = async_sessionmaker[AsyncSession]
W = TypeVar("W", bound=StrEnum)


class Table(DeclarativeBase):
    """Columns are text and timestamptz, as sql/ writes them, unless they say otherwise."""

    type_annotation_map = {str: Text(), datetime: DateTime(timezone=True)}  # noqa: RUF012


class Word(TypeDecorator[W], Generic[W]):
    """A text column whose words are listed once in Python and once in a CHECK: comes back as the enum."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[W]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: W | None, dialect: Dialect) -> str | None:
        _ = dialect
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> W | None:
        _ = dialect
        return None if value is None else self.words(value)


def connect(url: str, **options: Any) -> Sessions:
    """`options` are those of the pool. Who gets no connection in half a minute is told that the service is busy."""
    engine = create_async_engine(asyncpg_url(url), **{"pool_timeout": 30, "hide_parameters": True, **options})
    event.listen(engine.sync_engine, "checkout", _is_open)
    return async_sessionmaker(engine, expire_on_commit=False)


def _is_open(connection: DBAPIConnection, *_: object) -> None:
    """Have a connection that a restarted database has closed made anew; asking it first would cost two round trips."""
    if cast("AsyncAdapt_asyncpg_connection", connection).driver_connection.is_closed():
        raise DisconnectionError


def asyncpg_url(url: str) -> str:
    """Return `url` as SQLAlchemy wants it: operators write what every other Postgres tool takes."""
    return "postgresql+asyncpg://" + url.partition("://")[2]


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncGenerator[AsyncSession]:
    """Commit at the end; an exception rolls back."""
    async with sessions() as db:
        yield db
        await db.commit()


async def let_go(db: AsyncSession) -> None:
    """Give the connection back before something slow is waited for: others need it. What was read stays readable.

    Only where nothing is written or locked yet; the next statement begins another transaction.
    """
    assert not [*db.new, *db.dirty, *db.deleted]
    await db.commit()


def is_away(error: BaseException) -> bool:
    """Tell a database that is down, starting or full from a statement it refuses: this one comes back by itself.

    Where nobody listens asyncpg raises an OSError; what a stopping or starting server says is a bare DBAPIError.
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or str(getattr(error.orig, "sqlstate", ""))[:2] in _AWAY
    if isinstance(error, asyncpg.PostgresError):  # of a Statement, which asks asyncpg itself
        return str(error.sqlstate)[:2] in _AWAY
    return isinstance(error, (OSError, PoolTimeout, asyncpg.InterfaceError))


_AWAY = {"08", "53", "57"}
"""Classes of SQLSTATE: connection exception, insufficient resources, operator intervention."""
