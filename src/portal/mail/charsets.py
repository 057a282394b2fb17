"""Finds the charset of bytes, whatever their label says: the one in which they read as Bulgarian."""

import codecs
import math
import re
from itertools import pairwise

SAMPLE = 4000
"""Bytes of words with letters other than Latin: enough to tell, however long the text is."""
LIKELY = ("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866", "utf-8", "cp1252")
"""Tried whatever the label is; UTF-8 with a broken letter in it is UTF-8."""
LATIN = {
    "cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-9",
    "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "mac-roman", "cp437", "cp850", "cp852",
}  # fmt: skip
OTHER = {
    "iso8859-6", "iso8859-7", "iso8859-8", "cp1253", "cp1255", "cp1256", "mac-cyrillic", "tis-620", "cp874",
    "shift_jis", "cp932", "euc_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr", "cp949",
}  # fmt: skip
"""Believed, where every byte has its letter."""
SEVEN_BIT = {"utf-7", "iso2022_jp", "iso2022_kr", "hz"}
WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
MARKS |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PER_MILLE = {120: "а", 90: "иое", 72: "тн", 52: "рс", 45: "в", 35: "лдк", 28: "пм", 20: "зъ", 15: "яугбч", 6: "йщцжхш"}
_PER_MILLE |= {2: "юф", 1: "ьыэіїє"}
_ODDS = {letter: math.log(share * 30 / 1000) for share, letters in _PER_MILLE.items() for letter in letters}
"""How much commoner in Bulgarian than by chance; those of Russian and Ukrainian are no great surprise either."""
_STRANGE, _BROKEN, _BELIEVED = -3.0, -5.0, 0.5
_word = re.compile(r"[^\W\d_]+")
_usual = set("«»„“”‚‘’–—…№€§°©®™•·\xa0\xad−×\ufeff")


def as_written(content: bytes, label: str) -> str:
    """Decode. UTF-8 can't be taken for another; of the others that is chosen which reads best, the label first."""
    told = _known(label)
    for mark, wide in MARKS.items():
        if content.startswith(mark):
            told = wide
    if told in WIDE or (told in SEVEN_BIT and content.isascii()):
        return content.decode(told, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if told in OTHER:
        try:
            return content.decode(told)
        except UnicodeDecodeError:
            pass
    sample = _sample(content)
    candidates = [*LIKELY, *([told] if told in LATIN | OTHER else [])]
    best = max(candidates, key=lambda one: _reads(sample.decode(one, "replace"), is_told=one == told))
    return content.decode(best, "replace")


def _known(label: str) -> str:
    """Return the one name that the label means; nothing of what is no charset of letters: "base64", "punycode"."""
    plain = re.sub(r"[^a-z0-9]+", "-", label[:40].lower()).strip("-")
    for spelling in (plain, re.sub(r"^(x-)?(win(dows)?|cp|ms)-?(?=\d)", "cp", plain), plain.removeprefix("x-")):
        try:
            name = codecs.lookup(spelling).name
        except (LookupError, ValueError):
            continue
        if name in {*LIKELY, *LATIN, *OTHER, *SEVEN_BIT, *WIDE}:
            return name
    return ""


def _sample(content: bytes) -> bytes:
    words: list[bytes] = []
    size = 0
    for word in content.split():
        if not word.isascii():
            words.append(word[:SAMPLE])
            size += len(words[-1]) + 1
            if size >= SAMPLE:
                break
    return b" ".join(words)


def _reads(text: str, *, is_told: bool) -> float:
    """Say how well it reads as Bulgarian, or as a language of Latin letters of which some bear marks."""
    said = sum(map(_reads_word, _word.findall(text)))
    for one in text:
        if one == "\ufffd":
            said += _BROKEN
        elif not one.isascii() and not one.isalpha() and one not in _usual:
            said += _STRANGE
    return said / max(sum(not one.isascii() for one in text), 1) + (_BELIEVED if is_told else 0)


def _reads_word(word: str) -> float:
    cyrillic = [one for one in word if "\u0400" <= one <= "\u04ff"]
    if not cyrillic:  # in „Größe“ most letters are plain; of „Äóïêàòà“ none is
        marked = sum(not one.isascii() for one in word)
        return marked * (0.5 if 2 * marked <= len(word) else _STRANGE)
    odds = sum(_ODDS.get(one.lower(), _STRANGE) for one in cyrillic)
    mixed = len(word) - len(cyrillic)
    swapped = sum(a.islower() and b.isupper() for a, b in pairwise(word))
    return odds + _STRANGE * (mixed + swapped)
