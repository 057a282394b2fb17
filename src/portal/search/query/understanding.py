"""Finds the meaning of words: asks the register about them, completes or corrects those it doesn't have."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.filters import Filters
from portal.search.query.lemmas import Lemmas
from portal.search.query.meaning import groups_of, number_group, phrase_group, written_group
from portal.search.query.reading import Word, words_of
from portal.search.query.terms import NOTHING, Group, any_of, quoted
from portal.search.query.typing import Typed
from portal.search.query.typos import Near, near, sound
from portal.search.query.words import Known, known

_SMALL = 5_000  # cases: here a misspelt text must be found too; in a big register others say the same
_LONG = 6  # letters of a word whose misspellings are looked for
_SUGGESTIONS = 3


@dataclass
class Meaning:
    groups: list[Group] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)  # keys
    shown_for: str | None = None  # the words as corrected
    suggestions: list[str] = field(default_factory=list)  # „Може би търсите“
    cases: int = 0  # in the register, as last counted
    only_common: bool = False  # nothing but words that are in every text

    @property
    def is_nothing(self) -> bool:
        return self.groups == [NOTHING]

    def all_of_it(self, filters: Filters) -> str | None:
        """Return the tsquery that every group must meet, or one that is enough; None: nothing narrows the search."""
        needed = [any_of(term.query for term in group.terms) for group in self._demanded if not group.is_enough]
        enough = [term.query for group in self.groups if group.is_enough for term in group.terms]
        if enough:
            needed = [any_of([*enough, *(["(" + "&".join(needed) + ")"] if needed else [])])]
        return "&".join([*needed, *self._unwanted(), *filters.lexemes()]) or None

    def narrow(self, filters: Filters) -> str | None:
        """Return the part of all_of_it to ask the index for: a half-typed word is dear beside a rarer one."""
        demanded = self._demanded
        if any(group.is_enough for group in demanded):
            return None
        wide = [group for group in demanded if group.half and group.frequent > min(one.frequent for one in demanded)]
        if not wide:
            return None
        needed = (any_of(term.query for term in group.terms) for group in demanded if group not in wide)
        return "&".join([*needed, *filters.lexemes()])

    @property
    def _demanded(self) -> list[Group]:
        return [group for group in self.groups if not group.optional]

    @property
    def at_least(self) -> int:
        """The number of cases, as last counted, that contain the one thing asked for."""
        return self.groups[0].frequent if len(self.groups) == 1 and not self.unwanted else 0

    def some_of_it(self, filters: Filters) -> str | None:
        """Return the tsquery that any group meets."""
        some = any_of(term.query for group in self._demanded for term in (*group.terms, *group.hints))
        return "&".join([some, *self._unwanted(), *filters.lexemes()])

    def _unwanted(self) -> Iterable[str]:
        return (f"!{quoted(key)}" for key in self.unwanted)

    def terms(self) -> dict[str, list[Any]]:
        """Return what register_best ranks by."""
        terms = [(term, n + 1) for n, group in enumerate(self.groups) for term in (*group.terms, *group.hints)]
        return {
            "terms": [term.query for term, _ in terms],
            "worths": [term.worth for term, _ in terms],
            "groups": [n for _, n in terms],
            "importance": [group.importance for group in self.groups],
        }


async def understand(db: AsyncSession, typed: Typed, lemmas: Lemmas, *, exactly: bool) -> Meaning:
    words = words_of(typed, lemmas)
    phrases = (phrase_group(phrase, lemmas) for phrase in typed.phrases)
    written = (written_group(one, lemmas) for one in typed.written)
    groups = [group for group in (*phrases, *written) if group]
    meaning = Meaning(groups.copy(), [key for word in typed.unwanted for key in lemmas(word)])
    if words:
        found = await _ask(db, words)
        meaning.cases = found.cases
        if not (exactly or typed.private):  # beside a phone stands a name
            await _correct(db, words, found, lemmas, meaning)
        meaning.groups += groups_of(words, found, lemmas, alone=not groups)
    if typed.number:
        for group in meaning.groups:
            group.optional |= typed.number.is_sure
        meaning.groups.append(number_group(typed.number, lemmas))
    if typed.private or not (meaning.groups or typed.is_blank):
        meaning.groups.append(NOTHING)
    meaning.only_common = meaning.is_nothing and bool(typed.words or typed.phrases) and not typed.private
    return meaning


async def _ask(db: AsyncSession, words: list[Word]) -> Known:
    """Ask about the words; the last may be the beginning of one."""
    last = words[-1]
    found = await known(db, (key for word in words for key in word.keys), last.reading)
    if last.half or not _is_known(last, found):
        last.prefix = last.half or (len(last.reading) > 1 and bool(found.prefix))
        last.meant = found.prefix[:2]
    if last.meant:
        found.add(await known(db, last.meant, None))
    return found


def _is_known(word: Word, found: Known) -> bool:
    return any(key in found.df for key in word.keys)


async def _correct(db: AsyncSession, words: list[Word], found: Known, lemmas: Lemmas, meaning: Meaning) -> None:
    """Look for words near those the register doesn't have; in a small one for misspellings of the others."""
    unknown = [word for word in words if word.keys and not (word.meant or word.parts or _is_known(word, found))]
    whole = [
        key for word in words for key in word.keys if key in found.df and len(key) >= _LONG and found.cases < _SMALL
    ]
    if not (unknown or whole):
        return
    nearby = await near(db, {*(word.reading for word in unknown), *whole}, lemmas)
    meant = {word.text: _likely(word, nearby[word.reading], found, lemmas) for word in unknown}
    for word in unknown:
        word.meant = [one.word for one in meant[word.text]]
    for word in words:
        word.misspelt += [
            one.word for key in word.keys for one in nearby.get(key, ()) if _is_misspelt(one, found.df.get(key, 0))
        ]
    meaning.shown_for = _said_again(words, {text: one[0] for text, one in meant.items() if one})
    meaning.suggestions = list(_suggested(words, unknown, nearby))
    found.add(await known(db, (key for word in unknown for key in word.meant), None))


def _likely(word: Word, nearby: list[Near], found: Known, lemmas: Lemmas) -> list[Near]:
    """The nearest word, unless the register has relatives of the word: then it may well be right.

    A rare word is taken only where no other is near: it may be misspelt itself.
    """
    family = {near for key in word.keys for near in found.family.get(key, ())}
    related = bool(family) or any(key in found.named(lemmas) for key in word.keys)
    is_long = len(word.reading) >= _LONG
    for one in sorted(nearby, key=lambda one: one.df < _SUGGESTIONS):
        same_by_ear = one.cost < 1
        enough = one.df >= _SUGGESTIONS or (one.cost <= 1 and is_long)
        if enough and (not related or (same_by_ear and one.word in family)):
            return [one]
    return []


def _is_misspelt(one: Near, df: int) -> bool:
    return one.cost <= 1 and one.df * 3 < df and one.df < _SUGGESTIONS


def _said_again(words: Iterable[Word], corrected: dict[str, Near]) -> str | None:
    if not corrected:
        return None
    return " ".join(corrected[word.text].form if word.text in corrected else word.text for word in words)


def _suggested(words: list[Word], unknown: list[Word], nearby: dict[str, list[Near]]) -> Iterable[str]:
    """The query with an unknown word said otherwise than it was corrected."""
    for word in unknown:
        said = {sound(meant) for meant in word.meant}  # what sounds like it is the same word again, misspelt
        likely = [one for one in nearby[word.reading] if one.cost <= 1 and one.df >= _SUGGESTIONS]
        for one in [one for one in likely if sound(one.word) not in said][:_SUGGESTIONS]:
            yield _said_again(words, {word.text: one}) or ""
