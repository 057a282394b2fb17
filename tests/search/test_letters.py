"""The query is read as the database reads the texts: both agree on every word of the demonstration."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal import demo
from portal.commands import import_
from portal.search.query.latin import readings
from portal.search.query.lemmas import Lemmas
from portal.search.query.letters import clean
from portal.search.query.typos import sound

TEXTS = [
    *(part for case in import_.read(demo.CASES) for part in (case.title, case.place, case.text)),
    "Бл.8, вх. В, ет.3; блок 12а; 16-ти блок; ул.Мир№5 – ѝ, Ё, до́бре",
    "пишете на ivan@example.com или 0888 123 456, +359 2 981-23-45, ЕГН 8501010000",
    "",
]


async def test_texts_are_cleaned_alike(db: AsyncSession) -> None:
    cleaned = await db.execute(text("SELECT t, bg_clean(t) FROM unnest(CAST(:texts AS text[])) AS t"), {"texts": TEXTS})
    for written, theirs in cleaned:
        assert clean(written).split() == theirs.split()


async def test_words_have_the_same_keys_and_sounds(db: AsyncSession, rules: Lemmas) -> None:
    words = sorted({word for written in TEXTS for word in clean(written).split()})
    asked = text("SELECT w, bg_keys(w), bg_sound(w) FROM unnest(CAST(:words AS text[])) AS w")
    for word, keys, heard in await db.execute(asked, {"words": words}):
        assert sorted(set(rules(word))) == sorted(keys), word
        assert sound(word) == heard


async def test_latin_words_are_read_alike(db: AsyncSession, rules: Lemmas) -> None:
    words = ["dupki", "ulica", "6tastliv", "shishche", "jylt", "osvetlenie", "iuli", "qzovir", "x", "4asa"]
    asked = text("SELECT w, bg_readings(w, 8) FROM unnest(CAST(:words AS text[])) AS w")
    for word, theirs in await db.execute(asked, {"words": words}):
        assert [reading for reading, _ in readings(word, rules.latin, 8)] == theirs


@pytest.mark.parametrize(
    "private", ["ivan@example.com", "0888 123 456", "+359 888 123 456", "0888123456", "8501010000"]
)
async def test_addresses_and_phones_are_not_indexed(db: AsyncSession, private: str) -> None:
    vector = await db.execute(text("SELECT bg_vector(:t, 'A')::text"), {"t": f"тел {private} край"})
    assert vector.scalar_one() == "'край':2A 'телефон':1A"
