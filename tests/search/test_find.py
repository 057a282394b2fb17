"""What people type, and what they find: in the demonstration's register."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from portal.search.completions import completions
from portal.search.filters import Filters
from portal.search.find import Order, facets, find

POTHOLES = 2  # „Големи дупки по ул. Напредък“, с номер С-0002/09.03.2020
NUMBERS = [
    "2",
    "0002",
    "с-2",
    "С-0002",
    "s-2",
    "c-0002",
    "С-0002/09.03.2020",
    "2/2020",
    "вх. № 2",
    "вх.№С-0002/2020 г.",
    "сигнал 2",
]
STRANGE = [
    "",
    " ",
    "\0",
    "дупка\0",
    "' OR 1=1",
    "a:*",
    ":*",
    "!!!",
    "&|!<->()",
    "\\",
    "'",
    '"',
    '"незатворена',
    "-",
    "- -",
    "-а",
    "🙂",
    "🙂 дупка",
    "д" * 10_000,
    "дупка " * 2_000,
    "а" * 39 + "я",
    "1" * 30,
    "С-" + "9" * 30,
    "№",
    "٣",
    "ß",
    "И\u0306",
    "\ud7ff",
    "%_",
    "<b>",
    "\u202eабв",
]


@pytest.mark.parametrize(
    "typed", ["дупки", "ДУПКАТА", "дупка", "dupki", "dupkata", "дубка", "големи дупки", "дупки по Напредък"]
)
async def test_it_finds_potholes_however_typed(db: AsyncSession, typed: str) -> None:
    assert POTHOLES in (await find(db, typed)).ids


@pytest.mark.parametrize("typed", NUMBERS)
async def test_it_finds_a_number_first(db: AsyncSession, typed: str) -> None:
    assert (await find(db, typed)).ids[0] == POTHOLES


async def test_a_number_among_words_is_meant(db: AsyncSession) -> None:
    assert (await find(db, "какво става със С-0002")).ids == (POTHOLES,)


@pytest.mark.parametrize("typed", STRANGE)
@pytest.mark.parametrize("live", [False, True])
async def test_nothing_typed_is_an_error(db: AsyncSession, typed: str, live: bool) -> None:
    results = await find(db, typed, live=live)
    assert len(results.ids) <= results.total
    await completions(db, typed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=60) | st.text("дупкаul \"-№/0129с'!|&:*()<>", max_size=40), live=st.booleans())
async def test_whatever_is_typed_is_read(engine: AsyncEngine, typed: str, live: bool) -> None:
    async with AsyncSession(engine) as db:
        await find(db, typed, live=live)
        await facets(db, (await find(db, typed, live=live)).meaning)


async def test_a_correction_is_said_and_has_its_way_back(db: AsyncSession) -> None:
    corrected = await find(db, "дубка")
    assert corrected.shown_for == "дупка"
    assert (await find(db, "дубка", exactly=True)).shown_for is None


async def test_right_words_are_not_corrected(db: AsyncSession) -> None:
    assert (await find(db, "автобус")).shown_for is None


async def test_quotes_mean_one_after_another(db: AsyncSession) -> None:
    near = await find(db, '"Горни Воден"')
    assert near.ids
    assert not (await find(db, '"Воден Горни"')).ids


async def test_minus_leaves_out(db: AsyncSession) -> None:
    some, fewer = await find(db, "вода"), await find(db, "вода -запад")
    assert 0 < fewer.total < some.total


async def test_words_found_apart_only_are_told_to_be_near(db: AsyncSession) -> None:
    results = await find(db, "дупки манастир светофар")
    assert results.relaxed
    assert results.ids


async def test_a_synonym_is_found_below_the_word_itself(db: AsyncSession) -> None:
    ids = (await find(db, "зебра", most=50)).ids
    assert {48, 220} <= set(ids)  # „Изтрита маркировка“ на пешеходна пътека; „Пешеходна пътека при училището“


async def test_a_text_in_latin_letters_is_found_by_cyrillic(db: AsyncSession) -> None:
    assert 187 in (await find(db, "осветление", most=50)).ids


@pytest.mark.parametrize(
    ("typed", "block"), [("бл. 8", 7), ("блок 8", 7), ("бл8", 7), ("16 блок", 39), ("блок 17 Баделема", 97)]
)
async def test_blocks_are_found_by_number(db: AsyncSession, typed: str, block: int) -> None:
    assert block in (await find(db, typed)).ids[:3]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("typed", ["", "улица", "вода"])
async def test_pages_show_each_case_once(db: AsyncSession, order: Order, typed: str) -> None:
    first = page = await find(db, typed, order=order, most=7)
    seen = list(page.ids)
    while page.next:
        page = await find(db, typed, order=order, most=7, after=page.next)
        seen += page.ids
    assert len(seen) == len(set(seen)) == first.total


@pytest.mark.parametrize("after", ["", "x", "1_", "n", "-1", "9" * 40, "1_nan"])
async def test_a_wrong_cursor_is_the_start(db: AsyncSession, after: str) -> None:
    assert (await find(db, "вода", after=after)).ids == (await find(db, "вода")).ids


async def test_filters_narrow_and_are_counted(db: AsyncSession) -> None:
    counts = await facets(db, (await find(db, "вода")).meaning)
    for kind, cases in counts["kind"].items():
        assert (await find(db, "вода", Filters(kind=kind), order=Order.NEWEST)).total == cases
    assert not (await find(db, "", Filters(kind="x' | 'y\\"))).ids


async def test_completions_are_words_of_the_register(db: AsyncSession) -> None:
    assert (await completions(db, "осв"))[0] == "осветление"
    assert (await completions(db, "улично осв"))[0] == "улично осветление"
    assert (await completions(db, "osv"))[0] == "осветление"


async def test_the_first_letters_find_at_once(db: AsyncSession) -> None:
    for half in ("д", "ду", "дуп", "дупк", "дупка", "дупкат", "дупката"):
        assert POTHOLES in (await find(db, half, live=True, order=Order.NEWEST, most=300)).ids, half
