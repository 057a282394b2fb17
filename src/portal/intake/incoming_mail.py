"""What comes in by e-mail, each message once: a letter given back, or what a sender writes. Nothing is answered."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import BigInteger, ForeignKey, Identity, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, defer, mapped_column

from portal.cases.model import Case
from portal.db import Table, Word
from portal.handling import clarification
from portal.mail import outbox, reading
from portal.mail.outbox import Email
from portal.mail.reading import Letter
from portal.settings import Settings
from portal.tokens import Tokens

LARGEST = 12 << 20
"""Bytes kept of a message: more than mail servers let through. Of a larger one the rest is left out."""
LONGEST_ENTRY = 10_000
MOST_A_DAY = 20
"""Entries of one case: what a machine that nobody recognised sends goes to where the staff look at the rest."""
KEPT_FOR = timedelta(days=30)
MOST_SHOWN = 200


class Outcome(StrEnum):
    BOUNCED = "bounced"
    DELAYED = "delayed"
    ENTRY = "entry"
    AUTOMATIC = "automatic"
    UNKNOWN = "unknown"
    """Of nobody that we write to, as far as can be told: kept for the staff to look at."""


class IncomingMail(Table):
    __tablename__ = "incoming_mail"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    fingerprint: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    case_id: Mapped[int | None] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    sender: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    raw: Mapped[bytes]
    seen_at: Mapped[datetime | None]


async def receive(db: AsyncSession, raw: bytes, settings: Settings, *, to: str = "", at: datetime) -> Outcome | None:
    """Keep the message and do what it asks for, in one transaction; nothing where it was handed over before."""
    try:
        letter = reading.read(raw, to=to)
    except Exception:  # noqa: BLE001 - whatever the parser stumbles over is kept, and no reason to send it back
        letter = reading.unreadable(raw, to=to)
    values = {"sender": letter.sender, "subject": letter.subject, "text": letter.text, "raw": raw}
    new = insert(IncomingMail).values(fingerprint=letter.fingerprint, outcome=Outcome.UNKNOWN, at=at, **values)
    made = await db.scalar(new.on_conflict_do_nothing(index_elements=["fingerprint"]).returning(IncomingMail.id))
    if made is None:
        return None
    mail = await db.get_one(IncomingMail, made)
    if letter.bounce:
        mail.outcome = await _take_back(db, letter, Tokens.of(settings), settings, at=at)
    elif letter.is_automatic:
        mail.outcome = Outcome.AUTOMATIC
    else:
        await _enter(db, mail, letter, settings, at=at)
    return mail.outcome


async def _take_back(db: AsyncSession, letter: Letter, tokens: Tokens, settings: Settings, *, at: datetime) -> Outcome:
    """Note that a letter came back, at the letter and at the address.

    One sent again since, or to an address corrected since, is no more the one that came back.
    """
    assert letter.bounce is not None
    email = await _given_back(db, letter, tokens, settings)
    if email is None:
        return Outcome.UNKNOWN
    if not letter.bounce.is_final:
        return Outcome.DELAYED
    case = await db.get(Case, email.case_id, with_for_update=True) if email.case_id else None
    await db.refresh(email, with_for_update=True)
    if email.state == "queued" and not email.doubts:
        return Outcome.BOUNCED
    await outbox.bounced(db, email, letter.bounce.reason, at=at)
    if case and case.sender_email == email.recipient:
        case.address_fails = letter.bounce.reason
    return Outcome.BOUNCED


async def _given_back(db: AsyncSession, letter: Letter, tokens: Tokens, settings: Settings) -> Email | None:
    """Find the letter by the address its bounces go to; else by its Message-ID, where the report names its recipient.

    The Message-ID is no secret: who knows that of another's letter does not know to whom it went.
    """
    assert letter.bounce is not None
    for kind, number, whole in letter.addressed:
        email = await db.get(Email, number) if kind == "b" else None
        if email and tokens.is_mailbox(whole, "b", email.id, email.recipient):
            return email
    for email in await _emails(db, letter.bounce.message_ids, settings):
        if email.recipient.lower() in letter.bounce.recipients:
            return email
    return None


async def _enter(db: AsyncSession, mail: IncomingMail, letter: Letter, settings: Settings, *, at: datetime) -> None:
    """Put what the sender wrote into the history of the case. It confirms nothing: that is what the link is for."""
    case = await _answered(db, letter, Tokens.of(settings), settings)
    words = (letter.words or ("" if letter.files else letter.text))[:LONGEST_ENTRY]
    if case is None or not (words or letter.files) or await _is_flooded(db, case, at=at):
        return
    mail.case_id, mail.outcome = case.id, Outcome.ENTRY
    own = letter.sender == (case.sender_email or "").lower()
    if own:
        case.address_fails = None
    told = {"mail": mail.id, "files": list(letter.files)} | ({} if own else {"from": letter.sender})
    await clarification.write(db, case, words, at=at, **told)


async def _answered(db: AsyncSession, letter: Letter, tokens: Tokens, settings: Settings) -> Case | None:
    """Find the case, locked, by its signed address; else by a letter of ours that its sender's own address answers."""
    for kind, number, whole in letter.addressed:
        case = await db.get(Case, number, with_for_update=True) if kind == "c" else None
        if case and case.sender_email and tokens.is_mailbox(whole, "c", case.id, case.sender_email):
            return case
    for email in await _emails(db, letter.answered, settings):
        case = await db.get(Case, email.case_id, with_for_update=True) if email.case_id else None
        if case and case.sender_email and case.sender_email.lower() == letter.sender:
            return case
    return None


async def _emails(db: AsyncSession, ids: str, settings: Settings) -> Sequence[Email]:
    """Return the letters of ours whose Message-IDs stand in `ids`."""
    numbers = outbox.numbers(ids, urlsplit(settings.base_url).hostname or "localhost")
    return (await db.scalars(select(Email).where(Email.id.in_(numbers)).order_by(Email.id.desc()))).all()


async def _is_flooded(db: AsyncSession, case: Case, *, at: datetime) -> bool:
    today = (IncomingMail.case_id == case.id, IncomingMail.at > at - timedelta(days=1))
    return (await db.scalar(select(func.count()).select_from(IncomingMail).where(*today)) or 0) >= MOST_A_DAY


async def unknown(db: AsyncSession) -> list[IncomingMail]:
    """Return what nobody has looked at, newest first."""
    waits = (IncomingMail.outcome == Outcome.UNKNOWN, IncomingMail.seen_at.is_(None))
    newest = select(IncomingMail).options(defer(IncomingMail.raw)).where(*waits).order_by(IncomingMail.id.desc())
    return list(await db.scalars(newest.limit(MOST_SHOWN)))


async def read(db: AsyncSession, mail_id: int) -> IncomingMail | None:
    """Return one that the staff may read: an entry, or an unknown one."""
    mail = await db.get(IncomingMail, mail_id)
    return mail if mail and mail.outcome in {Outcome.ENTRY, Outcome.UNKNOWN} else None


def files(mail: IncomingMail) -> list[reading.File]:
    with contextlib.suppress(Exception):  # of one that can't be read at all
        return reading.files(mail.raw)
    return []


async def forget(db: AsyncSession, *, at: datetime) -> None:
    """Delete what became no entry; an entry stays as long as its case."""
    await db.execute(delete(IncomingMail).where(IncomingMail.outcome != Outcome.ENTRY, IncomingMail.at < at - KEPT_FOR))
