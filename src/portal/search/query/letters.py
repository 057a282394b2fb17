"""Cleans a text for search, in the same way as bg_clean in SQL (tests compare the two)."""

import re
import unicodedata

LONGEST = 400  # letters of a query that are read: nobody types more, and a page pasted in must not cost more

_SPACES, _DASHES = "\t\n\r\u00a0\u2007\u2009\u202f", "\u2010\u2011\u2012\u2013\u2014\u2212"
_FOLD = str.maketrans(
    "ѝѐё" + _SPACES + _DASHES,
    "иее" + " " * len(_SPACES) + "-" * len(_DASHES),
    "\u0300\u0301\u00ad\u200b\u200c\u200d",
)

_DAY, _MONTH, _YEAR = "(0?[1-9]|[12][0-9]|3[01])", "(0?[1-9]|1[0-2])", "((?:19|20)[0-9]{2})"
_ALONE, _NO_MORE = "(?<![0-9])(?<![0-9][ /().-])", "(?![0-9])(?![ /().-]*[0-9])"
_NO_PHONES = [
    (re.compile(pattern), written)
    for pattern, written in (
        (rf"(?<![0-9]){_DAY}[./-]{_MONTH}[./-]{_YEAR}(?![0-9])", r"\1·\2·\3"),  # 01.09.2026
        (rf"{_ALONE}{_DAY} {_MONTH} {_YEAR}{_NO_MORE}", r"\1·\2·\3"),
        (rf"{_ALONE}{_DAY}[./](0[1-9]|1[0-2])[./]([0-9]{{2}})(?![0-9])", r"\1·\2·\3"),
        (rf"((?<![a-zа-я])[спвspvcb] ?- ?[0-9]{{1,5}})/{_DAY}\.(0[1-9]|1[0-2])\.([0-9]{{2}})(?![0-9])", r"\1·\2·\3·\4"),
        (r"(?<![0-9])((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![0-9])", r"\1·\2·\3"),
        (rf"([0-9]-[0-9]{{1,5}})/{_YEAR}(?![0-9])", r"\1·\2"),  # РД-09-123/2026
        (rf"{_ALONE}([0-9]{{1,4}})/{_YEAR}{_NO_MORE}", r"\1·\2"),  # 0312/2026
        (r"(?<![0-9])(0[01][0-9]{3})\.([0-9]{1,4}\.)", r"\1·\2"),  # of the land register
        (r"(?<![0-9+])(?<!\+ )(?<!00 )(?!08[7-9]|09[89])([0-9]{5})\.([0-9]{3}\.[0-9])", r"\1·\2"),
    )
]
_MAYBE_PRIVATE = re.compile(r"@|(?:[0-9][ /().-]*){7}")
_PRIVATE = [
    re.compile(pattern)
    for pattern in (
        r"(?<![^ ])[^ ]+@[^ ]+",
        r"(?:\+ ?[1-9]|(?<![0-9])00 ?359)(?:[ /().-]*[0-9]){7,13}(?![0-9])",
        r"(?<![0-9])0[ /().-]*[2-9](?:[ /().-]*[0-9]){6,9}(?![0-9])",
        r"(?<![0-9])[0-9]{2}[0-5][0-9][0-3][0-9][ -][0-9]{4}(?![0-9])",  # a personal number, in two pieces
        r"[0-9]{8,}",
    )
]
_OTHER = re.compile(r"[^a-zа-я0-9]+")
_JOINED = re.compile(r"\b(бл|ул|кв|вх|ет|ап|no)([0-9])")
_BLOCK = re.compile(r"\b(?:бл|блок|блока|блокът|block|blok|bl) ([0-9]+[а-яa-z]?)\b")
_BLOCK_AFTER = re.compile(r"\b([0-9]+)(?: [мтр]и)? (?:блок|блока|блокът|бл)\b(?! [0-9])")
_UNIT = re.compile(r"\b([0-9]+)(мм|см|дм|м|км|кг|лв|ч|мин|т|кв)\b")
_ENTRANCE = re.compile(r"\b(вх|вход|входа) ([а-я])\b")
_WATER_COMPANY = re.compile(r"\b(?:в и к|b и k|v i k)\b")
_DASHED = re.compile(
    r"(?<![a-zа-я0-9./·-])(?!най-|по-)"
    r"([a-zа-я]{2,30}(?=-[a-zа-я]{2})|[a-zа-я]{1,2}(?=-[0-9])|[0-9]{1,4}(?=-[a-zа-я]))-([a-zа-я]{1,30}|[0-9]{1,4})"
    r"(?![a-zа-я0-9]|[./·-][a-zа-я0-9])"
)


def fold(text: str) -> str:
    """Return lower-case letters without stress marks, with one kind of space and of dash."""
    return unicodedata.normalize("NFC", text).lower().translate(_FOLD)


def without_private(folded: str) -> str:
    """Take out e-mail addresses, phones and personal numbers: nobody is found by them in public.

    Shorter than before if there were any. Dates and other numbers of the same length get „·“ between their parts.
    """
    if not _MAYBE_PRIVATE.search(folded):
        return folded
    for pattern, written in _NO_PHONES:
        folded = pattern.sub(written, folded)
    for pattern in _PRIVATE:
        folded = pattern.sub(" ", folded)
    return folded


def tidy(folded: str) -> str:
    """Return words between single spaces; „бл. 8“ also as бл08, „вх. В“ also as вх0в."""
    text = _OTHER.sub(" ", folded)
    text = _JOINED.sub(r"\1 \2", text)
    text = _BLOCK.sub(r"бл \1 бл0\1", text)
    text = _BLOCK_AFTER.sub(r"\1 бл бл0\1", text)
    text = _UNIT.sub(r"\1 \2", text)
    text = _ENTRANCE.sub(r"\1 вх0\2", text)
    return _WATER_COMPANY.sub("вик", text)


def joined(folded: str) -> list[str]:
    """Return words with a dash as one word: „Wi-Fi“ is wifi, „В-26“ is в26."""
    return [first + second for first, second in _DASHED.findall(folded)]


def clean(text: str) -> str:
    return tidy(without_private(fold(text)))
