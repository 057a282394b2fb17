"""Turns what somebody types into a tsquery: every word must occur, the last one may be half typed."""

import re

from sqlalchemy import ColumnElement, Text, bindparam, cast, func

WORDS = re.compile(r"[^\W_]+")
MOST_WORDS = 12
LONGEST_WORD = 60


def tsquery(typed: str) -> ColumnElement[str] | None:
    """Return the condition's right side, or None where `typed` holds no word: an empty tsquery would match nothing."""
    words = [word[:LONGEST_WORD] for word in WORDS.findall(typed.lower())][:MOST_WORDS]
    if not words:
        return None
    return func.to_tsquery("simple", cast(bindparam(None, " & ".join(words) + ":*"), Text))
