"""What a person wrote in an answer, without what their mail program quotes below it.

Our own and no library's: of those that are kept up none knows Bulgarian, they drop what looks like a signature in the
middle of a letter, and one hostile line keeps their expressions busy for ever.
"""

import html
import re

import nh3

MOST_LINES = 5000
LONGEST_HTML = 500_000
LONGEST_ATTRIBUTION = 300
BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol"}
UNSEEN = {"script", "style", "title", "head"}
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
    if any(line.startswith(">") for line in rest):
        own += [""] + [line for line in rest if not line.startswith(">")]
    return _without_signature([line for line in own if not line.startswith(">")])


def as_text(markup: str) -> str:
    """Return an HTML letter as text, without what stands in <blockquote>, which is where programs quote."""
    return _text(markup, UNSEEN | {"blockquote"}) or _text(markup, UNSEEN)


def _text(markup: str, unseen: set[str]) -> str:
    flat = " ".join(markup[:LONGEST_HTML].split())
    clean = nh3.clean(flat, tags=BREAKS, clean_content_tags=unseen, attributes={})
    broken = re.sub(r"<(br|/(p|div|tr|li|h\d))>", "\n", clean)
    lines = (html.unescape(line).strip() for line in re.sub(r"<[^>]*>", "", broken).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


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
