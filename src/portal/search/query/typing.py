"""What was typed: words, phrases in quotes, words not wanted, dates and numbers as written. Reads anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from portal.search.query.letters import LONGEST, fold, joined, tidy, without_private

_QUOTES = '"„“”«»'
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]+)[{_QUOTES}]")
_UNWANTED = re.compile(r"(?:^|(?<= ))-(?=[^\W_])([^ ]+)")
_KEYBOARD = str.maketrans({"`": "4", "[": "6", "]": "6t", "\\": "iu"})  # letters of the phonetic keyboard
_ABOUT_A_NUMBER = re.compile(
    r"\b(?:вх|входящ|входящия|номер|сигнал|сигнала|въпрос|въпроса|предложение|предложението|преписка|no|nomer|"
    r"signal|vh|от|ot|г|год|година)\b\.?|[№#]",
)
LABEL = re.compile(r"\b(?:тел|телефон|телефона|моб|мобилен|gsm|джиесем|номер|tel|phone|имейл|мейл|email|e-mail)\b[.:]*")
"""Words beside a phone or an e-mail that say no more than it does."""
# Of an incoming number; the text has single spaces, and a date may have „·“ between its parts.
_DAY = r"[0-9]{1,2}[.·][0-9]{1,2}[.·]"
_OF = (
    rf"(?: ?[/· -] ?(?:(?:{_DAY})?(?P<year>20[0-9]{{2}})(?: ?г\b\.?)?|{_DAY}(?P<short>[0-9]{{2}})"
    r"|[0-9]{1,2}\.[0-9]{1,2}\.?))?"
)
_NUMBER = re.compile(rf"(?P<letter>[спвspvcb])? ?-? ?(?P<seq>[0-9]{{1,6}}){_OF}")
_BOUNDS = r"(?<![\w./·-])", r"(?!\w|[./·-]\w)"
_INSIDE = [
    re.compile(_BOUNDS[0] + one + _BOUNDS[1])
    for one in (
        rf"(?P<letter>[спвspvcb])(?: ?- ?)?(?P<seq>[0-9]{{1,6}}){_OF}",
        rf"(?P<seq>[0-9]{{1,6}}) ?/ ?{_DAY}(?P<year>20[0-9]{{2}})",
        rf"(?P<seq>0[0-9]{{3}}){_OF}",
    )
]
_WRITTEN = re.compile(r"(?<![a-zа-я0-9])(?!най-|по-)[a-zа-я0-9]+(?:(?:[·-]|(?<=[0-9])[./](?=[0-9]))[a-zа-я0-9]+)+")
_JOINTS = re.compile("[./·-]")
_DIGITS = re.compile("[0-9]+(?:[ ./·-][0-9]+)+")
_FEWEST_DIGITS = 6
_LETTERS = str.maketrans("spvcb", "спвсв")
_DATE = re.compile(r"([0-9]{1,2})[.·/-]([0-9]{1,2})[.·/-]([0-9]{4}|[0-9]{2})|([0-9]{4})[·-]([0-9]{2})[·-]([0-9]{2})")
_MOST_WORDS = 12


@dataclass(frozen=True)
class Number:
    """An incoming number; the letter chooses where an older portal had a counter for each kind."""

    seq: int
    year: int | None = None
    is_sure: bool = True  # otherwise it may as well be the number of a house, or a road sign
    written: tuple[str, ...] = ()
    letter: str = ""


@dataclass(frozen=True)
class Written:
    """What is found as it is written: the number of a document, a date."""

    words: tuple[str, ...]
    joined: str | None = None  # as one word
    day: date | None = None
    is_half: bool = False


@dataclass(frozen=True)
class Typed:
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    written: tuple[Written, ...] = ()
    dashed: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # of the words those with a dash, and their parts
    unwanted: tuple[str, ...] = ()
    number: Number | None = None
    half: bool = False  # the last word is still being typed
    private: bool = False  # a phone, an e-mail or a personal number was typed too: nothing public is found by it
    is_blank: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases or self.written or self.unwanted or self.number)


def read(typed: str, *, live: bool = False) -> Typed:
    lowered = typed.replace("\0", " ")[:LONGEST].lower()
    if re.search("[a-z]", lowered) and not re.search("[а-яѝ]", lowered):
        lowered = lowered.translate(_KEYBOARD)
    folded = " ".join(fold(lowered).split())
    text = " ".join(without_private(folded).split())
    private = len(text) < len(folded)
    live = live and re.search("[a-zа-яѝѐё0-9]$", lowered) is not None
    return replace(_read(LABEL.sub(" ", text) if private else text, live=live), private=private, is_blank=not folded)


def _read(text: str, *, live: bool) -> Typed:
    number, text = _take_number(text)
    phrases = tuple(phrase for found in _QUOTED.findall(text) if (phrase := tuple(tidy(found).split())))
    text = _QUOTED.sub(" ", text)
    unwanted = tuple(word for found in _UNWANTED.findall(text) for word in tidy(found).split())
    wanted = _UNWANTED.sub(" ", text)
    written, dashed, rest = _take_written(wanted, live=live)
    words = tuple(tidy(rest).split())[:_MOST_WORDS]
    if unwanted and not (number or phrases or written or words):  # from nothing nothing can be left out
        unwanted, words = (), unwanted
    half = live and bool(words) and re.search("[a-zа-я0-9]$", rest) is not None
    return Typed(words, phrases[:_MOST_WORDS], written[:_MOST_WORDS], dashed, unwanted[:_MOST_WORDS], number, half)


def _take_number(text: str) -> tuple[Number | None, str]:
    """„25“, „0025“, „s-25/18.03.2020“, „вх. № 25“: the whole text; among other words with its letter or its date.

    Return with it what else the text may mean.
    """
    bare = " ".join(_ABOUT_A_NUMBER.sub(" ", text).split()).strip(" .,/;:!?()" + _QUOTES)
    whole = _NUMBER.fullmatch(bare)
    inside = whole or next((found for one in _INSIDE if (found := one.search(text))), None)
    if inside is None:
        return None, text
    said = inside.groupdict()
    year = said.get("year") or (f"20{said['short']}" if said.get("short") else None)
    padded = said["seq"].startswith("0")
    is_sure = bool(year or padded) if whole else bool(said.get("letter") and (year or padded))
    number = Number(int(said["seq"]), int(year) if year else None, is_sure, tuple(tidy(inside[0]).split()))
    number = replace(number, letter=(said.get("letter") or "").translate(_LETTERS))
    if is_sure:
        return number, "" if whole else text.replace(inside[0], " ")
    return number, bare if whole else text


def _take_written(text: str, *, live: bool) -> tuple[tuple[Written, ...], dict[str, tuple[str, ...]], str]:
    """Return what is found as it is written, the words with a dash, and all the words."""
    stripped = text.strip()
    if _DIGITS.fullmatch(stripped) and sum(map(str.isdigit, stripped)) >= _FEWEST_DIGITS:
        return (_written(stripped, is_half=live),), {}, ""
    written: list[Written] = []
    dashed: dict[str, tuple[str, ...]] = {}

    def taken(match: re.Match[str]) -> str:
        parts = _JOINTS.split(match[0])
        if _is_exact(parts):
            written.append(_written(match[0], is_half=live and match.end() == len(text)))
            return " "
        as_one = joined(match[0])
        if len(parts) == 2 and all(map(str.isalpha, parts)) and as_one:  # noqa: PLR2004
            dashed[as_one[0]] = tuple(parts)
            return as_one[0]
        return match[0]

    rest = _WRITTEN.sub(taken, text)
    return tuple(written), dashed, rest


def _is_exact(parts: list[str]) -> bool:
    """„94-П-55“, „5-7“ and „В-26“ are numbers of something; „ковид-19“ and „24-годишен“ are words with a number."""
    short = [part for part in parts if part.isdigit() or len(part) <= 2]  # noqa: PLR2004
    return any(part.isdigit() for part in parts) and (len(parts) > 2 or len(short) == 2)  # noqa: PLR2004


def _written(one: str, *, is_half: bool) -> Written:
    as_one = joined(one)
    return Written(tuple(tidy(one).split()), as_one[0] if as_one else None, _day(one), is_half)


def _day(written: str) -> date | None:
    said = _DATE.fullmatch(written)
    if said is None:
        return None
    day, month, year = said.group(1, 2, 3) if said[1] else said.group(6, 5, 4)
    try:
        return date(int(year) % 100 + 2000 if len(year) < len("2026") else int(year), int(month), int(day))
    except ValueError:
        return None
