"""Hands letters to the SMTP server, over one connection as long as it lives."""

from email.message import EmailMessage
from types import TracebackType
from typing import Self

import aiosmtplib

from portal.settings import Smtp

TIMEOUT = 60.0
"""Seconds. A server may take its time after DATA; giving up early would send the letter twice."""


class Refused(Exception):  # noqa: N818 - it is the server's answer, not a fault of ours
    """The letter was not accepted. `for_good`: a permanent answer (5xx); trying again would not help."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Post:
    """Use with `async with`: connects at the first letter, closes at the end."""

    def __init__(self, server: Smtp) -> None:
        self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            timeout=TIMEOUT,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    async def send(self, letter: EmailMessage, recipient: str) -> None:
        """Raise Refused; whatever is not a permanent answer of the server may be tried again."""
        try:
            if not self._client.is_connected:
                await self._client.connect()
            await self._client.send_message(letter, recipients=[recipient])
        except aiosmtplib.SMTPRecipientsRefused as refused:
            answer = refused.recipients[0]
            raise Refused(f"{answer.code} {answer.message}", for_good=_permanent(answer.code)) from refused
        except aiosmtplib.SMTPDataError as refused:
            raise Refused(f"{refused.code} {refused.message}", for_good=_permanent(refused.code)) from refused
        # A refused sender or sign-in is the installation's fault, not the letter's: it waits until that is mended.
        except (aiosmtplib.SMTPException, OSError) as broken:
            self._client.close()
            raise Refused(str(broken) or type(broken).__name__, for_good=False) from broken


def _permanent(code: int) -> bool:
    return 500 <= code < 600  # noqa: PLR2004 - RFC 5321 §4.2.1
