"""Cyrillic readings of a word in Latin letters: official, chat and keyboard spellings (as bg_readings)."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache

from portal.settings import ROOT

_UNIT = re.compile(r"sht|dzh|tch|iya|6t|zh|sh|ch|ts|tz|ya|ia|ja|yu|iu|ju|yo|jo|io|dj|kh|ck|ph|[aeiou][ijy]|.")
_LONGEST = 24
_DEAREST = 3


@cache
def units() -> Mapping[str, list[str]]:
    """Return what bg_latin_units() in SQL returns, for who has no database at hand."""
    known: dict[str, list[str]] = json.loads((ROOT / "sql" / "data" / "latin.json").read_text("utf-8"))
    return known


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


def every_reading(
    word: str, units: Mapping[str, list[str]], fits: Callable[[str], bool] = bool, most: int = 32
) -> list[str]:
    """Return the likeliest readings, wherever the word is divided into letters and groups („sto-ya-n“, „st-oy-an“).

    `fits`: asked for each beginning, and where it says no nothing follows.
    """
    reached: list[dict[str, int]] = [{"": 0}, *({} for _ in word)]
    for at in range(len(word)):
        best = sorted(reached[at].items(), key=lambda one: (one[1], one[0]))[:most]
        for end in range(at + 1, min(at + 3, len(word)) + 1) if best else ():
            unit = word[at:end]
            for n, meant in enumerate(units.get(unit, [unit] if end == at + 1 else [])):
                for start, cost in best:
                    if fits(start + meant):
                        reached[end][start + meant] = min(reached[end].get(start + meant, 99), cost + 1 + n)
    return sorted(reached[-1], key=lambda reading: (reached[-1][reading], reading))[:most]
