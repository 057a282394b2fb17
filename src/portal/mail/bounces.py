"""A letter given back, read from the report (RFC 3464): whose, for good or not yet, and why, in a few words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from typing import Any, TypeAlias

from flufl.bounce import all_failures

NO_SUCH_BOX, FULL, REFUSED = "няма такава кутия", "кутията е пълна", "отхвърлено"
AWAY = "сървърът на получателя не отговори"
LONGEST = 4000
Part: TypeAlias = "Message[Any, Any]"
_REASONS = {
    "1.2": "няма такъв домейн",
    "1.8": REFUSED,
    "2.1": "кутията е спряна",
    "2.2": FULL,
    "2.3": "писмото е твърде голямо",
    "3.4": "писмото е твърде голямо",
    "4.4": "няма такъв домейн",
    "4.1": AWAY,
    "4.7": AWAY,
}
"""By subject and detail of the enhanced status (RFC 3463), whichever its class."""
_NO_SUCH_BOX = re.compile(
    r"user unknown|unknown user|no such (user|mailbox|recipient)|does ?n[o']t exist|recipient ?not ?found"
    r"|address rejected|recipnotfound|няма такава кутия|няма такъв потребител",
    re.IGNORECASE,
)
_FULL = re.compile(r"quota|(mailbox|inbox)( is)? full|out of storage|пълна", re.IGNORECASE)
_CODE = re.compile(r"\b[45]\.(\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class Bounce:
    is_final: bool
    """Otherwise the letter is late, and may still arrive."""
    reason: str
    recipients: frozenset[str]
    """In small letters."""
    message_ids: str
    """The text in which the returned letter's Message-ID stands."""


def read(message: Part, *, from_daemon: bool) -> Bounce | None:
    """Return what the report says; one of a letter that did arrive says nothing to us.

    Without a report as RFC 3464 wants it, from a server by its own account, the ways of twenty odd ones are tried.
    """
    if message.get_content_type() == "multipart/report" and message.is_multipart():
        parts = list(message.get_payload())
        if reports := [part for part in parts if part.get_content_type() == "message/delivery-status"]:
            return _reported(reports[0], parts)
    return _odd(message) if from_daemon else None


def reason(status: str, told: str) -> str:
    """Put the status into words; a bare x.0.0 says nothing, and what the server told is read instead."""
    code = status.partition(".")[2]
    if code in {"", "0.0"}:
        found = _CODE.search(told)
        code = found[1] if found else ""
    if code in _REASONS:
        return _REASONS[code]
    if _FULL.search(told):
        return FULL
    if code.startswith("1.") or _NO_SUCH_BOX.search(told):
        return NO_SUCH_BOX
    return AWAY if code.startswith("4.") and "access denied" not in told.lower() else REFUSED


def _reported(report: Part, parts: Iterable[Part]) -> Bounce | None:
    blocks: Iterable[Any] = report.get_payload() if report.is_multipart() else ()
    told = [one for one in blocks if isinstance(one, Message) and ("action" in one or "status" in one)]
    if not told:
        return None
    first = told[0]
    status = re.sub(r"\s.*", "", _said(first, "status"), flags=re.DOTALL)
    action = _said(first, "action").lower() or ("failed" if status.startswith("5") else "delayed")
    if action not in {"failed", "delayed"}:
        return None
    return Bounce(
        is_final=action == "failed",
        reason=reason(status, _said(first, "diagnostic-code")),
        recipients=frozenset(_address(_said(first, name)) for name in ("final-recipient", "original-recipient")),
        message_ids=" ".join(map(_returned, parts)),
    )


def _returned(part: Part) -> str:
    """Of the letter that came back, whole or its headers alone, return the Message-ID; of another part nothing."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        return "".join(_said(one, "message-id") for one in part.get_payload() if isinstance(one, Message))
    if part.get_content_type() in {"text/rfc822-headers", "text/rfc822"}:
        found = re.search(r"^Message-ID:\s*(<[^>\n]{1,300}>)", str(part.get_payload()), re.MULTILINE | re.IGNORECASE)
        return found[1] if found else ""
    return ""


def _odd(message: Part) -> Bounce | None:
    try:
        late, lost = all_failures(message)
    except Exception:  # noqa: BLE001 - whatever it stumbles over is no report to us
        return None
    if not late and not lost:
        return None
    told = message.as_string()[:LONGEST]
    who = frozenset(one.decode("utf-8", "replace").lower() for one in lost or late)
    return Bounce(
        is_final=bool(lost), reason=reason("", told), recipients=who, message_ids=message.as_string()[-LONGEST:]
    )


def _said(block: Part, name: str) -> str:
    return str(block.get(name, ""))[:LONGEST].strip()


def _address(field: str) -> str:
    """`rfc822; penka@example.bg`, in brackets or not."""
    return field.rpartition(";")[2].strip().strip("<>").lower()
