"""Figures in a text: those of no person (a date, an hour, a document), and those that identify or reach somebody."""

import re
from collections.abc import Iterator

import phonenumbers
from stdnum.bg import egn

Span = tuple[int, int]

DASH = "[-\u2010-\u2015]"
FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
WITH_LETTERS = re.compile(r"(?<!\w)(?=[OoОоЗзlI]*\d)[\dOoОоЗзlI]+(?!\w)")
LIKE_DIGITS = str.maketrans("OoОоЗзlI", "00003311")
UNSEEN = str.maketrans("\u00ad\u200b\u200c\u200d\u2060\ufeff", " " * 6)

DAY, MONTH, YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "(?:19|20)[0-9]{2}"
CLOCK = "(?:[01]?[0-9]|2[0-4])[.:][0-5][0-9]"
IDENTIFIER = r"(?:[^\W\d_]{1,4}[./\u2010-\u2015-])?\d[\w./\u2010-\u2015-]*(?: [/-] \w[\w./-]*)*"
NOBODYS = [
    re.compile(
        rf"(?<!\d)(?:(?<!\d\.)(?<!\d\. ){DAY} ?\. ?{MONTH} ?\. ?{YEAR}"
        rf"|(?<!\d\.)(?<!\d[ -]){DAY}\.{MONTH}\.[0-9]{{2}}(?![.-]?\d)"
        rf"|(?<!\d[-/]){DAY}(?P<join> ?(?:{DASH}|/) ?){MONTH}(?P=join){YEAR}"
        rf"|(?<!\d[ \u00a0]){DAY}[ \u00a0]{MONTH}[ \u00a0]{YEAR}"
        rf"|(?<!\d[.-]){YEAR}(?P<iso>[.-]){MONTH}(?P=iso){DAY}"
        rf"|{YEAR} ?(?:{DASH}|/) ?{YEAR})(?!\d)"
    ),
    re.compile(rf"(?<!\d)(?<!\d[ .-]){CLOCK}(?:(?: ?(?:{DASH}|/|,|;) ?| (?:ч\.? )?(?:и|до) | ){CLOCK})+(?![.-]?\d)"),
    re.compile(r"(?<![\d.])\d{5}(?:\.\d{1,4}){2,4}(?![.\d])"),  # land in the cadastre: 00702.528.113
]
OF_DOCUMENT = re.compile(
    r"(?<!\w)(?:изх|вх|заповед\w{0,3}|наредба\w{0,3}|чл|дел[оа]\w{0,2}|преписк\w{1,3}|протокол\w{0,3}|договор\w{0,3})"
    rf"[ .:\u00a0]{{0,3}}(?:(?:№|N[oо°]?|номер)[ .:\u00a0]{{0,2}})?{IDENTIFIER}",
    re.IGNORECASE,
)
CALLED = r"(?:тел|телефон\w{0,3}|gsm|джиесем|моб|мобил\w{2,4}|факс|viber|вайбър|whatsapp|tel|telefon|mob)"
NUMBERED = re.compile(
    rf"(?<!\w)(?P<called>{CALLED}[ .:\u00a0]{{0,3}})?(?:№|N[oо°](?!\w))[ .:\u00a0]{{0,2}}"
    rf"(?:[^\W\d_]{{1,4}}[ \u00a0])?{IDENTIFIER}"
    rf"|(?<![\w-])(?:(?P<letters>{CALLED})|[^\W\d_]{{1,4}}){DASH}\d[\w./\u2010-\u2015-]*",
    re.IGNORECASE,
)
"""What stands after „№“ or begins as „РД-09“: no phone, but where it is called one or can't be anything else."""

APART = r"[ \u00a0()./\u2010-\u2015-]{0,3}"
MOBILE = rf"(?:(?:\+|00) ?\(?359\)?{APART}(?:\(0\))?|0){APART}(?:8{APART}[7-9]|9{APART}[89])(?:{APART}\d){{7}}(?!\d)"
SUMS = "лв|лева|евро|€|м|кв|км|бр"
PHONES = [
    re.compile(rf"(?<![\w+])({MOBILE})"),
    re.compile(rf"(?<!\w){CALLED}[ .:№\u00a0-]{{0,4}}(\+?\d(?:{APART}\d){{4,11}})(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<![\w.,/№+])(?<!\d[ ./-])((?:8[7-9]|98)(?:[ \u00a0./-]?\d){{7}})(?![.,]?\d|\w| ?(?:{SUMS})\b)"),
]
TEN_DIGITS = re.compile(r"(?<!\d)\d(?:[ \u00a0.-]?\d){9}(?!\d)")
CALLED_EGN = re.compile(
    r"(?<!\w)[еe][гg][нhn](?![^\W_])[^\d\n;!?]{0,16}(\d(?:[ \u00a0.-]?\d){7,10})(?!\d)", re.IGNORECASE
)
CALLED_PAPER = re.compile(
    r"(?<!\w)(?:личн\w{1,3}[ \u00a0]{1,2}карт\w{1,3}|л\.? ?к\.?|лнч|lnch|lichna karta|паспорт\w{0,3}|"
    r"шофьорск\w{1,3} книжк\w{1,3})(?!\w)"
    r"[^\d\n;!?]{0,16}?((?:(?<!\w)[^\W\d_]{2} ?)?\d(?:[ \u00a0.-]?\d){5,10})(?!\d)",
    re.IGNORECASE,
)


def of_people(text: str) -> str:
    """Return the text of the same length with plain digits, also where letters stand for them, and `;` for nobody's."""
    text = FOREIGN_DIGIT.sub(lambda digit: f"{int(digit[0])}", text.translate(UNSEEN))
    text = WITH_LETTERS.sub(lambda number: number[0].translate(LIKE_DIGITS), text)
    for nobodys in NOBODYS:
        text = nobodys.sub(_nothing, text)
    return OF_DOCUMENT.sub(lambda one: one[0] if _is_mobile(one) else _nothing(one), text)


def citizens(text: str) -> Iterator[Span]:
    """Yield what may be a citizen's number (ЕГН): by its checksum, or called so, even with a slip in it."""
    yield from (one.span(1) for one in CALLED_EGN.finditer(text))
    yield from (ten.span() for ten in TEN_DIGITS.finditer(text) if egn.is_valid(re.sub(r"\D", "", ten[0])))


def papers(text: str) -> Iterator[Span]:
    return (one.span(1) for one in CALLED_PAPER.finditer(text))


def phones(text: str) -> Iterator[Span]:
    text = NUMBERED.sub(lambda one: one[0] if _is_phone(one) else _nothing(one), text)
    yield from ((one.start, one.end) for one in phonenumbers.PhoneNumberMatcher(text, "BG"))
    yield from (one.span(1) for pattern in PHONES for one in pattern.finditer(text))


def _is_phone(one: re.Match[str]) -> bool:
    """Say whether the number is called a phone, or can be nothing but a mobile one."""
    return bool(one["called"] or one["letters"]) or _is_mobile(one)


def _is_mobile(one: re.Match[str]) -> bool:
    digit = re.compile(r"\d").search(one.string, one.start())
    return digit is not None and PHONES[0].match(one.string, digit.start()) is not None


def _nothing(one: re.Match[str]) -> str:
    return ";" * len(one[0])
