"""What a person wrote in an answer, without what their mail program quotes below it.

Our own and no library's: of those that are kept up none knows Bulgarian, they drop what looks like a signature in the
middle of a letter, and one hostile line keeps their expressions busy for ever.
"""

import html
import re

MOST_LINES = 5000
LONGEST_HTML = 500_000
LONGEST_ATTRIBUTION = 300
BREAKS = {"p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol"}
UNSEEN = {"script", "style", "title", "head"}
_tag = re.compile(r"<(/?)([a-z][a-z0-9:]*+)[^<>]*+>", re.IGNORECASE)
_begins = re.compile(r"(На|На дата|В|Във|On|Am|Le|El|Цитат от|Quoting|\d{1,2}[./]\d{1,2}[./])\s?\S", re.IGNORECASE)
_said = re.compile(r"(написа|написала?|пише|wrote|schrieb|a écrit)\s?:$|^(Цитат от|Quoting)\s.*:$", re.IGNORECASE)
_rule = re.compile(
    r"[-_ ]{2,}\s?(Оригинално (писмо|съобщение)|Изходно съобщение|Първоначално съобщение|Препратено (писмо|съобщение)"
    r"|Original Message|Forwarded message)\s?[-_ ]{2,}",
    re.IGNORECASE,
)
_header = re.compile(
    r"[*> ]{0,4}(От|From|Изпратено|Изпратено на|Sent|Дата|Date|До|To|Относно|Subject)\s?:", re.IGNORECASE
)
_from = re.compile(r"[* ]{0,3}(От|From)\s?:", re.IGNORECASE)
_device = re.compile(r"(Изпратено от|Sent from|Get Outlook for|Вземете Outlook за)\s.{1,60}", re.IGNORECASE)


def written(text: str) -> str:
    """Return what stands above the quotation, and between its lines; nothing where all is quoted."""
    lines = [line.rstrip() for line in text.replace("\xa0", " ").splitlines()[:MOST_LINES]]
    start, end = _quotation(lines)
    own, rest = lines[:start], lines[end:]
    if any(map(_is_quoted, rest)):
        own += ["", *rest]
    return _without_signature([line for line in own if not _is_quoted(line)])


def as_text(markup: str) -> str:
    """Return an HTML letter as text, without what stands in <blockquote>, which is where programs quote."""
    return _text(markup, UNSEEN | {"blockquote"}) or _text(markup, UNSEEN)


def _text(markup: str, unseen: set[str]) -> str:
    """Read the tags in one pass: nh3 and html.parser take minutes over a hundred thousand that are never closed."""
    first, *pieces = _tag.split(_without_comments(markup[:LONGEST_HTML]))
    said, hidden = [first], 0
    for ends, name, words in zip(pieces[::3], map(str.lower, pieces[1::3]), pieces[2::3], strict=True):
        if name in unseen:
            hidden = max(hidden + (-1 if ends else 1), 0)
        elif name == "br" or (ends and name in BREAKS):
            said.append("" if hidden else "\n")
        said.append("" if hidden else words)
    lines = (" ".join(html.unescape(line).split()) for line in "".join(said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_comments(markup: str) -> str:
    first, *rest = markup.replace("\n", " ").split("<!--")
    return re.sub(r"<[!?][^<>]*+>?", "", first + "".join(one.partition("-->")[2] for one in rest))


def _quotation(lines: list[str]) -> tuple[int, int]:
    """Return where the head of the quotation begins, and where it ends; beyond the last line where there is none."""
    for number, line in enumerate(lines):
        stripped = line.strip()
        if _rule.fullmatch(stripped[:LONGEST_ATTRIBUTION]) or _is_block(lines, number):
            return number, number + 1
        for more in range(1, 4 if _begins.match(stripped) else 0):
            joined = " ".join(one.strip() for one in lines[number : number + more])
            if len(joined) <= LONGEST_ATTRIBUTION and _said.search(joined):
                return number, number + more
    return len(lines), len(lines)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _is_block(lines: list[str], number: int) -> bool:
    """As Outlook begins a quotation: From:, and soon Sent:, To: or Subject:."""
    if not _from.match(lines[number]):
        return False
    return sum(bool(_header.match(line)) for line in lines[number + 1 : number + 5]) > 1


def _without_signature(lines: list[str]) -> str:
    if "--" in lines:
        lines = lines[: lines.index("--")]
    while lines and (not lines[-1].strip(" _-") or _device.fullmatch(lines[-1].strip())):
        lines = lines[:-1]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
