"""Cyrillic readings of a word in Latin letters: official, chat and keyboard spellings (as bg_readings)."""

import re
from collections.abc import Mapping

_UNIT = re.compile(r"sht|dzh|tch|iya|6t|zh|sh|ch|ts|tz|ya|ia|ja|yu|iu|ju|yo|jo|io|dj|kh|ck|ph|[aeiou][ijy]|.")
_LONGEST = 24
_DEAREST = 3


def is_latin(word: str) -> bool:
    return re.search("[a-z]", word) is not None and re.search("[а-я]", word) is None


def readings(word: str, units: Mapping[str, list[str]], most: int) -> list[tuple[str, int]]:
    """Return (reading, cost), likeliest first: each letter or group as it is mostly meant costs nothing."""
    found = [("", 0)]
    for unit in _UNIT.findall(word[:_LONGEST]):
        meant = list(enumerate(units.get(unit, [unit])))
        longer = ((start + end, cost + min(n, _DEAREST)) for start, cost in found for n, end in meant)
        found = sorted(longer, key=lambda reading: (reading[1], reading[0]))[:most]
    return found
