"""What a person wrote in an answer, apart from what their mail program quotes below it.

Our own and no library's: of those that are kept up none knows Bulgarian, they drop what looks like a signature in the
middle of a letter, and one hostile line keeps their expressions busy for ever. Where it stays in doubt the words are
the person's; and what is set apart is shown too, behind a fold.
"""

import html
import re
from itertools import takewhile
from typing import NamedTuple

MOST_LINES = 5000
LONGEST_HTML = 500_000
LONGEST_ATTRIBUTION = 300
LONGEST_HEAD = 12
LONGEST_SIGNATURE, MOST_BELOW = 6, 12
"""Lines with something on them, and all."""
BREAKS = {"p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol"}
UNSEEN = {"script", "style", "title", "head"}
_tag = re.compile(r"<(/?)([a-z][a-z0-9:]*+)[^<>]*+>", re.IGNORECASE)
_begins = re.compile(
    r"(На|В|Във|On|Am|Le|Il|El|Em|Op|Den|Dne|Dnia|W dniu|Цитат от|Quoting)(?!\w)"
    r"|(пн|вт|ср|чт|пт|сб|нд|вс|mon|tue|wed|thu|fri|sat|sun)[а-яa-z]*[.,]"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d|\d{1,2} [а-яa-z]{3}",
    re.IGNORECASE,
)
_said = re.compile(
    r"(написал?|написал[аио]|написал\(а\)|пише|пишет|wrote|schrieb|a écrit|ha scritto|escribió|escreveu|schreef"
    r"|napisał|napsal\(a\)|yazdı|a scris|έγραψε)(?!\w).{0,120}:$|^(Цитат от|Quoting)\s.*:$|@[^\s@]{1,200}>?\s?:$",
    re.IGNORECASE,
)
_sentence = re.compile(r"(?<!\b[гч])[.!?…]$", re.IGNORECASE)
_address, _hour = re.compile(r"\S@\S"), re.compile(r"\b\d{1,2}:\d{2}\b")
_rule = re.compile(
    r"[-_ ]{2,}\s?(Оригинално (писмо|съобщение)|Изходно съобщение|Първоначално съобщение|Препратено (писмо|съобщение)"
    r"|Original Message|Forwarded message|Исходное сообщение|Ursprüngliche Nachricht|Message d'origine)\s?[-_ ]{2,}",
    re.IGNORECASE,
)
_line = re.compile(r"[-_=*]{5,}")
_header = re.compile(
    r"[*> ]{0,4}(От|From|Изпратено|Изпратено на|Sent|Дата|Date|До|To|Относно|Тема|Subject|Cc|Копие|Як|Von|Gesendet|An"
    r"|Betreff|De|Envoyé|À|Objet|Отправлено|Кому)\s?:",
    re.IGNORECASE,
)
_from = re.compile(r"[* ]{0,3}(От|From|Von|De)[* ]?:", re.IGNORECASE)
_sent = re.compile(
    r"[* ]{0,3}(Изпратено|Изпратено на|Sent|Дата|Date|Gesendet|Envoyé|Отправлено)[* ]?:"
    r".{5,60}\b\d{1,2}:\d{2}\b.{0,25}",
    re.IGNORECASE,
)
_device = re.compile(r"(Изпратено от|Sent from|Get Outlook for|Вземете Outlook за)\s.{1,60}", re.IGNORECASE)


class Parted(NamedTuple):
    own: str
    """Nothing where all is quoted."""
    rest: str
    """What is taken for a quotation or a signature, as it stood."""


def written(text: str) -> str:
    return parted(text).own


def parted(text: str) -> Parted:
    """Part what stands above the quotation, and between its lines, from the quotation and the signature."""
    lines = text.replace("\xa0", " ").splitlines()
    start, end = _quotation([line.rstrip() for line in lines[:MOST_LINES]])
    above, below = lines[:start], lines[end:]
    own, rest = _unsigned([line for line in above if not _is_quoted(line)])
    rest = [*filter(_is_quoted, above), *rest, *lines[start:end]]
    if any(map(_is_quoted, below[:MOST_LINES])):
        more, signature = _unsigned([line for line in below if not _is_quoted(line)])
        return Parted(_joined([*own, "", *more]), _joined([*rest, *filter(_is_quoted, below), *signature]))
    return Parted(_joined(own), _joined([*rest, *below]))


def as_text(markup: str) -> str:
    """Return an HTML letter as text; the contents of <blockquote>, where programs quote, become quoted lines.

    The tags are read in one pass: nh3 and html.parser take minutes over a hundred thousand that are never closed.
    """
    first, *pieces = _tag.split(_without_comments(markup[:LONGEST_HTML]))
    said, hidden, quoted = [first], 0, 0
    for ends, name, words in zip(pieces[::3], map(str.lower, pieces[1::3]), pieces[2::3], strict=True):
        if name in UNSEEN:
            hidden = max(hidden + (-1 if ends else 1), 0)
        elif name == "blockquote":
            quoted = max(quoted + (-1 if ends else 1), 0)
            said.append("\n" + "\x01" * min(quoted, 3))
        elif name == "br" or (ends and name in BREAKS):
            said.append("" if hidden else "\n" + "\x01" * min(quoted, 3))
        said.append("" if hidden else words)
    lines = (_line_of(line) for line in "".join(said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _line_of(markup: str) -> str:
    words = " ".join(html.unescape(markup.replace("\x01", "")).split())
    return "> " * markup.count("\x01") + words if words else ""


def _without_comments(markup: str) -> str:
    first, *rest = markup.replace("\n", " ").replace("\x01", "").split("<!--")
    return re.sub(r"<[!?][^<>]*+>?", "", first + "".join(one.partition("-->")[2] for one in rest))


def _quotation(lines: list[str]) -> tuple[int, int]:
    """Return where the head of the quotation begins, and where it ends; beyond the last line where there is none."""
    for number, line in enumerate(lines):
        stripped = line.strip()
        if _rule.fullmatch(stripped[:LONGEST_ATTRIBUTION]) or _is_block(lines, number):
            return number, _end_of_head(lines, number + 1)
        most = 3 if _begins.match(stripped) else int(bool(_address.search(stripped[:LONGEST_ATTRIBUTION])))
        for more in range(1, most + 1):
            if _is_attribution(lines, number, number + more):
                return number, number + more
    return len(lines), len(lines)


def _end_of_head(lines: list[str], start: int) -> int:
    """Return where the quoted words begin, below a rule or the first line of a block."""
    end = start
    while end < min(len(lines), start + LONGEST_HEAD) and (
        not lines[end].strip(" >") or _header.match(lines[end]) or _is_attribution(lines, end, end + 1)
    ):
        end += 1
    return end


def _is_attribution(lines: list[str], start: int, end: int) -> bool:
    """„На 12.03.2026 г. в 14:03 Община <portal@…> написа:“, in up to three lines.

    People write „Вчера кметът написа:“ too: a program tells the hour or the address, or quotes right below.
    """
    said = [one.strip() for one in lines[start:end]]
    joined = " ".join(said)
    if len(joined) > LONGEST_ATTRIBUTION or not _said.search(joined):
        return False
    if any(not line or _sentence.search(line) for line in said[:-1]):
        return False
    if any(
        _begins.match(line) and _is_attribution(lines, later, end) for later, line in enumerate(said[1:], start + 1)
    ):
        return False  # what begins further down is the attribution, and this line is the person's
    below = next((line for line in lines[end : end + 3] if line), "")
    return bool(_address.search(joined) or _hour.search(joined)) or _is_quoted(below)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _is_block(lines: list[str], number: int) -> bool:
    """As Outlook begins a quotation: From:, and soon Sent:, To: or Subject:.

    People write „От: ул. Искра 5, До: ул. Напредък 7“ too: a program tells the address or the hour, or draws a rule.
    """
    if not _from.match(lines[number]):
        return False
    below = takewhile(lambda line: line and not _from.match(line), lines[number + 1 : number + 6])
    head = [lines[number], *filter(_header.match, below)]
    before = next((line.strip() for line in reversed(lines[max(number - 2, 0) : number]) if line), "")
    told = _address.search(head[0]) or any(_sent.fullmatch(line.rstrip()) for line in head)
    return len(head) > 2 and bool(told or _line.fullmatch(before[:LONGEST_ATTRIBUTION]))  # noqa: PLR2004


def _unsigned(lines: list[str]) -> tuple[list[str], list[str]]:
    """Part the signature from what stands above it: after „-- “ (RFC 3676), or „--“ where what follows reads as one."""
    for number, line in enumerate(lines):
        if line == "-- " or (line.rstrip() == "--" and _is_signature(lines[number + 1 : number + MOST_BELOW + 2])):
            return lines[:number], lines[number:]
    end = len(lines)
    while end and (not lines[end - 1].strip(" _-") or _device.fullmatch(lines[end - 1].strip()[:LONGEST_ATTRIBUTION])):
        end -= 1
    return lines[:end], [line for line in lines[end:] if line.strip(" _-")]


def _is_signature(lines: list[str]) -> bool:
    """A name, a telephone, an address: a few short lines, and no sentence."""
    said = [line.strip() for line in lines if line.strip()]
    is_short = len(lines) <= MOST_BELOW and len(said) <= LONGEST_SIGNATURE
    return is_short and not any(line[-1] in ".!?…" or len(line) > 60 for line in said)  # noqa: PLR2004


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
