"""The rules of inflection: from a word to the keys it is indexed by. The database's own, asked for once."""

import json
import re
from functools import cached_property, lru_cache

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.query.latin import is_latin, readings
from portal.search.query.letters import clean

_STRIP = {letter: n for n, letter in enumerate("0123456789abcdefghijklmnop")}
_LOOKALIKES = str.maketrans("aeopcxykmthb", "аеорсхукмтнв")
_CYRILLIC = re.compile("[а-я]")
_DIGIT = re.compile("[0-9]")
_PADDED = re.compile("0[1-9]")
_SIGN = re.compile("[aeopcxykmthb][0-9]+")
_NUMBERED = re.compile(r"(бл0)?[0-9]+[а-я]")
_LONGEST_WORD = 40
_SHORT = 3
_READINGS = 6


class Lemmas:
    """Keys of a clean word, as bg_keys in sql/0006_bulgarian.sql gives them."""

    def __init__(self, rules: dict[str, str], latin: dict[str, list[str]], version: int) -> None:
        self.rules = rules
        self.latin = latin
        self.version = version

    @lru_cache(maxsize=20_000)  # noqa: B019  (one a process, for good)
    def of_written(self, word: str) -> tuple[str, ...]:
        """Return the keys of a word as it is written in a text: highlighting asks for every word of a page."""
        keys: dict[str, None] = {}
        for part in clean(word).split():
            forms = [part, *(form for form, _ in readings(part, self.latin, _READINGS))] if is_latin(part) else [part]
            keys |= dict.fromkeys(key for form in forms for key in self(form))
        return tuple(keys)

    @cached_property
    def longest(self) -> int:
        return max(len(suffix) for suffix in self.rules if not suffix.startswith("^"))

    @cached_property
    def endings(self) -> tuple[str, ...]:
        """Return the frequent endings, for words half typed."""
        return tuple(self.rules["*endings"].split())

    @lru_cache(maxsize=20_000)  # noqa: B019
    def led_to(self, half: str) -> frozenset[str]:
        """Return keys that a half-typed word can still lead to and that don't begin with it."""
        forms = (half + ending for ending in ("", *self.endings))
        return frozenset(key for form in forms for key in self(form) if not key.startswith(half))

    def __call__(self, word: str) -> tuple[str, ...]:
        """Return the lemmas, () of a stop word."""
        word = word[:_LONGEST_WORD]
        if not _CYRILLIC.search(word):
            return self._without_cyrillic(word)
        if _DIGIT.search(word):
            return (word, word[:-1]) if _NUMBERED.fullmatch(word) else (word,)
        word = word.translate(_LOOKALIKES)
        rule = self.rules.get("^" + word)
        if rule is None:
            rule = self._by_suffix(word)
        elif not rule:
            return ()
        return _applied(rule, word) if rule else (word,)

    @staticmethod
    def _without_cyrillic(word: str) -> tuple[str, ...]:
        """The day or month of a date is itself with and without its zero; the road sign B26 is В26."""
        if _PADDED.fullmatch(word):
            return word, word[1]
        return (word, word.translate(_LOOKALIKES)) if _SIGN.fullmatch(word) else (word,)

    def _by_suffix(self, word: str) -> str | None:
        if len(word) < _SHORT:
            return None
        suffixes = (word[-n:] for n in range(min(len(word), self.longest), 0, -1))
        return next((self.rules[suffix] for suffix in suffixes if suffix in self.rules), None)


def _applied(rule: str, word: str) -> tuple[str, ...]:
    edits = ((_STRIP[edit[0]], edit[1:]) for edit in rule.split(","))
    return tuple(dict.fromkeys((word[: max(len(word) - n, 0)] + added) or word for n, added in edits))


_known: list[Lemmas] = []  # one a process: two megabytes of rules, the same for every request


async def lemmas(db: AsyncSession) -> Lemmas:
    """Return the rules this process has read, or read them (some 60 ms, once: ask at start)."""
    version = None
    if not _known:
        row = (await db.execute(text("SELECT bg_rules()::text, bg_latin_units()::text, bg_version()"))).one()
        rules, units, version = row
        _known[:] = [Lemmas(json.loads(rules), json.loads(units), version)]
    return _known[0]
