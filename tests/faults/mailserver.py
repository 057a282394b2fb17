"""A mail server that can be told to misbehave, and that remembers what it accepted."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

OK = "250 OK"
HANG_UP = "hangs up"
STALLS = "says nothing any more"


@dataclass(frozen=True)
class Letter:
    id: str
    thread: str
    event: str
    to: str
    subject: str


class MailServer:
    """`answers`: what it says to the next MAIL, RCPT and DATA, in turn, in place of OK."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answers: defaultdict[str, deque[str]] = defaultdict(deque)
        self.knows_us = True
        self.keeps = False
        """A letter whose sender did not wait for the answer."""
        self.greeted = 0
        self.in_hand = 0
        self._goes_on = asyncio.Event()
        self._goes_on.set()
        self._happened = asyncio.Event()
        self._sessions: WeakSet[SMTP] = WeakSet()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        for smtp in self._sessions:
            if smtp.transport:
                smtp.transport.close()
        await self._server.wait_closed()

    def hold(self) -> None:
        """Leave the client waiting for the answer to its text."""
        self._goes_on.clear()

    def go_on(self) -> None:
        self._goes_on.set()

    async def has(self, letters: int = 0, *, in_hand: int = 0, within: float = 30) -> None:
        """Wait until so many letters have come, or so many wait to be answered."""
        async with asyncio.timeout(within):
            while len(self.letters) < letters or self.in_hand < in_hand:
                self._happened.clear()
                await self._happened.wait()

    def of(self, thread: str) -> list[str]:
        return [letter.event for letter in self.letters if letter.thread == thread]

    def _session(self) -> SMTP:
        smtp = SMTP(
            self,
            hostname="localhost",
            loop=asyncio.get_running_loop(),
            auth_require_tls=False,
            authenticator=lambda *_: AuthResult(success=self.knows_us, handled=False),
        )
        self._sessions.add(smtp)
        self.greeted += 1
        return smtp

    async def handle_MAIL(self, _smtp: SMTP, _: Session, envelope: Envelope, sender: str, __: list[str]) -> str:  # noqa: N802
        envelope.mail_from = sender
        return self._answer("MAIL")

    async def handle_RCPT(self, smtp: SMTP, _: Session, envelope: Envelope, to: str, __: list[str]) -> str:  # noqa: N802
        answer = self._answer("RCPT")
        if answer == STALLS:
            await asyncio.sleep(60)  # or until the client has had enough
        if answer == HANG_UP and smtp.transport:
            smtp.transport.close()
        if answer == OK:
            envelope.rcpt_tos.append(to)
        return answer

    async def handle_DATA(self, smtp: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        self.in_hand += 1
        self._happened.set()
        try:
            await self._goes_on.wait()
        except asyncio.CancelledError:  # the client is gone, and the whole text is here
            self.in_hand -= 1
            if self.keeps:
                self.letters.append(_letter(envelope))
                self._happened.set()
            raise
        answer = self._answer("DATA")
        if answer in {OK, HANG_UP}:
            self.letters.append(_letter(envelope))
        self.in_hand -= 1
        self._happened.set()
        if answer == HANG_UP and smtp.transport:
            smtp.transport.close()
        return answer

    def _answer(self, to: str) -> str:
        return self.answers[to].popleft() if self.answers[to] else OK


def _letter(envelope: Envelope) -> Letter:
    assert isinstance(envelope.content, bytes)
    read = BytesParser(EmailMessage, policy=default).parsebytes(envelope.content, headersonly=True)
    return Letter(
        id=str(read["Message-ID"]),
        thread=str(read["References"]),
        event=str(read["X-Portal-Event"]),
        to=", ".join(envelope.rcpt_tos),
        subject=str(read["Subject"]),
    )
