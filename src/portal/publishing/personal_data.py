"""Finds what looks like personal data in a text: where it is, and what it seems to be. A suspicion, never a verdict."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal.publishing import figures, identifiers, names


class Sign(StrEnum):
    """What it looks like. Where two claim the same letters the earlier here is believed."""

    SPOT = "spot"
    EGN = "egn"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"
    PAPER = "paper"
    PLATE = "plate"
    NAME = "name"
    """Of the sender."""


WORDS = {
    Sign.SPOT: "точни координати",
    Sign.EGN: "ЕГН",
    Sign.IBAN: "банкова сметка (IBAN)",
    Sign.EMAIL: "имейл",
    Sign.PHONE: "телефон",
    Sign.PAPER: "номер на личен документ",
    Sign.PLATE: "номер на кола",
    Sign.NAME: "име на подателя",
}
HIDDEN = "[заличено]"
MOST = 200
"""Findings in one text."""


@dataclass(frozen=True)
class Found:
    start: int
    end: int
    sign: Sign


def find(text: str, sender: str = "") -> list[Found]:
    """Return what looks personal in the order of the text, without overlaps; `sender`: whose name is looked for.

    No more than is worth marking: what decides or hides reads all of it.
    """
    return _found(text, sender)[:MOST]


def _found(text: str, sender: str) -> list[Found]:
    found, taken = [], bytearray(len(text))
    for one in _all(text, sender):
        if taken.find(1, one.start, one.end) < 0:
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def tells(text: str, sender: str = "") -> bool:
    """Say whether the text gives somebody away: a first name alone, or a street of that name, does not."""
    found = _found(text, sender)
    said = {one.start for one in found if one.sign is Sign.NAME}
    named = {word for start, _, words in names.find(text, sender) if start in said for word in words}
    return len(named) > 1 or any(one.sign is not Sign.NAME for one in found)


def pieces(text: str, sender: str = "") -> list[tuple[str, str]]:
    """Return the text in pieces, each with what it looks like, or "" where it looks like nothing."""
    return _divided(text, find(text, sender))


def _divided(text: str, signs: Iterable[Found]) -> list[tuple[str, str]]:
    found, at = [], 0
    for one in signs:
        found += [(text[at : one.start], ""), (text[one.start : one.end], WORDS[one.sign])]
        at = one.end
    return [(piece, what) for piece, what in [*found, (text[at:], "")] if piece]


def signs(*texts: str) -> dict[str, str]:
    """Return each piece that looks personal once, with what it looks like."""
    return {piece: what for text in texts for piece, what in pieces(text) if what}


def hidden(text: str, sender: str = "") -> str:
    """Return the text without what looks personal; what stood side by side is hidden as one."""
    said = "".join(HIDDEN if what else piece for piece, what in _divided(text, _found(text, sender)))
    return re.sub(rf"{re.escape(HIDDEN)}(?:[ ,-]*{re.escape(HIDDEN)})+", HIDDEN, said)


def fingerprint(marked: Collection[tuple[str, str]]) -> str:
    """Return a word that stands for all the marked pieces: who confirms these has not confirmed others."""
    return hashlib.sha256("\n".join(piece for piece, what in marked if what).encode()).hexdigest()[:16]


def _all(text: str, sender: str) -> Iterator[Found]:
    plain = figures.of_people(text)
    yield from (Found(*one, Sign.SPOT) for one in identifiers.spots(text))
    yield from (Found(*one, Sign.EGN) for one in figures.citizens(plain))
    yield from (Found(*one, Sign.IBAN) for one in identifiers.accounts(text))
    yield from (Found(*one, Sign.EMAIL) for one in identifiers.emails(text))
    yield from (Found(*one, Sign.PHONE) for one in figures.phones(plain))
    yield from (Found(*one, Sign.PAPER) for one in figures.papers(plain))
    yield from (Found(*one, Sign.PLATE) for one in identifiers.plates(plain))
    yield from (Found(start, end, Sign.NAME) for start, end, _ in names.find(text, sender))
