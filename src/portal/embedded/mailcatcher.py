"""The demonstration's mail server: takes every message and keeps it in a Maildir, for the mailbox page to show."""

import asyncio
import logging
import mailbox
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

RECIPIENT = "X-Envelope-To"
SENDER = "X-Envelope-From"
EVENT = "X-Portal-Event"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Less would tell everybody's address to whoever reads the log.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Catcher:
    url: str
    maildir: Path


@asynccontextmanager
async def catch(maildir: Path, port: int = 0) -> AsyncIterator[Catcher]:
    """Take mail on 127.0.0.1 while the block runs; port 0 is any free one."""
    maildir.parent.mkdir(parents=True, exist_ok=True)
    keeper = _Keeper(mailbox.Maildir(maildir))
    loop = asyncio.get_running_loop()
    sessions: WeakSet[SMTP] = WeakSet()

    def session() -> SMTP:
        smtp = SMTP(keeper, enable_SMTPUTF8=True, hostname="localhost", ident="portal demo", loop=loop)
        sessions.add(smtp)
        return smtp

    server = await loop.create_server(session, "127.0.0.1", port)
    try:
        yield Catcher(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", maildir)
    finally:
        server.close()
        for smtp in sessions:
            if smtp.transport:
                smtp.transport.close()
        await server.wait_closed()


class _Keeper:
    def __init__(self, box: mailbox.Maildir) -> None:
        self._box = box

    async def handle_DATA(self, _smtp: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        assert isinstance(envelope.content, bytes)
        recipients = ", ".join(envelope.rcpt_tos)
        try:
            self._box.add(
                f"{RECIPIENT}: {recipients}\r\n{SENDER}: {envelope.mail_from}\r\n".encode() + envelope.content
            )
        except OSError:
            return "452 The message could not be written to the disk"
        return "250 OK"


@dataclass(frozen=True)
class Caught:
    key: str
    to: str
    subject: str
    sent_at: datetime
    event: str


@dataclass(frozen=True)
class CaughtMessage(Caught):
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


def messages(maildir: Path, newest: int | None = None) -> list[Caught]:
    """List the messages, the newest first, and only so many of them if told."""
    files = sorted(_files(maildir).items(), key=lambda file: _order(file[0]), reverse=True)
    return [_caught(key, _read(path, headersonly=True)) for key, path in files[:newest]]


def message(maildir: Path, key: str) -> CaughtMessage | None:
    path = _files(maildir).get(key)
    if path is None:
        return None
    content = _read(path)
    return CaughtMessage(
        **vars(_caught(key, content)),
        text=_body(content, "plain"),
        html=_body(content, "html"),
        headers=tuple((name, str(value)) for name, value in content.items()),
    )


def _files(maildir: Path) -> dict[str, Path]:
    """Find the messages by their keys: names a Maildir gives and keeps when a reader marks the message as seen."""
    found = (path for folder in ("cur", "new") for path in maildir.glob(f"{folder}/[0-9]*"))
    return {path.name.partition(":")[0]: path for path in found}


def _order(key: str) -> tuple[int, ...]:
    """Tell seconds, microseconds and a count, which begin the key as 1700000000.M42P7Q3."""
    time = re.match(r"(\d+)\.M(\d+)P\d+Q(\d+)", key)
    return tuple(map(int, time.groups())) if time else (0, 0, 0)


def _read(path: Path, *, headersonly: bool = False) -> EmailMessage:
    return BytesParser(EmailMessage, policy=default).parsebytes(path.read_bytes(), headersonly=headersonly)


def _caught(key: str, content: EmailMessage) -> Caught:
    seconds, microseconds, _ = _order(key)
    return Caught(
        key=key,
        to=str(content.get(RECIPIENT, "")),
        subject=str(content.get("Subject", "")),
        sent_at=_EPOCH + timedelta(seconds=seconds, microseconds=microseconds),
        event=str(content.get(EVENT, "")),
    )


def _body(content: EmailMessage, kind: str) -> str:
    part = content.get_body([kind])
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
