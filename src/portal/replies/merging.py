"""Compares and merges two texts that were written at the same time: shows where they differ, and joins both changes."""

import re
from difflib import SequenceMatcher

from merge3 import Merge3

WORDS = re.compile(r"\w+[ \t]*|\s+|[^\w\s]")
BETWEEN_SENTENCES = re.compile(r"((?<=[.!?…])[ \t]+|\n+)")
"""A merge takes or leaves whole sentences: each of the merged text's was written by somebody."""


def differing(text: str, other: str) -> list[tuple[str, bool]]:
    """Return `text` in pieces, and of each whether its words are missing in `other`."""
    ours, theirs = WORDS.findall(text), WORDS.findall(other)
    found = SequenceMatcher(None, ours, theirs).get_opcodes()
    pieces = [("".join(ours[start:end]), tag != "equal") for tag, start, end, _, _ in found if start < end]
    return [(piece, differs and not piece.isspace()) for piece, differs in pieces]


def merged(base: str, theirs: str, mine: str) -> str | None:
    """Return the text with what both have changed of `base`, or None where they changed the same place."""
    merge = Merge3(_sentences(base), _sentences(theirs), _sentences(mine))
    groups = list(merge.merge_groups())
    if any(group[0] == "conflict" for group in groups):
        return None
    return "".join(sentence for group in groups for sentence in group[1]).strip()


def _sentences(text: str) -> list[str]:
    """Return the sentences and, apart, what stands between them: two neighbours may be changed by two."""
    return [part for part in BETWEEN_SENTENCES.split(text) if part]
