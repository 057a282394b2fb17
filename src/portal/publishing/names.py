"""The words of a person's name in a text: in any form (Стоянова, Стоянови, Петре) and in either alphabet."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from portal.search.query import latin

ENDINGS = {"", *re.findall(r"\w+", "а я о е и й у ю ът ия ият ове ови ова ево еви ева ви ва")}
BEGINNINGS = {ending[:n] for ending in ENDINGS for n in range(len(ending) + 1)}
WORD = re.compile(r"[^\W\d_]+")
WRITTEN = re.compile(r"(?<!\w)[^\W_](?:[^\W_]|[\u00ad\u0300-\u036f\u200b-\u200d\u2060]){1,40}(?!\w)")
"""A word of a text, with stress marks and what can't be seen; figures stand for letters too („6i6kov“)."""
NO_LETTER = re.compile(r"[\u00ad\u0300-\u036f\u200b-\u200d\u2060]")
LOOKALIKES = str.maketrans("aeopcxykmthb", "аеорсхукмтнв")
UNITS = {**latin.units(), "ss": ["с"], "ff": ["в", "ф"], "ou": ["у"]}
"""Ways to write a letter in Latin, those of old passports included: Vassil, Petroff, Roumen."""
NO_WORD = re.compile(r"ъ$|ъ[аеиоуъюя]|[аеиоуюя]ъ|[бвгджзклмнпрстфхцчшщъ]й|^й[^аоеу]|^ъ[^г]")
SHORTEST = 3


def find(text: str, name: str) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield where words of the name stand, and which words of it each may be."""
    stems: dict[str, set[str]] = {}
    for word in map(_plain, WORD.findall(name)):
        for reading in [word, *(one for one in _meant(word) if not NO_WORD.search(one))]:
            for stem in _stems(reading):
                stems.setdefault(stem, set()).add(word)
    beginnings = {stem[:n] for stem in stems for n in range(len(stem) + 1)}

    def fits(reading: str) -> bool:
        return reading in beginnings or any(stem in stems and end in BEGINNINGS for stem, end in _divided(reading))

    for one in WRITTEN.finditer(text) if stems else ():
        divided = (parts for reading in _meant(_plain(one[0]), fits) for parts in _divided(reading))
        owners = {word for stem, end in divided if end in ENDINGS for word in stems.get(stem, ())}
        if owners:
            yield *one.span(), frozenset(owners)


def _plain(word: str) -> str:
    return NO_LETTER.sub("", unicodedata.normalize("NFC", word)).lower()


def _meant(word: str, fits: Callable[[str], bool] = bool) -> list[str]:
    """Return the word in Cyrillic letters, as it may be meant."""
    return latin.every_reading(word, UNITS, fits) if latin.is_latin(word) else [word.translate(LOOKALIKES)]


def _divided(word: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to divide it into what may be a stem and what may be an ending."""
    longest = max(map(len, ENDINGS))
    return ((word[:n], word[n:]) for n in range(max(len(word) - longest, SHORTEST), len(word) + 1))


def _stems(word: str) -> set[str]:
    stem = re.sub(r"[аяоеийую]+$", "", word)
    stem = stem if len(stem) >= SHORTEST else word
    fleeting = re.sub(r"ъ(?=[^аяоеийуюъ]$)", "", stem)
    as_spelt = re.sub(r"ия$", "я", stem)  # Julia, Ilia
    return {one for one in (stem, fleeting, as_spelt) if len(one) >= SHORTEST}
