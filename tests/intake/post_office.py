"""What comes back by e-mail, as other people's programs write it: the letters of tests/data/mail, addressed anew."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from portal import clock
from portal.cases.model import Case, Event, EventKind
from portal.db import Sessions, transaction
from portal.intake import incoming_mail
from portal.intake.incoming_mail import Outcome
from portal.mail.outbox import Email
from portal.settings import Settings
from portal.tokens import Tokens

LETTERS = Path(__file__).parents[1] / "data" / "mail"
PATTERN = "portal+{}@stanimaka.example"
WORDS = "Пред вход Б е, до детската площадка.\nВчера пак падна човек."


def open_to_mail(settings: Settings) -> Settings:
    return replace(settings, mail_incoming=PATTERN)


def case_address(settings: Settings, case: Case) -> str:
    assert case.sender_email
    return PATTERN.format(Tokens(settings.secret).mailbox("c", case.id, case.sender_email))


def bounce_address(settings: Settings, email: Email) -> str:
    return PATTERN.format(Tokens(settings.secret).mailbox("b", email.id, email.recipient))


def letter(name: str, **addresses: str) -> bytes:
    """Return the message with BOUNCE_TO, REPLY_TO, RECIPIENT and MESSAGE_ID filled in."""
    raw = (LETTERS / f"{name}.eml").read_bytes()
    filled = {"recipient": "penka@example.bg", "bounce_to": "portal@stanimaka.example"} | addresses
    for what, value in ({"reply_to": "portal@stanimaka.example", "message_id": "none@example.bg"} | filled).items():
        raw = raw.replace(what.upper().encode(), value.encode())
    return raw


async def receive(sessions: Sessions, settings: Settings, raw: bytes, to: str = "") -> Outcome | None:
    async with transaction(sessions) as db:
        return await incoming_mail.receive(db, raw, settings, to=to, at=clock.now())


async def emails(sessions: Sessions, case: Case) -> list[Email]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Email).where(Email.case_id == case.id).order_by(Email.id)))


async def said(sessions: Sessions, case: Case) -> list[Event]:
    """Return what the sender has said, oldest first."""
    kinds = (EventKind.SENDER_WROTE, EventKind.CLARIFIED)
    found = select(Event).where(Event.case_id == case.id, Event.kind.in_(kinds)).order_by(Event.id)
    async with transaction(sessions) as db:
        return list(await db.scalars(found))
