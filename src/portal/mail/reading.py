"""Reads a message as it came in, whoever wrote it and whatever is wrong with it: who, to which address, which words."""

import base64
import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from email.utils import parseaddr
from itertools import islice

from portal.mail import authors, bounces, quotes, signed
from portal.mail.authors import Author
from portal.mail.bounces import Bounce, Part, within
from portal.mail.charsets import as_written

LONGEST_HEADER, LONGEST_LIST = 1000, 100_000
LONGEST_TEXT = 100_000
MOST_PARTS, MOST_HEADERS = 100, 1000
DEEPEST = 20
OURS = re.compile(r"([bc])-(\d{1,18})-([a-z2-7]{16})@", re.IGNORECASE)
"""What tokens.mailbox makes, before the @ of an address."""
_ADDRESSED = ("delivered-to", "x-original-to", "envelope-to", "to", "cc", "resent-to")
_NAMED = ("message-id", "from", "to", "subject", "date")
_READ_BY_LIBRARIES = {"from", "to", "subject", "content-type", "content-disposition"}
_READ = {"text/plain", "text/html", "text/enriched"}
_DAEMON = re.compile(r"(mailer-daemon|postmaster|mail[._-]?(delivery|daemon)[a-z._-]*)(@|$)", re.IGNORECASE)
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
"""Controls, and what turns the direction of writing round or can't be seen at all."""
_angled = re.compile(r"<\s*([^<>\s@]{1,200}@[^<>\s@]{1,255})\s*>")
_bare = re.compile(r"[^\s<>(),;:\"@]{1,200}@[^\s<>(),;:\"@]{1,255}")
_quoted_name = re.compile(r'"(?:[^"\\]|\\.)*+"')
_IN_CMS = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_OPAQUE = {
    "signed-data": "Писмото е подписано така, че порталът не може да го прочете. Отворете цялото писмо.",
    "enveloped-data": "Писмото е шифровано и порталът не може да го прочете. Отворете цялото писмо.",
    "tnef": "Писмото е във вътрешния формат на Outlook (winmail.dat). Отворете цялото писмо.",
}
"""What to say of what is no text and hides one (RFC 8551, TNEF)."""


@dataclass(frozen=True)
class File:
    name: str
    content: bytes
    is_letter: bool


@dataclass(frozen=True)
class Letter:
    fingerprint: str
    """The same of a message that is handed over twice."""
    sender: str
    subject: str
    addressed: tuple[tuple[str, int, str], ...]
    """Signed addresses of ours that it was sent to: kind, number, and the whole before the @."""
    answered: str
    """The Message-IDs that it says it answers."""
    text: str
    words: str
    """`text` without what is quoted."""
    rest: str
    """What `words` leave out."""
    files: tuple[str, ...]
    author: Author
    bounce: Bounce | None


def read(raw: bytes, *, to: str) -> Letter:
    """Read all that is asked of a message. `to`: the address it was sent to, where the mail server says so."""
    message = _parsed(raw)
    headers = _headers(message)
    sender = address(headers.get("from", ""))
    text, subject = _text(message), decoded(headers.get("subject", ""))
    words, rest = quotes.parted(text)
    files = tuple(name for name, _ in _attached(message))
    by = authors.author(headers, subject, words, is_calendar=_has_calendar(message))
    from_daemon = bool(_DAEMON.match(sender)) or "x-failed-recipients" in headers
    has_no_return = headers.get("return-path", "").strip() == "<>"
    bounce = bounces.read(message, from_daemon=from_daemon or has_no_return)
    if bounce or from_daemon or _is_report(message) or (has_no_return and by in {Author.PERSON, Author.DOUBTFUL}):
        by = Author.MACHINE if bounces.says_arrived(message) else Author.SERVER
    elif message.get_content_type() == "multipart/report":
        by = Author.MACHINE
    return Letter(
        fingerprint=fingerprint(raw, to, *(headers.get(name, "").strip() for name in _NAMED)),
        sender=cleaned(sender),
        subject=subject,
        addressed=_addressed(" ".join([to, *(headers.get(name, "")[:LONGEST_LIST] for name in _ADDRESSED)])),
        answered=" ".join(headers.get(name, "")[:LONGEST_LIST] for name in ("in-reply-to", "references")),
        text=text,
        words=words,
        rest=rest,
        files=files,
        author=by,
        bounce=bounce,
    )


def unreadable(raw: bytes, *, to: str) -> Letter:
    """Stands for what even the parser gives up on: a person may look at it."""
    whose = {"sender": "", "subject": "", "text": "", "words": "", "rest": "", "answered": ""}
    return Letter(fingerprint(raw, to), addressed=(), files=(), author=Author.DOUBTFUL, bounce=None, **whose)


def files(raw: bytes) -> list[File]:
    attached = _attached(_parsed(raw))
    return [File(name, _content(part), part.get_content_type() == "message/rfc822") for name, part in attached]


def fingerprint(raw: bytes, to: str, *named: str) -> str:
    """Take the text and the names of the message: the headers that servers add on the way differ from try to try."""
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    names = "\0".join([to.lower(), *named, ""]).encode("utf-8", "replace")
    return hashlib.sha256(names + body).hexdigest()


def address(header: str) -> str:
    """Return the address of the header From: what is in brackets, however the name before it is written."""
    plain = _quoted_name.sub(" ", header[:LONGEST_HEADER])
    angled = _angled.search(plain)
    if angled:
        return angled[1].lower()
    bare = _bare.search(plain)
    return bare[0].lower() if bare else parseaddr(header[:LONGEST_HEADER])[1].lower()


def decoded(header: str) -> str:
    """Return a header in words: encoded ones (RFC 2047) are decoded, where they can be."""
    try:
        words = "".join(
            piece if isinstance(piece, str)
            else as_written(piece, charset) if charset
            else piece.decode("raw-unicode-escape", "replace")
            for piece, charset in decode_header(header[:LONGEST_HEADER])
        )  # fmt: skip
    except Exception:  # noqa: BLE001 - unknown charsets, broken base64: as it stands, then
        words = header[:LONGEST_HEADER]
    return " ".join(cleaned(words).split())


def cleaned(text: str) -> str:
    """Leave out what neither the database nor a page can hold, and what would deceive the eye."""
    return _UNSEEN.sub("", text)


def _parsed(raw: bytes) -> Part:
    """Parse; opaque signatures are opened, and headers are read in whatever charset they stand."""
    message = BytesParser(policy=compat32).parsebytes(raw)
    for part in _leaves(message):
        if part.get_content_type() in _IN_CMS or str(part.get_filename() or "").lower().endswith(".p7m"):
            _open(part)
    for part in (message, *_leaves(message)):
        headers = _headers(part)
        for name in _READ_BY_LIBRARIES & headers.keys():
            if not headers[name].isascii():
                del part[name]
                part[name] = headers[name]
    return message


def _in_letters(header: str) -> str:
    """Return the header of which some bytes stand bare, in letters."""
    return as_written(header.encode("utf-8", "surrogateescape"), "")


def _open(part: Part) -> None:
    """Replace the part by what is inside its signature."""
    if within_it := signed.content(_content(part)):
        del part["content-transfer-encoding"]
        part.set_type("multipart/mixed")
        part.set_payload([BytesParser(policy=compat32).parsebytes(within_it)])


def _headers(message: Part) -> dict[str, str]:
    """Return the headers by their names in small letters, undecoded; of one that stands twice, all."""
    found: dict[str, str] = {}
    for name, value in islice(message.raw_items(), MOST_HEADERS):
        said = _in_letters(str(value))
        before = found.get(name.lower())
        found[name.lower()] = said if before is None else f"{before}, {said}"[: 2 * LONGEST_LIST]
    return found


def _addressed(text: str) -> tuple[tuple[str, int, str], ...]:
    found = {match[0].lower().rstrip("@"): match for match in OURS.finditer(text)}
    return tuple((match[1].lower(), int(match[2]), whole) for whole, match in found.items())


def _is_report(message: Part) -> bool:
    """Say whether a server reports, readably or not; a receipt of reading (RFC 8098) is a mail program's."""
    if message.get_content_type() != "multipart/report":
        return message.get_content_type() in {"message/delivery-status", "message/feedback-report"}
    return str(message.get_param("report-type", "")).lower() != "disposition-notification"


def _has_calendar(message: Part) -> bool:
    return any(part.get_content_type() == "text/calendar" for part in _leaves(message))


def _text(message: Part) -> str:
    """Return what is to be read, part after part, of alternatives one; where there is nothing, what hides it."""
    leaves = list(_leaves(message))
    said = _said(message, leaves, DEEPEST)[0].strip()
    said = said or next((words for part in leaves if (words := _hidden(part))), "")
    return cleaned(said.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_TEXT].strip()


def _said(part: Part, leaves: Collection[Part], deep: int) -> tuple[str, bool]:
    """Return the words of those leaves that the part holds, and whether they were written as plain text."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        parts = [_said(one, leaves, deep - 1) for one in within(part)[:MOST_PARTS]] if deep else []
        parts = [(said, is_plain) for said, is_plain in parts if said.strip()]
        if part.get_content_subtype() == "alternative" and parts:
            return _best(parts)
        return "\n\n".join(said.strip("\r\n") for said, _ in parts), all(is_plain for _, is_plain in parts)
    if not any(part is one for one in leaves) or part.get_content_type() not in _READ or _is_attached(part):
        return "", True
    said = as_written(_content(part), str(part.get_content_charset() or ""))
    return (said, True) if part.get_content_subtype() == "plain" else (quotes.as_text(said), False)


def _best(alternatives: list[tuple[str, bool]]) -> tuple[str, bool]:
    """Prefer the plain text, which quotes as people read it; not one that only says that there is HTML."""
    plain = next((one for one in alternatives if one[1]), alternatives[-1])
    rich = max((said for said, is_plain in alternatives if not is_plain), key=len, default="")
    return (rich, False) if len(rich) > 2 * len(plain[0]) + 200 else plain


def _hidden(part: Part) -> str:
    kind, name = part.get_content_type(), str(part.get_filename() or "").lower()
    if kind in _IN_CMS or name.endswith(".p7m"):
        return _OPAQUE.get(str(part.get_param("smime-type", "")).lower(), _OPAQUE["signed-data"])
    if kind in {"application/ms-tnef", "application/vnd.ms-tnef"} or name == "winmail.dat":
        return _OPAQUE["tnef"]
    return _OPAQUE["enveloped-data"] if kind == "application/pgp-encrypted" else ""


def _attached(message: Part) -> Iterator[tuple[str, Part]]:
    """Yield what is no part of the words, with its name; a letter within the letter by its subject."""
    for number, part in enumerate(_leaves(message), 1):
        if part.get_content_type() == "message/rfc822":
            subject = decoded(_headers(_inner(part)).get("subject", ""))[:80]
            yield _named(part) or f"{subject.replace('/', '-') or number}.eml", part
        elif _is_attached(part) or part.get_content_type() not in _READ:
            yield _named(part) or f"{number}.{part.get_content_subtype()}", part


def _named(part: Part) -> str:
    """Return the file's name: in bare bytes, in encoded words or as RFC 2231 wants it."""
    for header, name in (("content-disposition", "filename"), ("content-type", "name")):
        found = part.get_param(name, header=header)
        if isinstance(found, tuple):
            found = as_written(str(found[2] or "").encode("raw-unicode-escape"), str(found[0] or ""))
        if found and (said := decoded(str(found))):
            return said[-120:]
    return ""


def _leaves(message: Part) -> Iterator[Part]:
    """Yield the parts that hold something; of a letter within the letter nothing but itself."""
    waiting = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting = [*within(part)[:MOST_PARTS], *waiting]
        elif not part.is_multipart() or part.get_content_type() == "message/rfc822":
            yield part


def _is_attached(part: Part) -> bool:
    return part.get_content_disposition() == "attachment"


def _content(part: Part) -> bytes:
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        return _letter_within(part)
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _letter_within(part: Part) -> bytes:
    """Return the letter's bytes; some programs send it in base64, which the parser takes for its words."""
    try:
        raw: bytes = within(part)[0].as_bytes()
        return base64.b64decode(raw) if _is_in_base64(part) else raw
    except Exception:  # noqa: BLE001 - what can't be put together again stands in the whole message
        return b""


def _is_in_base64(part: Part) -> bool:
    return str(part.get("content-transfer-encoding", "")).strip().lower() == "base64"


def _inner(part: Part) -> Part:
    """Return the letter within, its headers at least."""
    if part.is_multipart() and _is_in_base64(part):
        return BytesHeaderParser(policy=compat32).parsebytes(_letter_within(part))
    return next(iter(within(part)), part)
