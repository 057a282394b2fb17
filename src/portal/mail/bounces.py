"""Reads the report of a returned letter (RFC 3464): to whom it was, whether for good, and why, in a few words."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from typing import Any, TypeAlias

from flufl.bounce import all_failures

logging.getLogger("flufl.bounce").disabled = True  # it stumbles over much, and we go on
NO_SUCH_BOX, NO_SUCH_DOMAIN, FULL = "няма такава кутия", "няма такъв домейн", "кутията е пълна"
REFUSED, AWAY = "отхвърлено", "сървърът на получателя не отговори"
ARRIVED = {"delivered", "relayed", "expanded"}
LONGEST = 4000
Part: TypeAlias = "Message[Any, Any]"
_REASONS = {
    "1.2": NO_SUCH_DOMAIN,
    "1.8": REFUSED,
    "2.1": "кутията е спряна",
    "2.2": FULL,
    "2.3": "писмото е твърде голямо",
    "3.4": "писмото е твърде голямо",
    "4.4": NO_SUCH_DOMAIN,
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
_NO_SUCH_DOMAIN = re.compile(
    r"nxdomain|(domain|host)( name)?( is)? (not found|unknown|invalid|doesn'?t exist|does not exist)"
    r"|unknown (mail ?)?(domain|host)|no such (domain|host)|couldn'?t find any host|unrouteable (mail )?domain"
    r"|name service error[^\n]{0,80}(host|domain|name)|(mx|a) record not found|няма такъв домейн|непознат домейн",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"timed? ?out|connection refused|servfail|(server|host)[^\n]{0,30}(not respond|unreachable|no route)"
    r"|no route to host|retry time|could not be contacted|не отговаря",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b[45]\.(\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class Bounce:
    is_final: bool
    """Otherwise the letter is late, and may still arrive."""
    reason: str
    recipients: frozenset[str]
    """In lower case."""
    message_ids: str
    """The text in which the returned letter's Message-ID stands."""
    is_guess: bool = False
    """Told by no report as RFC 3464 wants it."""


def read(message: Part, *, from_daemon: bool) -> Bounce | None:
    """Return what the report says; one of a letter that did arrive says nothing to us.

    Without a report as RFC 3464 wants it, from a server by its own account, the ways of twenty odd ones are tried.
    """
    if reports := _reports(message):
        return _reported(reports[0], within(message))
    return _odd(message) if from_daemon else None


def reason(status: str, told: str) -> str:
    """Put the status into words; a bare x.0.0 says nothing, and what the server told is read instead."""
    code = status.partition(".")[2]
    if code in {"", "0.0"}:
        found = _CODE.search(told)
        code = found[1] if found and found[1] != "0.0" else ""
    if code in _REASONS:
        return _REASONS[code]
    if _NO_SUCH_DOMAIN.search(told):
        return NO_SUCH_DOMAIN
    if _FULL.search(told):
        return FULL
    if code.startswith("1.") or _NO_SUCH_BOX.search(told):
        return NO_SUCH_BOX
    is_away = code.startswith("4.") or (not code and _AWAY.search(told))
    return AWAY if is_away and "access denied" not in told.lower() else REFUSED


def within(part: Part) -> list[Part]:
    """Return the parts of the part; of one that is words or a file none."""
    parts: Any = part.get_payload()
    return [one for one in parts if isinstance(one, Message)] if isinstance(parts, list) else []


def says_arrived(message: Part) -> bool:
    """Say whether the report (RFC 3464) tells that the letter was delivered, or passed on, to all."""
    actions = [_action(block) for report in _reports(message) for block in _recipients(report)]
    return bool(actions) and ARRIVED.issuperset(actions)


def _reports(message: Part) -> list[Part]:
    if message.get_content_type() != "multipart/report":
        return []
    return [part for part in within(message) if part.get_content_type() == "message/delivery-status"]


def _recipients(report: Part) -> list[Part]:
    """Return what is said of each recipient."""
    return [one for one in within(report) if "action" in one or "status" in one]


def _status(block: Part) -> str:
    return re.sub(r"\s.*", "", _said(block, "status"), flags=re.DOTALL)


def _action(block: Part) -> str:
    """Return the action, its comment left out: „failed (bad address)“; the class of the status stands for none."""
    named = re.split(r"[\s(;]", _said(block, "action").lower())[0]
    return named or {"2": "delivered", "4": "delayed", "5": "failed"}.get(_status(block)[:1], "")


def _reported(report: Part, parts: Iterable[Part]) -> Bounce | None:
    told = _recipients(report)
    bad = [one for action in ("failed", "delayed") for one in told if _action(one) == action]
    if not bad:
        return None
    first = bad[0]
    return Bounce(
        is_final=_action(first) == "failed",
        reason=reason(_status(first), _said(first, "diagnostic-code")),
        recipients=frozenset(_address(_said(first, name)) for name in ("final-recipient", "original-recipient")),
        message_ids=" ".join(map(_returned, parts)),
    )


def _returned(part: Part) -> str:
    """Return the Message-ID of the returned letter (the whole of it or its headers); nothing for another part."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        return "".join(_said(one, "message-id") for one in within(part))
    if part.get_content_type() in {"text/rfc822-headers", "text/rfc822"}:
        found = re.search(r"^Message-ID:\s*(<[^>\n]{1,300}>)", str(part.get_payload()), re.MULTILINE | re.IGNORECASE)
        return found[1] if found else ""
    return ""


def _odd(message: Part) -> Bounce | None:
    try:
        late, lost = all_failures(message)
        told = message.as_string()
    except Exception:  # noqa: BLE001 - whatever it stumbles over is no report to us
        return None
    if not late and not lost:
        return None
    who = frozenset(one.decode("utf-8", "replace").lower() for one in lost or late)
    why = reason("", told[:LONGEST])
    return Bounce(is_final=bool(lost), reason=why, recipients=who, message_ids=told[-LONGEST:], is_guess=True)


def _said(block: Part, name: str) -> str:
    return str(block.get(name, ""))[:LONGEST].strip()


def _address(field: str) -> str:
    """`rfc822; penka@example.bg`, in brackets or not."""
    return field.rpartition(";")[2].strip().strip("<>").lower()
