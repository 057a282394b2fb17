"""Hands letters to the SMTP server, over one connection as long as it lives."""

import asyncio
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

import aiosmtplib

from portal.settings import Smtp

TO_CONNECT, TO_TAKE = 30.0, 80.0
"""Seconds, together less than the outbox's lease: what takes longer, another worker would send as well. A server may
take its time after DATA, and giving up then sends the letter twice."""


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

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

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


def _refused(answer: aiosmtplib.SMTPResponseException) -> Refused:
    """5.7.x (RFC 3463) is about us, as "relaying denied": a person can mend that within the three days."""
    permanent = 500 <= answer.code < 600 and not answer.message.startswith("5.7.")  # noqa: PLR2004 - RFC 5321 §4.2.1
    return Refused(_told(answer), for_good=permanent)


def _told(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
