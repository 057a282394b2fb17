"""What looks like personal data in a text: where it stands, and what it seems to be. A suspicion, never a verdict."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from stdnum import iban
from stdnum.bg import egn


class Sign(StrEnum):
    """What it looks like. Where two claim the same letters the earlier here is believed."""

    EGN = "egn"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"
    PLATE = "plate"
    NAME = "name"
    """Of the sender."""


WORDS = {
    Sign.EGN: "ЕГН",
    Sign.IBAN: "банкова сметка (IBAN)",
    Sign.EMAIL: "имейл",
    Sign.PHONE: "телефон",
    Sign.PLATE: "номер на кола",
    Sign.NAME: "име на подателя",
}
HIDDEN = "[заличено]"

LOOKALIKES = str.maketrans("АВЕКМНОРСТУХавекмнорстух", "ABEKMHOPCTYXABEKMHOPCTYX")
"""Letters that Cyrillic and Latin share; one for one, so that places in the text stay the same."""
TEN_DIGITS = re.compile(r"(?<!\d)\d(?:[ \u00a0.-]?\d){9}(?!\d)", re.ASCII)
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}", re.ASCII | re.IGNORECASE)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")
"""Begun where a word begins, and never again within it: 8,000 letters without a space took a second otherwise."""
REGIONS = "A|B|BH|BP|BT|C|CA|CB|CC|CH|CM|CO|CT|E|EB|EH|H|K|KH|M|OB|P|PA|PB|PK|PP|T|TX|X|Y"
CAR_PLATE = re.compile(rf"(?<!\w)(?:{REGIONS})[ -]?\d{{2}} ?\d{{2}}[ -]?[ABEKMHOPCTYX]{{2}}(?!\w)", re.IGNORECASE)
PROSE = re.compile(r".*\s(?:на|са|не|но|се|те|то|та|му|ме)", re.DOTALL)
"""As in „в 2019 на улицата“: a word after a number is no plate."""
NAME_ENDINGS = "(?:а|я|о|е|и|й|у|ю|ът|ия|ият|ове|ови|ова|ево|еви|ева|ви|ва)?"
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Found:
    start: int
    end: int
    sign: Sign


def find(text: str, sender: str = "") -> list[Found]:
    """Return what looks personal in the order of the text, without overlaps; `sender`: whose name is looked for."""
    taken: list[Found] = []
    for one in _all(text, sender):
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return sorted(taken, key=lambda one: one.start)


def tells(text: str, sender: str = "") -> bool:
    """Say whether the text gives somebody away: a first name alone, or a street of that name, does not."""
    found = find(text, sender)
    said = [text[one.start : one.end].casefold() for one in found if one.sign is Sign.NAME]
    named = [word for word in WORD.findall(sender) if any(name.startswith(tuple(_stems(word))) for name in said)]
    return len(named) > 1 or any(one.sign is not Sign.NAME for one in found)


def pieces(text: str, sender: str = "") -> list[tuple[str, str]]:
    """Return the text in pieces, each with what it looks like, or "" where it looks like nothing."""
    found, at = [], 0
    for one in find(text, sender):
        found += [(text[at : one.start], ""), (text[one.start : one.end], WORDS[one.sign])]
        at = one.end
    return [(piece, what) for piece, what in [*found, (text[at:], "")] if piece]


def signs(*texts: str) -> dict[str, str]:
    """Return each piece that looks personal once, with what it looks like."""
    return {piece: what for text in texts for piece, what in pieces(text) if what}


def hidden(text: str, sender: str = "") -> str:
    """Return the text without what looks personal; what stood side by side is hidden as one."""
    said = "".join(HIDDEN if what else piece for piece, what in pieces(text, sender))
    return re.sub(rf"{re.escape(HIDDEN)}(?:[ ,-]*{re.escape(HIDDEN)})+", HIDDEN, said)


def fingerprint(marked: Collection[tuple[str, str]]) -> str:
    """Return a word that stands for all the marked pieces: who confirms these has not confirmed others."""
    return hashlib.sha256("\n".join(piece for piece, what in marked if what).encode()).hexdigest()[:16]


def _all(text: str, sender: str) -> Iterator[Found]:
    latin = text.translate(LOOKALIKES)
    for ten in TEN_DIGITS.finditer(text):
        if egn.is_valid(re.sub(r"\D", "", ten[0])):
            yield Found(*ten.span(), Sign.EGN)
    yield from _accounts(latin)
    yield from (Found(*one.span(), Sign.EMAIL) for one in EMAIL.finditer(text))
    yield from (Found(one.start, one.end, Sign.PHONE) for one in phonenumbers.PhoneNumberMatcher(text, "BG"))
    for plate in CAR_PLATE.finditer(latin):
        if not PROSE.fullmatch(text[plate.start() : plate.end()]):
            yield Found(*plate.span(), Sign.PLATE)
    if name := _name(sender):
        yield from (Found(*one.span(), Sign.NAME) for one in name.finditer(text))


def _accounts(latin: str) -> Iterator[Found]:
    """The longest that is valid: further words in Latin letters may follow."""
    for one in IBAN.finditer(latin):
        for length in range(len(one[0]), 14, -1):
            if one[0][length - 1].isalnum() and iban.is_valid(one[0][:length]):
                yield Found(one.start(), one.start() + length, Sign.IBAN)
                break


def _name(sender: str) -> re.Pattern[str] | None:
    """Match any word of the name, in any form: Стоянова, Стоянов, Стоянови; Иван, Иване; Петър, Петре."""
    stems = {stem for word in WORD.findall(sender) for stem in _stems(word)}
    if not stems:
        return None
    known = "|".join(re.escape(stem) for stem in sorted(stems, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{known}){NAME_ENDINGS}(?!\w)", re.IGNORECASE)


def _stems(word: str) -> set[str]:
    shortest = 3
    stem = re.sub(r"[аяоеийую]+$", "", word.casefold())
    stem = stem if len(stem) >= shortest else word.casefold()
    fleeting = re.sub(r"ъ(?=[^аяоеийуюъ]$)", "", stem)
    return {one for one in (stem, fleeting) if len(one) >= shortest}
