"""The database of each test is as good as new, whatever the test before has done to it."""

import json

import asyncpg
import pytest

from portal import clock
from portal.db import Sessions
from portal.embedded import Servers
from portal.settings import Settings
from tests.cast import employ, received
from tests.conftest import database, make_fresh

STATE = """
    SELECT (SELECT json_object_agg(name, fresh.mark(name)) FROM fresh.tables() name),
           (SELECT json_object_agg(sequencename, last_value) FROM pg_sequences)
"""


async def state(db: asyncpg.Connection) -> dict[str, object]:
    """Return a mark of the rows of each table, and where each sequence stands."""
    tables, sequences = await db.fetchrow(STATE)
    return {**json.loads(tables), **json.loads(sequences)}


DEEDS = (
    "UPDATE departments SET name = name || '!'",
    "DELETE FROM synonyms",
    "INSERT INTO synonyms (phrases, one_way, strength) SELECT phrases, one_way, strength FROM synonyms LIMIT 1",
    "TRUNCATE cases CASCADE",
    "UPDATE alembic_version SET version_num = '0001'",
    "INSERT INTO special_days VALUES ('2030-01-07', false, 'ден')",
)


@pytest.mark.parametrize("deed", DEEDS)
async def test_nothing_is_left_of_the_test_before(
    servers: Servers, migrated: str, settings: Settings, sessions: Sessions, deed: str
) -> None:
    db = await asyncpg.connect(settings.database_url)
    before = await state(db)
    await received(sessions, settings)
    await employ(sessions)
    await db.execute(deed)
    assert await state(db) != before
    await make_fresh(servers, migrated)
    db = await asyncpg.connect(database(servers, "test"))
    assert await state(db) == before
    await db.close()


async def test_what_is_left_open_holds_nobody_up(
    servers: Servers, migrated: str, settings: Settings, sessions: Sessions
) -> None:
    left = await asyncpg.connect(settings.database_url)
    await left.execute("BEGIN; LOCK cases IN ACCESS EXCLUSIVE MODE")
    await make_fresh(servers, migrated)
    assert (await received(sessions, settings, at=clock.now())).incoming_seq == 1


async def test_changed_function_is_put_back(servers: Servers, migrated: str, settings: Settings) -> None:
    """A test that was cut off can't put it back itself."""
    db = await asyncpg.connect(settings.database_url)
    asked = "SELECT prosrc FROM pg_proc WHERE proname = 'register_completed'"
    before = await db.fetchval(asked)
    definition = await db.fetchval("SELECT pg_get_functiondef('register_completed'::regproc)")
    await db.execute(definition.replace("BEGIN", "BEGIN PERFORM pg_sleep(10000);", 1))
    assert await db.fetchval(asked) != before
    await make_fresh(servers, migrated)
    db = await asyncpg.connect(database(servers, "test"))
    assert await db.fetchval(asked) == before
    await db.close()
