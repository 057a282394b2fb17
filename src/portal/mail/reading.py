"""Reads a message as it came in, whoever wrote it and whatever is wrong with it: who, to which address, which words."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr

from portal.mail import bounces, quotes
from portal.mail.bounces import Bounce, Part

LONGEST_HEADER, LONGEST_LIST = 1000, 100_000
LONGEST_TEXT = 100_000
MOST_PARTS = 100
OURS = re.compile(r"([bc])-(\d{1,18})-([a-z2-7]{16})@", re.IGNORECASE)
"""What tokens.mailbox makes, before the @ of an address."""
_ADDRESSED = ("delivered-to", "x-original-to", "envelope-to", "to", "cc", "resent-to")
_AUTOMATIC_BY_BEING = ("list-id", "x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-portal-event")
_NOTICE = re.compile(
    r"(automatic reply|auto(matic)?[- ]?(reply|response|responder)|out of (the )?office|on vacation|vacation reply"
    r"|автоматичен отговор|автоматично съобщение|извън офиса|отсъствам|в отпуск съм)\b",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"(mailer-daemon|postmaster)(@|$)", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


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
    files: tuple[str, ...]
    is_automatic: bool
    bounce: Bounce | None


def read(raw: bytes, *, to: str) -> Letter:
    """Read all that is asked of a message. `to`: the address it was sent to, where the mail server says so."""
    message = _parsed(raw)
    headers = _headers(message)
    sender = parseaddr(headers.get("from", "")[:LONGEST_HEADER])[1].lower()
    from_daemon = bool(_DAEMON.match(sender)) or headers.get("return-path", "").strip() == "<>"
    bounce = bounces.read(message, from_daemon=from_daemon)
    text, subject = _text(message), decoded(headers.get("subject", ""))
    is_report = message.get_content_type() == "multipart/report"
    return Letter(
        fingerprint=fingerprint(raw, to, *(headers.get(name, "").strip() for name in ("message-id", "from", "to"))),
        sender=cleaned(sender),
        subject=subject,
        addressed=_addressed(" ".join([to, *(headers.get(name, "")[:LONGEST_LIST] for name in _ADDRESSED)])),
        answered=" ".join(headers.get(name, "")[:LONGEST_LIST] for name in ("in-reply-to", "references")),
        text=text,
        words=quotes.written(text),
        files=tuple(file.name for file in _files(message)),
        is_automatic=from_daemon or is_report or _is_automatic(headers, subject),
        bounce=bounce,
    )


def unreadable(raw: bytes, *, to: str) -> Letter:
    """Stands for what even the parser gives up on: a person may look at it."""
    whose = {"sender": "", "subject": "", "text": "", "words": "", "answered": ""}
    return Letter(fingerprint(raw, to), addressed=(), files=(), is_automatic=False, bounce=None, **whose)


def files(raw: bytes) -> list[File]:
    return list(_files(_parsed(raw)))


def fingerprint(raw: bytes, to: str, *named: str) -> str:
    """Take the text and the names of the message: the headers that servers add on the way differ from try to try."""
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    names = "\0".join([to.lower(), *named, ""]).encode("utf-8", "replace")
    return hashlib.sha256(names + body).hexdigest()


def decoded(header: str) -> str:
    """Return a header in words: encoded ones (RFC 2047) are decoded, where they can be."""
    try:
        words = str(make_header(decode_header(header[:LONGEST_HEADER])))
    except Exception:  # noqa: BLE001 - unknown charsets, broken base64: as it stands, then
        words = header[:LONGEST_HEADER]
    return " ".join(cleaned(words).split())


def cleaned(text: str) -> str:
    """Leave out what neither the database nor a page can hold."""
    return _UNSEEN.sub("", text)


def as_written(content: bytes, charset: str) -> str:
    """Decode, whatever charset is told: UTF-8 can't be taken for another, and Cyrillic is often told to be Latin."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    latin = charset.lower() in {
        "",
        "us-ascii",
        "ascii",
        "utf-8",
        "iso-8859-1",
        "latin-1",
        "windows-1252",
        "unknown-8bit",
    }
    try:
        return content.decode("windows-1251" if latin else charset, "replace")
    except (LookupError, ValueError):
        return content.decode("windows-1251", "replace")


def _parsed(raw: bytes) -> Part:
    return BytesParser(policy=compat32).parsebytes(raw)


def _headers(message: Part) -> dict[str, str]:
    """Return the headers by their names in small letters, undecoded; of one that stands twice, all."""
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        said = as_written(str(value).encode("utf-8", "surrogateescape"), "")
        before = found.get(name.lower())
        found[name.lower()] = said if before is None else f"{before}, {said}"[: 2 * LONGEST_LIST]
    return found


def _addressed(text: str) -> tuple[tuple[str, int, str], ...]:
    found = {match[0].lower().rstrip("@"): match for match in OURS.finditer(text)}
    return tuple((match[1].lower(), int(match[2]), whole) for whole, match in found.items())


def _is_automatic(headers: dict[str, str], subject: str) -> bool:
    """RFC 3834, and what stood before it; our own letters, come round, among them."""
    submitted = headers.get("auto-submitted", "no").strip().lower()
    if not submitted.startswith("no") or any(name in headers for name in _AUTOMATIC_BY_BEING):
        return True
    if headers.get("precedence", "").strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return True
    return bool(_NOTICE.match(subject))


def _text(message: Part) -> str:
    """Return what is to be read: the plain text, where there is some, else the HTML as text."""
    plain: list[str] = []
    markup: list[str] = []
    for part in _leaves(message):
        if part.get_content_maintype() == "text" and not _is_attached(part):
            said = as_written(_content(part), str(part.get_content_charset() or ""))
            (markup if part.get_content_subtype() == "html" else plain).append(said)
    text = "\n".join(plain) if any(map(str.strip, plain)) else "\n".join(map(quotes.as_text, markup))
    return cleaned(text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_TEXT].strip()


def _files(message: Part) -> Iterator[File]:
    for number, part in enumerate(_leaves(message), 1):
        if _is_attached(part) or part.get_content_maintype() != "text":
            name = decoded(str(part.get_filename() or "")) or f"{number}.{part.get_content_subtype()}"
            yield File(name[-120:], _content(part))


def _leaves(message: Part) -> Iterator[Part]:
    """Yield the parts that hold something, but of no letter within the letter."""
    waiting = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting = [*part.get_payload(), *waiting]
        elif not part.is_multipart():
            yield part


def _is_attached(part: Part) -> bool:
    return part.get_content_disposition() == "attachment"


def _content(part: Part) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
