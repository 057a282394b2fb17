"""A slip is mended, a right word is left alone, and no word becomes another that is not like it."""

from difflib import SequenceMatcher

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from portal.search.find import find
from portal.search.query.typos import sound
from tests.search.test_as_written import written
from tests.search.test_visibility import submit


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("автбус", "автобус"), ("автубус", "автобус"), ("афтобус", "автобус"), ("avtbus", "автобус"),
        ("дууупка", "дупка"),
        ("асфлат", "асфалт"), ("контенер", "контейнер"), ("троттоар", "тротоар"), ("лапма", "лампа"),
    ],
)  # fmt: skip
async def test_a_slip_is_mended(db: AsyncSession, typed: str, meant: str) -> None:
    results = await find(db, typed)
    right = await find(db, meant, most=100)
    assert results.ids[0] in right.ids
    assert len(set(results.ids[:5]) & set(right.ids)) >= 4
    assert results.suggestions == ()


@pytest.mark.parametrize(
    "typed", ["ягодова", "ягодови", "силен шм", "голям шм", "хипопотам", "жираф", "космонавт", "краставица"]
)
async def test_an_unknown_word_finds_nothing(db: AsyncSession, typed: str) -> None:
    results = await find(db, typed)
    assert (results.ids, results.shown_for, results.suggestions) == ((), None, ())


async def test_what_only_describes_something_unknown_finds_it_once_it_is_there(db: AsyncSession) -> None:
    case = await written(db, "Силен шм от съседите")
    assert (await find(db, "силен шм")).ids[0] == case


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nth=st.integers(0))
async def test_no_word_of_the_register_is_corrected(engine: AsyncEngine, nth: int) -> None:
    async with AsyncSession(engine) as db:
        words = list(await db.scalars(text("SELECT shown FROM register_words WHERE shown IS NOT NULL ORDER BY word")))
        results = await find(db, words[nth % len(words)])
        assert results.ids
        assert (results.shown_for, results.suggestions) == (None, ())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text("абвгдежзиклмнопрстуфхцчшъя", min_size=1, max_size=14))
async def test_what_a_word_becomes_is_like_it(engine: AsyncEngine, typed: str) -> None:
    async with AsyncSession(engine) as db:
        results = await find(db, typed)
        for meant in (*([results.shown_for] if results.shown_for else []), *results.suggestions):
            assert SequenceMatcher(None, sound(typed), sound(meant)).ratio() > 0.6, (typed, meant)


@pytest.mark.parametrize("typed", ["кв. Запад", "квартал Запад", "кв.Запад", "в кв. „Запад“ вода", "лампа кв. Запад"])
async def test_a_named_quarter_in_a_text_comes_before_the_common_word(db: AsyncSession, typed: str) -> None:
    rest = "Водата и лампата на запад"
    common = await submit(db, title="Лампа, вода и залез на запад", text=rest, place="на запад от града")
    named = "'Водата и лампата пред кв.„Запад“ бл.8 '"
    await db.execute(text(f"UPDATE cases SET text = {named}, title = 'Тъмно', place = 'града' WHERE id = 240"))
    ids = (await find(db, typed.replace("„", "").replace("“", ""), most=50)).ids
    assert ids.index(240) < ids.index(common)


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("Количките пред Lidl и Kaufland пречат", "лидл"), ("Количките пред Lidl и Kaufland пречат", "кауфланд"),
        ("Количките пред Lidl", "Lidl"), ("WiFi в парка Bunardzhika", "бунарджика"), ("Входът на Billa", "Билла"),
        ("Спирката пред Metro", "метро"), ("Паркингът на Praktiker", "практикер"), ("Писах във Facebook", "фейсбук"),
        ("Писах във Facebook и viber", "вайбър"), ("Писах ви в Messenger", "месинджър"),
        ("Няма WiFi в парка", "уай фай"),
        ("Няма Wi-Fi", "вайфай"), ("Писах във фейсбук", "Facebook"), ("Колата пред Mall Markovo", "марково"),
    ],
)  # fmt: skip
async def test_names_in_latin_letters_are_found_in_cyrillic(db: AsyncSession, words: str, typed: str) -> None:
    case = await written(db, f"Здравейте, сигнализирам за следното нещо. {words} на всички хора в града.")
    found = await find(db, typed, most=50)
    assert case in found.ids
    assert found.shown_for is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.lists(
        st.sampled_from(["ба", "ви", "го", "ди", "ка", "ла", "ме", "но", "пе", "ри", "са", "то", "фу", "за"]),
        min_size=2,
        max_size=4,
    )
)
async def test_so_is_any_name(engine: AsyncEngine, name: list[str]) -> None:
    written_so = dict(zip("абвгдеиклмнопрстуфз", "abvgdeiklmnoprstufz", strict=True))
    cyrillic = "".join(name)
    latin = "".join(written_so[letter] for letter in cyrillic)
    async with AsyncSession(engine) as db:
        asked = text("SELECT bg_vector(:words, 'C') @@ CAST(:query AS tsquery)")
        meaning = (await find(db, cyrillic, exactly=True)).meaning
        assume(not meaning.is_nothing)  # като
        query = "|".join(term.query for group in meaning.groups for term in group.terms)
        words = f"Снощи пред магазина {latin.capitalize()} нямаше никой"
        assert await db.scalar(asked, {"words": words, "query": query}), latin
