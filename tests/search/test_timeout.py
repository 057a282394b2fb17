"""What takes too long is cancelled by Postgres, and less is asked instead."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.db import Sessions, transaction
from portal.search import find as finding
from portal.search.find import Order, facets, find
from portal.search.query.understanding import Meaning
from portal.settings import Settings
from tests.cast import received

HOURS = "BEGIN PERFORM pg_sleep(10000);"


async def slow_down(db: AsyncSession, function: str) -> str:
    """Make the function sleep before it answers, until the transaction is rolled back. Return how it was defined."""
    definition = await db.scalar(text(f"SELECT pg_get_functiondef('{function}'::regproc)"))
    assert isinstance(definition, str)
    await (await db.connection()).exec_driver_sql(definition.replace("BEGIN", HOURS, 1))
    return definition


@asynccontextmanager
async def slow(sessions: Sessions, function: str) -> AsyncIterator[None]:
    """Make the function sleep for everybody, as long as the block lasts."""
    async with transaction(sessions) as db:
        definition = await slow_down(db, function)
    yield
    async with transaction(sessions) as db:
        await (await db.connection()).exec_driver_sql(definition)


async def test_limit_ends_with_the_search(db: AsyncSession) -> None:
    assert not (await find(db, "дупка")).narrowed
    await facets(db, (await find(db, "дупка")).meaning)
    assert await db.scalar(text("SHOW statement_timeout")) == "0"
    with pytest.raises(DBAPIError, match="does not exist"):
        await db.execute(text("RELEASE SAVEPOINT patience"))


@pytest.mark.parametrize(
    ("function", "order"), [("register_best", Order.BEST), ("register_total", Order.NEWEST)], ids=["rank", "count"]
)
async def test_the_newest_answer_where_all_of_it_takes_too_long(db: AsyncSession, function: str, order: Order) -> None:
    newest = await find(db, "улица", order=Order.NEWEST)
    await slow_down(db, function)
    results = await find(db, "улица", order=order)
    assert results.narrowed
    assert not results.total_is_exact
    assert (results.ids, results.next) == (newest.ids, newest.next)
    assert await db.scalar(text("SHOW statement_timeout")) == "0"


async def test_pages_go_on_by_receipt(db: AsyncSession) -> None:
    best = await find(db, "улица")
    newest = await find(db, "улица", order=Order.NEWEST)
    second = await find(db, "улица", order=Order.NEWEST, after=newest.next)
    await slow_down(db, "register_best")
    assert (await find(db, "улица", after=best.next)).ids == newest.ids
    assert (await find(db, "улица", after=newest.next)).ids == second.ids


@pytest.mark.parametrize("function", ["register_newest", "register_vocabulary"])
async def test_nothing_where_even_that_takes_too_long(
    db: AsyncSession, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PATIENCE", 50)
    await slow_down(db, function)
    results = await find(db, "улица")
    assert results == finding.Results(total_is_exact=False, narrowed=True)
    assert await db.scalar(text("SELECT 1")) == 1


async def test_counts_that_take_too_long_are_left_out(db: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PATIENCE", 50)
    assert await facets(db, Meaning()) != {}
    await slow_down(db, "register_newest")
    assert await facets(db, Meaning()) == {}


async def test_what_was_written_before_is_kept(db: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PATIENCE", 50)
    await db.execute(text("CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT 1 AS one"))
    await slow_down(db, "register_newest")
    assert (await find(db, "улица")).narrowed
    assert await db.scalar(text("SELECT one FROM kept")) == 1


async def test_the_page_says_it(
    client: AsyncTestClient[Litestar], settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await received(sessions, settings)
    async with slow(sessions, "register_best"):
        page = (await client.get("/register", params={"q": "улица"})).text
        assert "показани са само най-новите" in page
        assert case.incoming_number
        assert case.incoming_number in page
        monkeypatch.setattr(finding, "PATIENCE", 50)
        async with slow(sessions, "register_newest"):
            page = (await client.get("/register", params={"q": "улица"})).text
    assert "Търсенето е твърде общо. Добавете дума." in page
    assert "Няма записи" not in page
