"""Statements that are written once: a page that reads pays for rows, not for making its SQL anew.

SQLAlchemy's expression language costs more CPU to build and compile than Postgres takes to answer. A Statement is
compiled when it is first used and then goes to asyncpg as text, which keeps it prepared on every connection. Writes
and whatever needs objects stay with the session.
"""

from datetime import date, datetime
from typing import Any

from asyncpg import Record
from sqlalchemy import Executable, Select, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import BIGINT, DATE, TEXT, TIMESTAMP
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import BindParameter, ClauseElement

_DIALECT = dialect()  # type: ignore[no-untyped-call]


def text_given(name: str) -> BindParameter[str]:
    return bindparam(name, required=False, type_=TEXT())


def number_given(name: str) -> BindParameter[int]:
    return bindparam(name, required=False, type_=BIGINT())


def day_given(name: str) -> BindParameter[date]:
    return bindparam(name, required=False, type_=DATE())


def moment_given(name: str) -> BindParameter[datetime]:
    return bindparam(name, required=False, type_=TIMESTAMP(timezone=True))


class Row(Record):  # type: ignore[misc]  # asyncpg has no types
    """A row whose columns are read as attributes, like SQLAlchemy's."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Statement:
    """A query whose values are named by bindparam(): made once per process, at module level or in a cached function.

    For reading. It runs on the session's own connection, after a flush where one is due, like the session's queries;
    where the session has not begun a transaction yet it is one by itself, without the round trips of BEGIN and COMMIT.
    Raises asyncpg's own errors; `portal.db.is_away` knows them. Words come as str, JSON decoded.
    """

    def __init__(self, query: Executable) -> None:
        self._query = query
        self._sql = ""
        self._names: list[str] = []
        self._constants: dict[str, Any] = {}

    async def rows(self, db: AsyncSession, **values: Any) -> list[Row]:
        if not self._sql:
            self._compile()
        if db.new or db.dirty or db.deleted:
            await db.flush()
        connection = (await (await db.connection()).get_raw_connection()).driver_connection
        assert connection is not None
        given = self._constants | values
        rows: list[Row] = await connection.fetch(self._sql, *(given[name] for name in self._names), record_class=Row)
        return rows

    async def row(self, db: AsyncSession, **values: Any) -> Row:
        """Return the only row; raise ValueError where there is none or more."""
        (only,) = await self.rows(db, **values)
        return only

    async def pairs(self, db: AsyncSession, **values: Any) -> dict[Any, Any]:
        """Return the first column of each row with its second, in their order."""
        return dict(await self.rows(db, **values))

    def _compile(self) -> None:
        assert isinstance(self._query, ClauseElement)
        compiled = self._query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        self._names = list(getattr(compiled, "positiontup", None) or ())
        self._constants = dict(compiled.params)
        self._sql = str(compiled)


class Together:
    """Independent reads of one page in one round trip: the rows of each query, by its name, as JSON has them.

    The queries share no value's name but where they mean the same. Moments and days come as ISO strings.
    """

    def __init__(self, **queries: Select[*tuple[Any, ...]]) -> None:
        self._names = list(queries)
        rows = (query.subquery(f"of_{name}") for name, query in queries.items())
        self._statement = Statement(
            select(
                *(select(func.json_agg(literal_column(one.name))).select_from(one).scalar_subquery() for one in rows)
            )
        )

    async def read(self, db: AsyncSession, **values: Any) -> dict[str, list[dict[str, Any]]]:
        found = await self._statement.row(db, **values)
        return {name: rows or [] for name, rows in zip(self._names, found, strict=True)}
