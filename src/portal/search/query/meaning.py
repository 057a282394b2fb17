"""What a query is taken to mean: for each thing asked for, terms of different worth."""

import math
import re
from collections.abc import Sequence

from portal.search.query.lemmas import Lemmas
from portal.search.query.letters import clean
from portal.search.query.questions import CHATTER
from portal.search.query.reading import Word
from portal.search.query.terms import Group, Term, any_of, phrase_query, quoted, term
from portal.search.query.words import Known

# What a term is worth beside the word itself, measured on the development needs (bench/search.py).
SYNONYM = 0.45  # times the strength of the row
FAMILY = 0.4
SOUND = 0.8
PREFIX = 0.9
NEAR = 0.85
TOPIC = 5.0  # a lexeme without a place counts 0.15 of a word in the title: this makes it three quarters
NUMBER = 50.0
ADJECTIVE = 0.7  # of the importance of a noun
OPTIONAL = 0.25
_ADJECTIVE = re.compile("(ен|ски|шки|чки|ов|ев|ав|ив|ит|ест|ан|ян|ал|ял|ък|ок)$")
_SAME = 0.5  # synonyms stronger than this find a case, weaker ones only raise it


def groups_of(words: list[Word], known: Known, lemmas: Lemmas) -> list[Group]:
    groups = [_group(word, known, lemmas) for word in words]
    _add_synonyms(groups, known, lemmas)
    _weigh(groups, known)
    return groups


def _group(word: Word, known: Known, lemmas: Lemmas) -> Group:
    exact = [key for key in word.keys if key in known.df] or list(word.keys[:8])
    group = Group(word.text, exact + word.meant, optional=any(key in CHATTER for key in exact))
    if exact:
        group.terms.append(term(map(quoted, exact), 1.0))
    if word.half or word.prefix:
        group.half = True
        forms = [form for form in word.forms[:8] if form]
        ends = {key for form in forms[:2] if len(form) > 2 for key in lemmas.led_to(form)}  # noqa: PLR2004
        group.terms.append(term([*(f"{quoted(form)}:*" for form in forms), *map(quoted, sorted(ends))], PREFIX))
    elif word.meant:
        group.terms.append(term(map(quoted, word.meant), NEAR))
    taken = set(group.keys)
    sound = {near for key in group.keys for near in known.sound.get(key, ())}.union(word.misspelt) - taken
    family = {near for key in group.keys for near in known.family.get(key, ())} - taken - sound
    group.terms += [
        term(map(quoted, sorted(near)), worth) for near, worth in ((sound, SOUND), (family, FAMILY)) if near
    ]
    return group


def _add_synonyms(groups: list[Group], known: Known, lemmas: Lemmas) -> None:
    """A phrase of several words („легнал полицай“) is met where all of it was typed."""
    for row in known.synonyms:
        phrases = [[keys for word in clean(phrase).split() if (keys := lemmas(word))] for phrase in row.phrases]
        for n, phrase in enumerate(phrases[:1] if row.one_way else phrases):
            at = _place(phrase, groups)
            others = [other for m, other in enumerate(phrases) if m != n and other]
            if at is not None and others:
                for group in groups[at : at + len(phrase)]:
                    _add_others(group, others, row.strength)


def _add_others(group: Group, others: list[list[tuple[str, ...]]], strength: float) -> None:
    queries = sorted({phrase_query(other) for other in others})
    found = Term(any_of(queries), SYNONYM * strength * len(queries), len(queries))
    if strength < _SAME:
        group.hints.append(found)
    else:
        group.terms.append(found)
        group.phrases += [other for other in others if len(other) > 1]
        group.near |= {key for other in others if len(other) == 1 for key in other[0]}


def _place(phrase: list[tuple[str, ...]], groups: list[Group]) -> int | None:
    for at in range(len(groups) - len(phrase) + 1):
        if all(set(keys) & set(group.keys) for keys, group in zip(phrase, groups[at:], strict=False)):
            return at
    return None


def phrase_group(phrase: Sequence[str], lemmas: Lemmas) -> Group | None:
    """Words in quotes: as far apart as they were typed (the index keeps the places of stop words)."""
    places = [(n, keys) for n, word in enumerate(phrase) if (keys := lemmas(word))]
    if not places:
        return None
    query, last = "", places[0][0]
    for n, keys in places:
        query += (f"<{n - last}>" if query else "") + any_of(map(quoted, keys))
        last = n
    return Group(" ".join(phrase), [], [Term(f"({query})", 1.0)])


def _part(group: Group, groups: list[Group]) -> float:
    """In „незаконен строеж“ the noun says what is meant; the adjective before it says which."""
    if group.optional:
        return OPTIONAL
    describes = group is not groups[-1] and all(_ADJECTIVE.search(key) for key in group.keys)
    return ADJECTIVE if describes else 1.0


def _weigh(groups: list[Group], known: Known) -> None:
    cases = max(known.cases, *known.df.values(), 1) if known.df else 1
    if all(group.optional for group in groups):
        for group in groups:
            group.optional = False
    for group in groups:
        df = max((known.df.get(key, 0) for key in group.keys), default=0)
        group.frequent = df
        group.importance = _part(group, groups) * (0.2 + math.log((cases + 1) / (df + 1)) / math.log(cases + 2))
        topics = sorted({code for key in {*group.keys, *group.near} for code in known.topics.get(key, ())})
        named = sorted({code for key in group.keys for code in known.topics.get(key, ())})
        if named:
            group.terms.append(term((quoted("#t" + code) for code in named), TOPIC))
        topics = [t for t in topics if t not in named]
        if topics:
            group.hints.append(term((quoted("#t" + code) for code in topics), TOPIC))
