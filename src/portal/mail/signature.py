"""The DKIM signature of a letter (RFC 6376): proves that it comes from the municipality's domain, unchanged."""

import re
from email.message import EmailMessage

import dkim

from portal.settings import Dkim

SIGNED = (b"from", b"reply-to", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
          b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post",
          b"mime-version", b"content-type")  # fmt: skip


def sign(letter: EmailMessage, how: Dkim) -> None:
    """Add the header."""
    made: bytes = dkim.sign(
        bytes(letter),
        how.selector.encode(),
        how.domain.encode(),
        how.key.encode(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name for name in SIGNED if name.decode() in letter],
    )
    unfolded = re.sub(r"\s+", " ", made.decode().partition(":")[2])
    letter["DKIM-Signature"] = unfolded.strip()
