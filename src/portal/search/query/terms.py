"""Terms of a query, in the language of tsquery, and groups of them: one group for each thing asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Term:
    query: str  # a tsquery of one thing
    worth: float
    size: int = 1  # operands, for ts_rank divides by them


@dataclass
class Group:
    typed: str
    keys: list[str]
    terms: list[Term] = field(default_factory=list)
    hints: list[Term] = field(default_factory=list)  # raise a case that is found, or find where little is
    near: set[str] = field(default_factory=set)  # keys of one-word synonyms
    phrases: list[Sequence[tuple[str, ...]]] = field(default_factory=list)  # synonyms of several words
    importance: float = 1.0
    frequent: int = 0  # in so many cases, as last counted
    half: bool = False
    optional: bool = False  # what one asks with, not for
    is_enough: bool = False  # by itself: the case of an incoming number, whatever else was typed


NOTHING = Group("", [], [Term("'#nothing'", 1.0)])
"""What no case has: what was typed means nothing that could be found."""


def quoted(key: str) -> str:
    return f"'{key}'"


def any_of(keys: Iterable[str]) -> str:
    return "(" + "|".join(keys) + ")"


def term(keys: Iterable[str], worth: float) -> Term:
    operands = list(dict.fromkeys(keys))
    return Term(any_of(operands), worth * len(operands), len(operands))


def phrase_query(phrase: Sequence[tuple[str, ...]]) -> str:
    return "(" + "<->".join(any_of(map(quoted, keys)) for keys in phrase) + ")"
