"""The typed words as words of the language: Latin letters read, lemmas found, stop words left out."""

from dataclasses import dataclass, field

from portal.search.query.latin import is_latin, readings
from portal.search.query.lemmas import Lemmas
from portal.search.query.typing import Typed

_READINGS = 24
_LIKELY = 3  # readings: if one of them is a stop word (kude, vav), that is what was meant
_HALF_ENDINGS = {"s": "шщ", "z": "ж", "c": "чц", "t": "цщ", "y": "яю", "i": "яю", "j": "яю", "6": "щ"}


@dataclass
class Word:
    """A typed word: the keys it may stand for (several, in Latin), and what it leads to if none is known."""

    text: str
    forms: tuple[str, ...]
    keys: tuple[str, ...]
    half: bool = False
    parts: tuple[str, ...] = ()  # of a word with a dash
    prefix: bool = False  # read as the beginning of a word
    meant: list[str] = field(default_factory=list)  # keys it leads to: completed, or corrected
    misspelt: list[str] = field(default_factory=list)  # rare words that are this one written wrongly

    @property
    def reading(self) -> str:
        """Return the likeliest Cyrillic form of what was typed."""
        return self.forms[1] if len(self.forms) > 1 else self.forms[0]


def words_of(typed: Typed, lemmas: Lemmas) -> list[Word]:
    last = len(typed.words) - 1
    read = (_word(word, lemmas, half=typed.half and n == last) for n, word in enumerate(typed.words))
    words = [word for word in read if word.keys or word.half]
    for word in words:
        word.parts = typed.dashed.get(word.text, ())
    return words


def _word(word: str, lemmas: Lemmas, *, half: bool) -> Word:
    if not is_latin(word):
        return Word(word, (word,), lemmas(word), half)
    forms = [form for form, _ in readings(word, lemmas.latin, _READINGS)]
    if half:
        forms += [forms[0][:-1] + letter for letter in _HALF_ENDINGS.get(word[-1], "")]
    elif any(not lemmas(form) for form in forms[:_LIKELY]):
        return Word(word, (word,), ())
    keys = dict.fromkeys([*lemmas(word), *(key for form in forms for key in lemmas(form))])
    return Word(word, (word, *forms), tuple(keys), half)
