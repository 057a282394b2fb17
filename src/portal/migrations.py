"""Brings the schema up to date, and lets an Alembic revision run the .sql file of its name."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.util import await_only

from portal import schema
from portal.db import asyncpg_url
from portal.errors import OperatorError
from portal.settings import ROOT


class SchemaTooNewError(OperatorError):
    pass


def upgrade(database_url: str) -> None:
    """Apply what is missing. Raise SchemaTooNewError or schema.SchemaTooOldError.

    Blocking, and starts an event loop of its own: call it in a thread, or before one runs.
    """
    asyncio.run(schema.check_before_start(database_url))
    try:
        command.upgrade(_config(database_url), "head")
    except CommandError as unknown:
        raise SchemaTooNewError(
            f"the data were made by a newer version of the portal ({unknown}): install that one"
        ) from None


def _config(database_url: str) -> Config:
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("url", asyncpg_url(database_url).replace("%", "%%"))
    return config


def apply(revision: str, **data: str) -> Callable[[], None]:
    """Return the revision's `upgrade`: the whole file, in the migration's own transaction.

    SQLAlchemy has asyncpg prepare every statement, and Postgres prepares one command at a time,
    so the file goes to asyncpg's own connection. `data`: files of sql/data/ that stand for :NAME: in the text.
    """
    folder = Path(revision).parents[1]
    sql = folder / Path(revision).with_suffix(".sql").name

    def upgrade() -> None:
        asyncpg = op.get_bind().connection.driver_connection
        assert asyncpg is not None
        text = sql.read_text("utf-8")
        for name, file in data.items():
            text = text.replace(f":{name}:", (folder / "data" / file).read_text("utf-8"))
        await_only(asyncpg.execute(text))

    return upgrade
