"""The language that somebody reads: Bulgarian, and English beside it.

The phrases of the source are the Bulgarian ones; `locale/en` has what each is in English, read when it is first needed.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from portal.settings import ROOT


class Language(StrEnum):
    BULGARIAN = "bg"
    ENGLISH = "en"


NAMES = {Language.BULGARIAN: "Български", Language.ENGLISH: "English"}
"""Each in its own language, for those who read no other."""


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    language: Language = Language.BULGARIAN
    asked: bool = False
    """By the address, and not by the browser alone: then its links go on asking."""


_choice = ContextVar("language_choice", default=LanguageChoice())  # noqa: B039 - frozen


def language_choice() -> LanguageChoice:
    """Return the language of this request, or of this letter; Bulgarian where nobody has said."""
    return _choice.get()


def is_english() -> bool:
    return _choice.get().language is Language.ENGLISH


@contextmanager
def in_language(language: Language, *, asked: bool = False) -> Iterator[None]:
    before = _choice.set(LanguageChoice(language, asked))
    try:
        yield
    finally:
        _choice.reset(before)


def _(phrase: str) -> str:
    """Return the phrase in the language of this request or letter. Called where it is shown, never at import."""
    return phrases(_choice.get().language).get(phrase, phrase)


@cache
def phrases(language: Language) -> Mapping[str, str]:
    """Return what phrases are in the language, those that are another than in Bulgarian."""
    if language is Language.BULGARIAN:
        return {}
    return {
        one.id: one.string for one in catalogue(language) if isinstance(one.id, str) and isinstance(one.string, str)
    }


def catalogue(language: Language) -> Catalog:
    with (ROOT / "locale" / language / "LC_MESSAGES" / "portal.po").open("rb") as file:
        return read_po(file, locale=language)


def accepted(header: str) -> set[str]:
    """Return the languages of an Accept-Language, without their countries; what weighs nothing is refused."""
    named = (one.partition(";") for one in header.lower().split(","))
    return {name.strip().partition("-")[0] for name, _, weight in named if weight.replace(" ", "").strip("0.") != "q="}


_FACTORY = re.compile(r"en-us(\s*,\s*en(\s*;\s*q=[0-9.]+)?)?", re.IGNORECASE)


@lru_cache(maxsize=256)
def negotiated(asked: str, header: str) -> LanguageChoice:
    """What the address asks for wins. Else English, for a browser that takes it and takes no Bulgarian at all.

    No header says nothing, and nor does American English alone: phones and browsers come with it from the factory, and
    many a Bulgarian has left it so. Whoever chose a language has another one there as well.
    """
    if asked in set(Language):
        return LanguageChoice(Language(asked), asked=True)
    if _FACTORY.fullmatch(header):
        return LanguageChoice()
    takes = accepted(header)
    is_foreign = Language.ENGLISH in takes and not takes & {Language.BULGARIAN, "*"}
    return LanguageChoice(Language.ENGLISH if is_foreign else Language.BULGARIAN)
