"""The time limit of searches: one that takes too long is cancelled, and less can be asked instead."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

_BACK = "ROLLBACK TO SAVEPOINT patience; RELEASE SAVEPOINT patience"


class TookTooLong(Exception):  # noqa: N818  (what happened, not a fault)
    pass


@asynccontextmanager
async def patience(db: AsyncSession, milliseconds: int) -> AsyncIterator[None]:
    """Give each statement of the block so long. Raises TookTooLong, and the transaction goes on.

    For questions only: what the block writes is undone, as the limit is.
    """
    driver = await _driver(db)
    await _command(driver, f"SAVEPOINT patience; SET LOCAL statement_timeout = {milliseconds}")
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != asyncpg.QueryCanceledError.sqlstate:
            raise
        await _command(driver, _BACK)
        raise TookTooLong from error
    await _command(driver, _BACK)


async def _driver(db: AsyncSession) -> Any:
    """Return asyncpg's own connection, in a transaction: it takes two commands at once.

    db.begin_nested() and a SET cost 0.4 ms at every key typed, this 0.1.
    """
    connection = await db.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if not driver.is_in_transaction():  # SQLAlchemy begins it with the first statement
        await connection.exec_driver_sql("SELECT")
    return driver


async def _command(driver: Any, command: str) -> None:
    try:
        await driver.execute(command)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ConnectionError(str(error)) from error  # nothing else can be wrong with these
