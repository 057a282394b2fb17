"""Hands letters to the SMTP server, over one connection as long as it lives."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

import aiosmtplib

from portal.settings import Smtp

TO_CONNECT, TO_TAKE = 30.0, 80.0
"""Seconds. A server may take its time after DATA, and giving up then sends the letter twice."""
KEPT = 20.0
"""Seconds that a connection is kept for the next letters: less than any server's own patience."""


class Away(Exception):  # noqa: N818 - a state, no fault of ours
    """The server takes nothing from us now: it is down, or refuses our sign-in or our address."""


class Refused(Exception):  # noqa: N818 - it is the server's answer, not a fault of ours
    """The letter was not accepted. `for_good`: a permanent answer (5xx); trying again would not help."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class InDoubt(Exception):  # noqa: N818 - nobody knows whether there is a fault
    """The text was handed over and no answer came: the letter may have arrived."""


class Client(aiosmtplib.SMTP):
    """Knows whether it has begun to hand over the text."""

    has_begun = False

    async def data(self, *args: Any, **kwargs: Any) -> aiosmtplib.SMTPResponse:
        self.has_begun = True
        return await super().data(*args, **kwargs)


class Post:
    """Use with `async with`: connects at the first letter, closes at the end."""

    def __init__(self, server: Smtp) -> None:
        self._client = Client(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            timeout=None,
        )

    def close(self) -> None:
        self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def send(self, letter: EmailMessage, recipient: str) -> None:
        """Raise Away, Refused or InDoubt; whatever is not a permanent answer of the server may be tried again."""
        await self._connect()
        sender = letter["Return-Path"]  # it is the envelope's, and no letter leaves with it (RFC 5321 §4.4)
        del letter["Return-Path"]
        self._client.has_begun = False
        try:
            async with asyncio.timeout(TO_TAKE):
                await self._client.send_message(letter, sender=sender, recipients=[recipient])
        except aiosmtplib.SMTPSenderRefused as refused:
            raise Away(_told(refused)) from refused
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _refused(refused.recipients[0]) from refused
        except aiosmtplib.SMTPDataError as refused:
            raise _refused(refused) from refused
        # It may have been taken all the same: once the text was sent, a lost connection tells nothing.
        except (aiosmtplib.SMTPException, OSError) as broken:
            self._client.close()
            if self._client.has_begun:
                raise InDoubt(_told(broken)) from broken
            raise Refused(_told(broken), for_good=False) from broken

    async def _connect(self) -> None:
        if self._client.is_connected:
            return
        try:
            async with asyncio.timeout(TO_CONNECT):
                await self._client.connect()
        except (aiosmtplib.SMTPException, OSError) as away:
            self._client.close()
            raise Away(_told(away)) from away


class Posts:
    """Keeps connections from one look to the next. Use with `async with`; without it each look has its own."""

    def __init__(self, server: Smtp) -> None:
        self._server = server
        self._idle: list[tuple[float, Post]] | None = None

    async def __aenter__(self) -> Self:
        self._idle = []
        return self

    async def __aexit__(self, *_: object) -> None:
        idle, self._idle = self._idle or [], None
        for _since, post in idle:
            post.close()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Post]:
        post = self._fresh() or Post(self._server)
        try:
            yield post
        except BaseException:
            post.close()
            raise
        if self._idle is None:
            post.close()
        else:
            self._idle.append((time.monotonic(), post))

    def _fresh(self) -> Post | None:
        """Return the one that was used last; one that has been idle for long may be dead without our knowing."""
        fresh = None
        while self._idle and fresh is None:
            since, post = self._idle.pop()
            if time.monotonic() - since < KEPT:
                fresh = post
            else:
                post.close()
        return fresh


def _refused(answer: aiosmtplib.SMTPResponseException) -> Refused:
    """5.7.x (RFC 3463) is about us, as "relaying denied": a person can mend that within the three days."""
    permanent = 500 <= answer.code < 600 and not answer.message.startswith("5.7.")  # noqa: PLR2004 - RFC 5321 §4.2.1
    return Refused(_told(answer), for_good=permanent)


def _told(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
