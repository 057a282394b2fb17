"""Corrections: the words of the register that a word which it doesn't have may have been meant for."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.query.lemmas import Lemmas

_ASK = text("SELECT word, df, sound FROM register_near(CAST(:keys AS text[]), CAST(:sounds AS text[]))")
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъьюя"
_SOUNDS = "пфктшсуиамнлрхцч"
_FAR = 9.0
_SHORTEST = 4  # of three letters every word is near every other
_LONGEST = 40  # as a key
_LONG_ENOUGH_FOR_TWO = 7
_ALIKE = 0.6  # of the sounds of what was typed, ending and all
_SAYS_SOMETHING = 3  # sounds: a letter held down is one
_ONE_SOUND = {"шт": "щ", "щ": "шт", "тс": "ц", "ц": "тс", "йо": "ьо", "ьо": "йо"}  # two letters for one
_TWICE = re.compile(r"(.)\1+")
_SAID_SO = str.maketrans("бвгджзоейъяю", "пфктшсуииаау")


@dataclass(frozen=True)
class Near:
    word: str  # as it is indexed
    form: str  # as it would be typed: inflected like what was typed, where that is known
    cost: float
    df: int


def sound(word: str) -> str:
    """As bg_sound in SQL: what those who write by ear confuse is one."""
    said = word.replace("щ", "шт").replace("йо", "о").replace("ьо", "о")
    return _TWICE.sub(r"\1", said.translate(_SAID_SO).replace("ь", ""))


def edits(word: str, letters: str) -> Iterator[str]:
    """All words one slip away: a letter left out, two exchanged, one wrong, one too many."""
    for at in range(len(word) + 1):
        start, end = word[:at], word[at:]
        if end:
            yield start + end[1:]
            yield from (start + letter + end[1:] for letter in letters if letter != end[0])
        if len(end) > 1:
            yield start + end[1] + end[0] + end[2:]
        yield from (start + letter + end for letter in letters)
        yield from (start + right + end[len(wrong) :] for wrong, right in _ONE_SOUND.items() if end.startswith(wrong))


async def near(db: AsyncSession, words: Iterable[str], lemmas: Lemmas) -> dict[str, list[Near]]:
    """Return for each word what the register has near it, likeliest first: one question for all."""
    spelt = {word: _spelt(word, lemmas) for word in words}
    said = {word: _said(word, lemmas) for word in spelt}
    asked = await db.execute(
        _ASK,
        {
            "keys": sorted({key for forms in spelt.values() for key in forms}),
            "sounds": sorted({one for sounds in said.values() for one in sounds}),
        },
    )
    rows = [(word, df, heard) for word, df, heard in asked]
    return {word: _ranked(word, rows, spelt[word], said[word]) for word in spelt}


def _spelt(word: str, lemmas: Lemmas) -> dict[str, str]:
    """Return from the key of each one-slip spelling to that spelling."""
    if not _may_be_wrong(word):
        return {}
    return {key: form for form in edits(word, _LETTERS) for key in lemmas(form) if not key.isdigit()}


def _said(word: str, lemmas: Lemmas) -> dict[str, float]:
    """Return from each sound that may have been meant to its cost: a slip in it is a second one, never of the first."""
    if not _may_be_wrong(word):
        return {}
    own = {said: 0.4 for key in (word, *lemmas(word)) if len(said := sound(key)) >= _SAYS_SOMETHING}
    if len(word) < _LONG_ENOUGH_FOR_TWO:
        return own
    return {slip: 1.6 for one in own for slip in edits(one, _SOUNDS) if slip[:1] == one[0]} | own


def _may_be_wrong(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and re.fullmatch("[а-я]+", word) is not None


def _ranked(typed: str, rows: list[tuple[str, int, str]], spelt: dict[str, str], said: dict[str, float]) -> list[Near]:
    found, own = [], sound(typed)
    for word, df, heard in rows:
        by_ear = said.get(heard, _FAR) if SequenceMatcher(None, own, heard).ratio() > _ALIKE else _FAR
        cost = min(_slip(typed, spelt[word]) if word in spelt else _FAR, by_ear)
        if cost < _FAR and word != typed:
            found.append(Near(word, spelt.get(word, word), cost, df))
    return sorted(found, key=lambda one: (one.cost - math.log10(one.df + 1) * 0.5, one.word))


def _slip(typed: str, form: str) -> float:
    """An ending not typed is likelier than a wrong letter, a wrong first letter less likely."""
    if form.startswith(typed):
        return 0.7
    return 1.0 if form[0] == typed[0] else 1.3
