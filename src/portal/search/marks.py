"""Which words of a found text answer the query, and the snippet around them: pieces that a template marks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from portal.search.query.lemmas import Lemmas
from portal.search.query.terms import Group, Term

Piece = tuple[str, bool]  # (text, whether it answers the query)
_WORD = re.compile(r"[\w\u0300\u0301\u00ad]+")
_KEY = re.compile(r"'([^'#]+)'(:\*)?")


@dataclass(frozen=True)
class Marks:
    keys: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    phrases: tuple[Sequence[tuple[str, ...]], ...] = ()  # marked where they stand one after another
    rules: Lemmas | None = None

    @classmethod
    def of(cls, groups: Iterable[Group], rules: Lemmas) -> "Marks":
        demanded = [group for group in groups if not group.optional]
        found = [_KEY.findall(term.query) for group in demanded for term in group.terms if _is_marked(term, group)]
        keys = {key for one in found for key, star in one if not star}
        return cls(
            frozenset(keys.union(*(group.near for group in demanded))),
            tuple(dict.fromkeys(key for one in found for key, star in one if star)),
            tuple(phrase for group in demanded for phrase in group.phrases),
            rules,
        )

    @property
    def _marks(self) -> bool:
        return bool(self.keys or self.beginnings)

    def pieces(self, text: str) -> list[Piece]:
        """Cut the whole text into marked and unmarked pieces."""
        return list(_joined(self._cut(text, 0, len(text))))

    def snippet(self, text: str, length: int = 220) -> list[Piece]:
        """Cut out about `length` letters where the most different words answer, or the beginning."""
        if len(text) <= length:
            return self.pieces(text)
        start = self._densest(text, length) if self._marks else 0
        start = text.rfind(" ", 0, start) + 1
        end = text.rfind(" ", start, start + length) if start + length < len(text) else len(text)
        end = end if end > start else min(start + length, len(text))
        middle = self._cut(text, start, end)
        return list(_joined([("… ", False)] * (start > 0) + list(middle) + [(" …", False)] * (end < len(text))))

    def _densest(self, text: str, length: int) -> int:
        words = list(_WORD.finditer(text))
        answers = self._answering(words)
        hits = [(word.start(), word[0].lower()[:4]) for n, word in enumerate(words) if n in answers]
        if not hits:
            return 0
        told = {at: len({word for place, word in hits if at <= place < at + length * 3 // 4}) for at, _ in hits}
        best = max(told, key=lambda at: (told[at], -at))
        return max(0, best - length // 6)

    def _cut(self, text: str, start: int, end: int) -> Iterator[Piece]:
        words = list(_WORD.finditer(text, start, end)) if self._marks else []
        answers = self._answering(words)
        for n in sorted(answers):
            yield text[start : words[n].start()], False
            yield words[n][0], True
            start = words[n].end()
        yield text[start:end], False

    def _answering(self, words: Sequence[re.Match[str]]) -> set[int]:
        """Return which of the words answer: by a key, a beginning, or together as a phrase."""
        if self.rules is None:
            return set()
        keys = [self.rules.of_written(word[0]) for word in words]
        found = {n for n, own in enumerate(keys) if any(self._is_key(key) for key in own)}
        for phrase in self.phrases:
            for at in range(len(keys) - len(phrase) + 1):
                if all(set(own) & set(wanted) for own, wanted in zip(keys[at:], phrase, strict=False)):
                    found.update(range(at, at + len(phrase)))
        return found

    def _is_key(self, key: str) -> bool:
        return key in self.keys or key.startswith(self.beginnings)


def _is_marked(term: Term, group: Group) -> bool:
    """Phrases among synonyms are marked as a whole (`phrases`); what was typed in quotes, word by word."""
    return "<" not in term.query or not group.keys


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    held = ""
    for text, marked in pieces:
        if marked:
            if held:
                yield held, False
            yield text, True
            held = ""
        else:
            held += text
    if held:
        yield held, False
