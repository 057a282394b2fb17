"""What a query is taken to mean: for each thing asked for, terms of different worth."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from portal.search.query.lemmas import Lemmas
from portal.search.query.letters import clean
from portal.search.query.questions import CHATTER, PLACES
from portal.search.query.reading import Word
from portal.search.query.terms import NOTHING, Group, Term, any_of, phrase_query, quoted, term
from portal.search.query.typing import Number, Written
from portal.search.query.words import Known

# What a term is worth beside the word itself, measured on the development needs (bench/search.py).
SYNONYM = 0.45  # times the strength of the row
FAMILY = 0.4
SOUND = 0.8
PREFIX = 0.9
NEAR = 0.85
TOPIC = 5.0  # a lexeme without a place counts 0.15 of a word in the title: this makes it three quarters
NUMBER = 50.0
FIRST = 100.0  # the importance of a number beside words
NAMED = 8.0  # a place by its name
APART = 0.5  # the parts of a word with a dash, somewhere in the text
ADJECTIVE = 0.7  # of the importance of a noun
OPTIONAL = 0.25
_ADJECTIVE = re.compile("(ен|ски|шки|чки|ов|ев|ав|ив|ит|ест|ан|ян|ал|ял|ък|ок)$")
_SAME = 0.5  # synonyms stronger than this find a case, weaker ones only raise it


def groups_of(words: list[Word], known: Known, lemmas: Lemmas, *, alone: bool) -> list[Group]:
    """Return one for each word; `alone`: nothing else is asked for, so that one of them must be demanded."""
    groups = [_group(word, known, lemmas, is_all=alone and len(words) == 1) for word in words]
    if alone and all(group.optional for group in groups):
        for group in groups:
            group.optional = False
    _add_synonyms(groups, known, lemmas)
    _leave_out_adjectives(groups, known)
    _add_named_places(groups)
    _weigh(groups, known)
    return groups


def _group(word: Word, known: Known, lemmas: Lemmas, *, is_all: bool) -> Group:
    exact = [key for key in word.keys if key in known.df] or list(word.keys[:8])
    group = Group(word.text, exact + word.meant, optional=any(key in CHATTER for key in exact))
    if exact:
        group.terms.append(term(map(quoted, exact), 1.0))
    if word.half or word.prefix:
        group.half = True
        one_letter = is_all and len(word.text) == 1  # every case has a word that begins with it: the likeliest must do
        forms = [form for form in word.forms[:8] if form and not one_letter]
        ends = {key for form in forms[:2] if len(form) > 2 for key in lemmas.led_to(form)}  # noqa: PLR2004
        likely = known.prefix if one_letter else []
        begun = [*(f"{quoted(form)}:*" for form in forms), *map(quoted, sorted({*ends, *likely}))]
        group.terms += [term(begun, PREFIX)] if begun else []
    elif word.meant:
        group.terms.append(term(map(quoted, word.meant), NEAR))
    if word.parts:
        group.terms += _terms_of_parts(word.parts, lemmas)
    taken = set(group.keys)
    sound = {near for key in group.keys for near in known.sound.get(key, ())}.union(word.misspelt) - taken
    family = {near for key in group.keys for near in known.family.get(key, ())} - taken - sound
    group.terms += [
        term(map(quoted, sorted(near)), worth) for near, worth in ((sound, SOUND), (family, FAMILY)) if near
    ]
    group.terms = group.terms or NOTHING.terms.copy()
    return group


def _terms_of_parts(parts: Sequence[str], lemmas: Lemmas) -> list[Term]:
    """„Юго-западен“ may be written in two words, and its parts may stand apart."""
    apart = [any_of(map(quoted, keys)) for part in parts if (keys := _keys_in_phrase(part, lemmas))]
    if len(apart) < len(parts):
        return []
    return [Term(_one_after_another(parts, lemmas), 1.0), Term(f"({'&'.join(apart)})", APART)]


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


def _add_named_places(groups: list[Group]) -> None:
    """In „кв. Запад“ the word is a name: where it stands after „кв.“ it is likelier meant than alone."""
    for first, second in pairwise(groups):
        if PLACES.intersection(first.keys) and second.keys:
            second.hints.append(Term(phrase_query([tuple(first.keys), tuple(second.keys)]), NAMED))


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
    """Words in quotes: one after another, stop words too; None where they are nothing but the shortest of these."""
    query = _one_after_another(phrase, lemmas)
    return Group(" ".join(phrase), [], [Term(query, 1.0)]) if query else None


def written_group(written: Written, lemmas: Lemmas) -> Group | None:
    """The parts of dates and numbers of documents are words in a row; what was received on the day comes first."""
    terms = []
    if written.joined:
        terms.append(term(map(quoted, lemmas.of_written(written.joined)), 1.0))
    if not written.joined or all(_keys_in_phrase(word, lemmas) for word in written.words):  # of „в-26“ 26 says little
        terms.append(Term(_one_after_another(written.words, lemmas, is_half=written.is_half), 1.0))
    if written.day:
        said = (f"{written.day.day}", f"{written.day.month}", f"{written.day.year}")
        terms += [Term(_one_after_another(said, lemmas), 1.0), Term(quoted(f"#r{written.day:%Y%m%d}"), NUMBER)]
    terms = [one for one in terms if one.query]
    return Group(" ".join(written.words), [], terms) if terms else None


def number_group(number: Number, lemmas: Lemmas) -> Group:
    """The case of an incoming number comes first, before what only mentions it."""
    exact = Term(quoted(f"#n{number.year}/{number.seq}" if number.year else f"#n{number.seq}"), NUMBER)
    looks_like_a_month = number.written == (f"{number.seq}", f"{number.year}") and number.seq <= 12  # noqa: PLR2004
    as_written = "" if looks_like_a_month or not number.is_sure else _one_after_another(number.written, lemmas)
    mentioned = [Term(as_written, 1.0)] if as_written else []
    return Group(" ".join(number.written), [], [exact, *mentioned], importance=FIRST, is_enough=True)


def _one_after_another(words: Sequence[str], lemmas: Lemmas, *, is_half: bool = False) -> str:
    """Return a tsquery with the words as far apart as they were typed: the index keeps the places of all."""
    places = [(n, list(map(quoted, keys))) for n, word in enumerate(words) if (keys := _keys_in_phrase(word, lemmas))]
    if not places:
        return ""
    if is_half:
        places[-1][1].append(f"{quoted(words[-1])}:*")
    query, last = any_of(places[0][1]), places[0][0]
    for n, alternatives in places[1:]:
        query += f"<{n - last}>{any_of(alternatives)}"
        last = n
    return f"({query})"


def _keys_in_phrase(word: str, lemmas: Lemmas) -> tuple[str, ...]:
    """Stop words too, but for those of two letters (as bg_vector has it)."""
    return lemmas.of_written(word) or ((f"#={word}",) if len(word) > 2 else ())  # noqa: PLR2004


def _part(group: Group, groups: list[Group]) -> float:
    """In „незаконен строеж“ the noun says what is meant; the adjective before it says which."""
    if group.optional:
        return OPTIONAL
    return ADJECTIVE if group is not groups[-1] and all(map(_ADJECTIVE.search, group.keys)) else 1.0


def _leave_out_adjectives(groups: list[Group], known: Known) -> None:
    """What only describes something that no case has finds nothing by itself."""
    for group, next_one in pairwise(groups):
        is_unknown = len(next_one.terms) == 1 and not any(key in known.df for key in next_one.keys)
        group.optional |= is_unknown and any(map(_ADJECTIVE.search, group.keys))


def _weigh(groups: list[Group], known: Known) -> None:
    cases = max(known.cases, *known.df.values(), 1) if known.df else 1
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
