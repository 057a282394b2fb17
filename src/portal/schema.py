"""Which schema a database has: the newest file of sql/ that was applied. Without Alembic, which takes 36 MB."""

import re
from contextlib import suppress

import asyncpg

from portal.errors import OperatorError
from portal.settings import ROOT

_BEFORE_RELEASE = re.compile(r"\d{4}")
"""Until 0.1.0 a revision was named by its number alone; then all were folded into the first files with whole names."""
_BEGIN_ANEW = (
    "the data were made before release 0.1.0 and can't be taken over: "
    "begin anew with an empty database (the demonstration: `portal demo --fresh`)"
)


class SchemaTooOldError(OperatorError):
    pass


def fault(applied: str | None) -> str | None:
    """Return what is wrong with a database at the revision `applied`."""
    if _is_of_before_release(applied):
        return _BEGIN_ANEW
    newest = max(file.stem for file in (ROOT / "sql").glob("[0-9]*.sql"))
    return None if applied == newest else f"is at {applied}, this program needs {newest}: run `portal migrate`"


async def check_before_start(database_url: str) -> None:
    """Raise SchemaTooOldError. A database that is away or empty is no reason not to start: /health/ready reports it."""
    applied = None
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        db = await asyncpg.connect(database_url, timeout=3)
        try:
            applied = await db.fetchval("SELECT version_num FROM alembic_version")
        finally:
            await db.close()
    if _is_of_before_release(applied):
        raise SchemaTooOldError(_BEGIN_ANEW)


def _is_of_before_release(applied: str | None) -> bool:
    return applied is not None and _BEFORE_RELEASE.fullmatch(applied) is not None
