"""E-mail addresses, bank accounts, car plates and coordinates, as people write them."""

import re
from collections.abc import Iterator

from stdnum import iban

Span = tuple[int, int]

LOOKALIKES = str.maketrans("АВЕКМНОРСТУХавекмнорстух", "ABEKMHOPCTYXABEKMHOPCTYX")
"""Letters that Cyrillic and Latin share; one for one, so that places in the text stay the same."""
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}", re.ASCII | re.IGNORECASE)
BRACKETED = r"[ \u00a0]{{0,2}}[(\[{{<][ \u00a0]?(?:{})[ \u00a0]?[)\]}}>][ \u00a0]{{0,2}}"
AT = rf"(?: ?@ ?|{BRACKETED.format('@|at|ат|а|кльомба|маймунка|маймунско а')}| (?:кльомба|маймунка|маймунско а) )"
DOT = rf"(?: ?[.,] ?|{BRACKETED.format('[.]|dot|дот|точка')}| точка )"
TOP = r"(?:bg|бг|com|net|org|eu|info|biz|edu|gov|me|io|co|uk|de|fr|it|ru|tr|gr|ro)(?![\w@]|[.-]\w)"
EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]++(?:@[\w-]++(?:\.[\w-]++)+|{AT}[\w-]++(?:{DOT}[\w-]++){{0,2}}?{DOT}{TOP})", re.IGNORECASE
)
"""Begun where a word begins, and never again within it: 8,000 letters without a space took a second otherwise."""
LETTERS = {"A": "AА", "B": "BВБV", "C": "CСЦS", "E": "EЕ", "H": "HНХN", "K": "KК", "M": "MМ", "O": "OО", "P": "PРПR",
           "T": "TТ", "X": "XХH", "Y": "YУЙU"}  # fmt: skip
"""Each letter of a plate as it is written, by its shape or by its sound: РВ, PB, ПВ, ПБ and RV are one."""
REGIONS = re.findall(r"\w+", "A B BH BP BT C CA CB CC CH CM CO CT E EA EB EH H K KH M OB P PA PB PK PP T TX X Y")
REGION = "|".join("".join(f"[{LETTERS[one]}]" for one in region) for region in REGIONS)
APART = r"[ \u00a0.\u2010-\u2015-]"
CAR_PLATE = re.compile(
    rf"(?<!\w)(?:{REGION}){APART}{{0,2}}\d{{2}}{APART}?\d{{2}}{APART}{{0,2}}[{''.join(LETTERS.values())}]{{2}}(?!\w)",
    re.IGNORECASE,
)
PROSE = re.compile(
    r".*\s(?:на|са|не|но|се|те|то|та|му|ме|от|по|па|ту|бе|на|ne|na|no|se|sa|te|to|ta|mu|me|ot|po|pa)"
    r"|[^\W\d_]\s.*\s(?:км|см|мм|кв|тн|вт|ха|ст|ср|вх|ет|ап|бр|пр|ос|об|кн|пк|km|sm|mm|kv|tn|ha|br)",
    re.DOTALL,
)
"""As in „в 2019 на улицата“, „с 1200 км“: a word or a unit after a number is no plate."""

FINE = r"(?:[.,]\d{4,}°?|°\s?\d{1,2}['′’]\s?\d{1,2}(?:[.,]\d+)?(?:[\"″”]|''|’’)?)"
"""Finer than a hundred metres."""
NORTH, EAST = rf"(?<!\d)(?<!\d[.,])4[1-4]{FINE}", rf"(?<!\d)2[2-9]{FINE}"
SIDE, BETWEEN = r"(?:\s?[NEСИ](?!\w))?", r"(?:[\s,;/|]|%2C){1,5}(?:[NEСИ]\s?)?"
ACCURACY = r"(?:\s?±\s?\d+\s?м)?"
SPOT = re.compile(
    rf"(?:{NORTH}{SIDE}{BETWEEN}{EAST}|{EAST}{SIDE}{BETWEEN}{NORTH}){SIDE}{ACCURACY}(?!\d)", re.IGNORECASE
)
"""Of places in Bulgaria: the doorstep of who reports from home."""


def emails(text: str) -> Iterator[Span]:
    return (one.span() for one in EMAIL.finditer(text))


def accounts(text: str) -> Iterator[Span]:
    """Yield the longest that is valid: further words in Latin letters may follow."""
    for one in IBAN.finditer(text.translate(LOOKALIKES)):
        for length in range(len(one[0]), 14, -1):
            if one[0][length - 1].isalnum() and iban.is_valid(one[0][:length]):
                yield one.start(), one.start() + length
                break


def plates(text: str) -> Iterator[Span]:
    return (one.span() for one in CAR_PLATE.finditer(text) if not PROSE.fullmatch(one[0]))


def spots(text: str) -> Iterator[Span]:
    return (one.span() for one in SPOT.finditer(text))
