"""Only an empty field lists everything: whatever else is typed finds what it means, or nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from portal.db import Sessions
from portal.search import desk
from portal.search.find import find
from portal.search.query import typing
from portal.search.query.lemmas import Lemmas
from portal.settings import Settings
from tests.cast import HX, received

PRIVATE = ["0888 123 456", "+359888123456", "penka@example.bg", "8501010000", "тел. 032/62-12-34"]
MEANINGLESS = ["🙂", "!!!", "%", '"', "„“", "@", "- -", "[", "?", "№", "&|!", "٣"]
TOO_COMMON = ["да", "не", "като", "и на по", "който", '"на"']
HELD_DOWN = ["ч" * 20, "ч" * 400, "ааааааааа", "шшшшш"]


@pytest.mark.parametrize("typed", [*PRIVATE, *MEANINGLESS, *TOO_COMMON, *HELD_DOWN])
async def test_what_means_nothing_finds_nothing(db: AsyncSession, typed: str) -> None:
    results = await find(db, typed)
    assert (results.ids, results.total, results.shown_for) == ((), 0, None)
    assert results.meaning.only_common is (typed in TOO_COMMON)


@pytest.mark.parametrize("typed", [*PRIVATE, *MEANINGLESS, *HELD_DOWN])
async def test_nor_while_it_is_typed(db: AsyncSession, typed: str) -> None:
    assert (await find(db, typed, live=True)).total == 0


@pytest.mark.parametrize("typed", ["без", "да", "като", "къде"])
async def test_a_common_word_may_be_the_beginning_of_another(db: AsyncSession, typed: str) -> None:
    results = await find(db, typed, live=True)
    assert results.total < (await find(db, "")).total / 2
    assert (results.shown_for, results.suggestions) == (None, ())


COMMON = [typed + " " for typed in TOO_COMMON]


@pytest.mark.parametrize("typed", [*PRIVATE, *MEANINGLESS, *COMMON, *HELD_DOWN, "60 12 34", "'\\:* & !("])
async def test_nor_does_it_on_the_desk(db: AsyncSession, typed: str) -> None:
    assert await at_desk(db, typed) == []
    assert await desk.only_common(db, typed) is (typed in COMMON)


@pytest.mark.parametrize("letter", [*"абвгдежзийклмнопрстуфхцчшщъьюя", *"abcdefghijklmnopqrstuvwxyz", *"0123456789"])
async def test_one_letter_does_not_find_everything(db: AsyncSession, letter: str) -> None:
    everything = (await find(db, "")).total
    assert (await find(db, letter)).total < everything
    assert (await find(db, letter, live=True)).total < everything
    assert len(await at_desk(db, letter)) < everything


async def at_desk(db: AsyncSession, typed: str) -> list[int]:
    query = await desk.query(db, typed)
    assert query is not None
    asked = text("SELECT case_id FROM desk_search WHERE with_sender @@ CAST(:query AS tsquery) ORDER BY 1")
    return list(await db.scalars(asked, {"query": query}))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.text(min_size=1, max_size=30)
    | st.text("0123456789 ./-()+", min_size=1, max_size=20)
    | st.lists(
        st.sampled_from(["да", "като", "и", "🙂", "-", '"', "0888123456", "a@b.bg", "%", "С-", "/"]), min_size=1
    ).map(" ".join),
    live=st.booleans(),
)
async def test_nothing_but_an_empty_field_lists_everything(engine: AsyncEngine, typed: str, live: bool) -> None:
    async with AsyncSession(engine) as db:
        everything = (await find(db, "")).total
        query = await desk.query(db, typed)
        if typing.read(typed).is_blank:
            assert query is None
            return
        assert (await find(db, typed, live=live)).total < everything
        assert query is not None
        assert len(await at_desk(db, typed)) < await count(db)


async def count(db: AsyncSession) -> int:
    return int(await db.scalar(text("SELECT count(*) FROM desk_search")) or 0)


async def test_beside_a_word_one_letter_is_a_beginning(db: AsyncSession) -> None:
    for half in ("дупки", "дупки по", "дупки по Н", "дупки по На", "дупки по Напредък"):
        assert 2 in (await find(db, half, live=True)).ids, half


@pytest.mark.parametrize("typed", ["-запад", "-вода", "–вода", "-да -вода"])
async def test_from_nothing_nothing_is_left_out(db: AsyncSession, typed: str) -> None:
    assert (await find(db, typed)).ids == (await find(db, typed.rpartition(" ")[2][1:])).ids


@pytest.mark.parametrize("typed", ['"като"', '"като цяло"', '"без вода"', '"Уважаеми господине"', "„които са“"])
async def test_in_quotes_every_word_counts(db: AsyncSession, typed: str) -> None:
    await db.execute(text("UPDATE cases SET text = 'Като цяло хора, които са без вода' WHERE id = 240"))
    if typed != '"Уважаеми господине"':
        assert 240 in (await find(db, typed, most=300)).ids
    assert (await find(db, typed)).total < (await find(db, "")).total / 2
    assert 240 not in (await find(db, '"като вода"')).ids


async def test_the_pages_say_that_the_words_are_too_common(
    client: AsyncTestClient[Litestar], settings: Settings, sessions: Sessions
) -> None:
    case = await received(sessions, settings)
    for typed in ("като", "да", "0888123456", "%", "В и К"):
        for headers in ({}, HX):
            page = (await client.get("/register", params={"q": typed}, headers=headers)).text
            assert case.title not in page
            assert "Няма записи за" in page
            assert ("само често срещани думи" in page) is (typed in {"като", "да"} and not headers)
        assert (await client.get("/register.json", params={"q": typed})).json()["items"] == []


async def test_unknown_filters_in_an_old_link_filter_nothing(
    client: AsyncTestClient[Litestar], settings: Settings, sessions: Sessions
) -> None:
    case = await received(sessions, settings)
    for name in ("topic", "department", "kind", "status", "from"):
        assert case.title in (await client.get("/register", params={name: "няма"})).text, name
    assert case.title not in (await client.get("/register", params={"topic": "water"})).text


def test_a_word_of_forty_letters_and_more_costs_no_more(rules: Lemmas) -> None:
    assert typing.read("д" * 10_000).words == ("д" * 400,)
    assert len(rules("д" * 400)) <= 1
