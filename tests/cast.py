"""The people of the tests and what they do, so that a test reads like a story."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from litestar import Litestar
from litestar.testing import AsyncTestClient
from pyotp import TOTP
from sqlalchemy import select

from portal import clock
from portal.accounts import second_step, signin
from portal.cases.model import Case, Kind, Publication
from portal.db import Sessions, transaction
from portal.embedded import mailcatcher
from portal.embedded.mailcatcher import CaughtMessage
from portal.intake import confirmation, submission
from portal.jobs import Work
from portal.settings import Settings
from portal.staff.model import Role, Staff
from portal.tokens import Tokens

Client = AsyncTestClient[Litestar]
HX = {"HX-Request": "true"}

# Penka writes from her phone; she wants an answer, but not her name on the web.
PENKA = {
    "name": "Пенка Стоянова",
    "phone": "0888 123 456",
    "email": "penka@example.bg",
    "title": "Дупка на ул. Речна",
    "text": "Дупката пред номер 5 е станала кратер, вчера падна дете с колело.",
    "place": "ул. Речна 5",
    "topic": "roads",
    "publication": "public_unnamed",
    "blank": "",
}


@dataclass
class Phone:
    """The telephone of somebody of the staff, with an app for codes."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, *, at: datetime | None = None) -> str:
        return TOTP(self.secret).at(at or clock.now())


@dataclass
class Post:
    """Brings what waits in the outbox to the mail server, and shows what has come."""

    work: Work
    maildir: Path

    async def deliver(self) -> list[CaughtMessage]:
        """Send what is due; return everything that has ever come, oldest first."""
        await self.work.send_emails()
        return self.all()

    def all(self) -> list[CaughtMessage]:
        found = [mailcatcher.message(self.maildir, caught.key) for caught in mailcatcher.messages(self.maildir)]
        return [message for message in reversed(found) if message is not None]


def link(message: CaughtMessage, what: str) -> str:
    """Return the path of the link in the e-mail, as a person would press it."""
    match = re.search(rf"http://[^/\s]+(/{what}/\S+)", message.text)
    assert match, message.text
    return match[1]


def form_of(answer: httpx.Response) -> dict[str, str]:
    """Return the hidden fields of the page's form."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text)
    return dict(hidden)


def unmarked(answer: httpx.Response) -> str:
    """Return the page without the marks on the words that differ."""
    return re.sub("</?mark>", "", answer.text)


def submission_of_penka(draft: str = "a draft of Penka's", **changes: object) -> submission.Submission:
    given: dict[str, object] = {
        **{name: PENKA[name] for name in ("name", "email", "title", "text", "place", "topic")},
        "phone": "+359888123456",
        "draft": draft,
        "kind": Kind.SIGNAL,
        "publication": Publication.UNNAMED,
    }
    return submission.Submission(**{**given, **changes})  # type: ignore[arg-type]


async def submitted(sessions: Sessions, *, at: datetime | None = None, **changes: object) -> Case:
    async with transaction(sessions) as db:
        return await submission.submit(db, submission_of_penka(**changes), at=at or clock.now())  # type: ignore[arg-type]


async def received(sessions: Sessions, settings: Settings, *, at: datetime | None = None, **changes: object) -> Case:
    case = await submitted(sessions, at=at, **changes)
    async with transaction(sessions) as db:
        confirmed = await confirmation.confirm(db, case.id, settings.municipality, at=at or clock.now())
    assert confirmed is not None
    return confirmed


async def reload(sessions: Sessions, case: Case) -> Case:
    async with transaction(sessions) as db:
        return (await db.execute(select(Case).where(Case.id == case.id))).scalar_one()


async def employ(
    sessions: Sessions, name: str = "Мария Иванова", role: Role = Role.OPERATOR, department: str | None = None
) -> Staff:
    async with transaction(sessions) as db:
        email = f"{role}{len(name)}@stanimaka.example"
        return await signin.add(db, email, name=name, role=role, department=department, at=clock.now())


async def give_password(sessions: Sessions, staff: Staff) -> str:
    """Set a password by a one-time link, and return it."""
    async with transaction(sessions) as db:
        token = await signin.invite(db, staff, at=clock.now())
        await signin.set_password(db, token, await signin.hashed("correct horse"), at=clock.now())
    return "correct horse"


async def carry_codes(sessions: Sessions, settings: Settings, staff: Staff) -> Phone:
    """Switch the second step on, half an hour ago; return the telephone with the app, and the recovery codes."""
    tokens, seed, ago = Tokens(settings.secret), second_step.new_seed(), clock.now() - timedelta(minutes=30)
    phone = Phone(tokens.totp(staff.id, seed))
    async with transaction(sessions) as db:
        colleague = await db.get_one(Staff, staff.id)
        codes = await second_step.switch_on(db, colleague, seed, phone.code(at=ago), tokens, at=ago)
    assert codes is not None
    phone.recovery_codes = codes
    return phone


async def sign_in(client: httpx.AsyncClient, sessions: Sessions, staff: Staff) -> None:
    """Begin a session as the sign-in page does, without the password: a hash takes a quarter of a second."""
    async with transaction(sessions) as db:
        token = signin.begin_session(db, staff, at=clock.now())
    client.cookies.set("portal_staff", token, path="/staff")


async def eventually(comes_true: Callable[[], object], within: float = 120) -> None:
    """Wait for what another process does: it has no other way to tell us. Raise TimeoutError."""
    async with asyncio.timeout(within):
        while not comes_true():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
