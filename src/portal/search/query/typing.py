"""What was typed: words, phrases in quotes, words not wanted, an incoming number. Reads anything."""

import re
from dataclasses import dataclass

from portal.search.query.letters import LONGEST, clean

_QUOTED = re.compile(r"[\"„“”«»]([^\"„“”«»]+)[\"„“”«»]")
_UNWANTED = re.compile(r"(?:^|\s)[-–−](?=[^\W_])([^\s]+)")
_KEYBOARD = str.maketrans({"`": "4", "[": "6", "]": "6t", "\\": "iu"})  # letters of the phonetic keyboard
_ABOUT_A_NUMBER = re.compile(
    r"\b(?:вх|входящ|входящия|номер|сигнал|сигнала|въпрос|въпроса|предложение|предложението|преписка|no|nomer|"
    r"signal|vh|от|ot|г|год|година)\b\.?|[№#]",
)
_DATE = r"(?:\s*[/ ]\s*(?:\d{1,2}\.\d{1,2}\.)?(?P<year>20\d\d)|\s*[/ ]\s*\d{1,2}\.\d{1,2}\.?)?"
_NUMBER = re.compile(r"(?P<letter>[спвspvcb])?\s*[-–—]?\s*(?P<seq>\d{1,6})" + _DATE)
_NUMBER_INSIDE = re.compile(r"(?<!\w)(?P<letter>[спвspvcb])\s?[-–—]\s?(?P<seq>\d{1,6})" + _DATE + r"(?!\w)")
_MOST_WORDS = 12


@dataclass(frozen=True)
class Number:
    """An incoming number; the letter says nothing, for one counter serves all kinds."""

    seq: int
    year: int | None = None


@dataclass(frozen=True)
class Typed:
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    unwanted: tuple[str, ...] = ()
    number: Number | None = None
    half: bool = False  # the last word is still being typed

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases or self.unwanted or self.number)


def read(typed: str, *, live: bool = False) -> Typed:
    text = typed.replace("\0", " ")[:LONGEST].lower()
    if not re.search("[а-яѝ]", text):
        text = text.translate(_KEYBOARD)
    number, text = _take_number(text)
    phrases = tuple(phrase for found in _QUOTED.findall(text) if (phrase := tuple(clean(found).split())))
    text = _QUOTED.sub(" ", text)
    unwanted = tuple(word for found in _UNWANTED.findall(text) for word in clean(found).split())
    words = tuple(clean(_UNWANTED.sub(" ", text)).split())[:_MOST_WORDS]
    half = live and bool(words) and re.search(r"\w$", text) is not None
    return Typed(words, phrases[:_MOST_WORDS], unwanted[:_MOST_WORDS], number, half)


def _take_number(text: str) -> tuple[Number | None, str]:
    """„25“, „0025“, „s-25/18.03.2020“, „вх. № 25“: the whole text; among other words only with its letter."""
    bare = _ABOUT_A_NUMBER.sub(" ", text).strip(" .,/;:!?")
    whole = _NUMBER.fullmatch(bare)
    inside = whole or _NUMBER_INSIDE.search(text)
    if inside is None:
        return None, text
    number = Number(int(inside["seq"]), int(inside["year"]) if inside["year"] else None)
    if not whole:
        return number, text.replace(inside[0], " ")
    written_bare = not inside["letter"] and not inside["year"] and not inside["seq"].startswith("0")
    return number, inside["seq"] if written_bare else ""  # „25“ may also be the number of a house
