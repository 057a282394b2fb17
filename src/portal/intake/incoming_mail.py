"""Takes what comes in by e-mail, each message once: a returned letter, or what a sender writes. Answers nothing.

Who wrote it is a guess. Whatever was taken for a machine's, or not understood, the staff find at its case or among the
letters, and set right.
"""

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Identity, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, defer, mapped_column

from portal.cases.model import Case, Event, EventKind
from portal.db import Table, Word
from portal.handling import clarification
from portal.mail import bounces, outbox, reading
from portal.mail.authors import Author
from portal.mail.outbox import Email
from portal.mail.reading import Letter
from portal.settings import Settings
from portal.staff.model import Staff
from portal.statements import number_given
from portal.tokens import Tokens

LARGEST = 12 << 20
"""Bytes kept of a message, more than mail servers let through. The rest of a larger one is left out."""
LONGEST_ENTRY = 10_000
MOST_A_DAY = 20
"""Entries of one case: what a machine that nobody recognised sends goes to where the staff look at the rest."""
KEPT_FOR = timedelta(days=30)
MOST_SHOWN = 200
LONGEST_REPORT = 20_000


class Outcome(StrEnum):
    BOUNCED = "bounced"
    DELAYED = "delayed"
    REPORT = "report"
    """A mail server's about a letter of ours, which can't be understood: for the staff to look at."""
    ENTRY = "entry"
    AUTOMATIC = "automatic"
    UNKNOWN = "unknown"
    """From an unknown address, or about a case that takes no entry: for the staff to look at."""


class IncomingMail(Table):
    __tablename__ = "incoming_mail"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    fingerprint: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    case_id: Mapped[int | None] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    email_id: Mapped[int | None] = mapped_column(ForeignKey(Email.id, ondelete="CASCADE"))
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
    office = Office(db, Tokens.of(settings), urlsplit(settings.base_url).hostname or "localhost")
    if letter.author is Author.SERVER:
        await _take_report(office, mail, letter, raw, at=at)
    elif letter.author is Author.MACHINE:
        email = await office.letter_at(letter)
        case = await office.answered(letter, email)
        mail.outcome = Outcome.AUTOMATIC
        mail.case_id, mail.email_id = case.id if case else None, email.id if email else None
    else:
        await _enter(office, mail, letter, at=at)
    return mail.outcome


@dataclass(frozen=True)
class Office:
    """Finds what a message is about."""

    db: AsyncSession
    tokens: Tokens
    host: str

    async def letter_at(self, letter: Letter) -> Email | None:
        """Find the letter of ours by the address that its bounces go to."""
        for kind, number, whole in letter.addressed:
            email = await self.db.get(Email, number) if kind == "b" else None
            if email and self.tokens.is_mailbox(whole, "b", email.id, email.recipient):
                return email
        return None

    async def given_back(self, letter: Letter, raw: bytes) -> Email | None:
        """Find the letter by its address; else by its Message-ID, where the report names its recipient.

        The Message-ID is no secret: who knows that of another's letter does not know to whom it went.
        """
        if email := await self.letter_at(letter):
            return email
        told = (letter.text[:LONGEST_REPORT] + raw[-LONGEST_REPORT:].decode("utf-8", "replace")).lower()
        ids = letter.bounce.message_ids if letter.bounce else told
        for email in await self.letters(ids):
            if email.recipient.lower() in (letter.bounce.recipients if letter.bounce else told):
                return email
        return None

    async def answered(self, letter: Letter, email: Email | None) -> Case | None:
        """Find the case, locked, by its signed address or that of a letter to its sender.

        Else by a letter of ours that its sender's own address answers.
        """
        for kind, number, whole in letter.addressed:
            case = await self._case(number) if kind == "c" else None
            if case and case.sender_email and self.tokens.is_mailbox(whole, "c", case.id, case.sender_email):
                return case
        for one in [email] if email else await self.letters(letter.answered):
            case = await self._case(one.case_id) if one.follower_id is None else None
            known = {letter.sender, one.recipient.lower()} if email else {letter.sender}
            if case and case.sender_email and case.sender_email.lower() in known:
                return case
        return None

    async def letters(self, ids: str) -> Sequence[Email]:
        """Return our letters whose Message-IDs are among `ids`."""
        numbers = outbox.numbers(ids, self.host)
        return (await self.db.scalars(select(Email).where(Email.id.in_(numbers)).order_by(Email.id.desc()))).all()

    async def _case(self, number: int | None) -> Case | None:
        return await self.db.get(Case, number, with_for_update=True) if number else None


async def _take_report(office: Office, mail: IncomingMail, letter: Letter, raw: bytes, *, at: datetime) -> None:
    """Note what a mail server tells, at the letter that it tells of."""
    email = await office.given_back(letter, raw)
    if email is None:
        case = await office.answered(letter, None)
        mail.case_id = case.id if case else None
        mail.outcome = Outcome.UNKNOWN if letter.bounce else Outcome.AUTOMATIC
        return
    mail.email_id, mail.case_id = email.id, None if email.follower_id else email.case_id
    bounce = letter.bounce
    if bounce is None or (bounce.is_guess and email.recipient.lower() not in bounce.recipients):
        mail.outcome = Outcome.REPORT
    elif bounce.is_final:
        mail.outcome = Outcome.BOUNCED
        await _take_back(office.db, email, bounce.reason, at=at)
    else:
        mail.outcome = Outcome.DELAYED


async def _take_back(db: AsyncSession, email: Email, reason: str, *, at: datetime) -> None:
    """Note that a letter came back, at the letter and at the address.

    One sent again since, or to an address corrected since, is no more the one that came back.
    """
    case = await db.get(Case, email.case_id, with_for_update=True) if email.case_id else None
    await db.refresh(email, with_for_update=True)
    if email.state == "queued" and not email.doubts:
        return
    await outbox.bounced(db, email, reason, at=at)
    if case and case.sender_email == email.recipient:
        case.address_fails = reason


async def _enter(office: Office, mail: IncomingMail, letter: Letter, *, at: datetime) -> None:
    """Put what the sender wrote into the history of the case. It confirms nothing: that is what the link is for."""
    email = await office.letter_at(letter)
    case = await office.answered(letter, email)
    if case is None:
        return
    if letter.sender == (case.sender_email or "").lower():
        case.address_fails = None
    says_something = bool(letter.text or letter.files)
    if case.is_received and says_something and not await _is_flooded(office.db, case, at=at):
        await _write(office.db, mail, case, letter, is_doubtful=letter.author is Author.DOUBTFUL, at=at)
    mail.case_id = case.id


async def _write(
    db: AsyncSession, mail: IncomingMail, case: Case, letter: Letter, *, is_doubtful: bool, at: datetime
) -> None:
    mail.case_id, mail.outcome = case.id, Outcome.ENTRY
    words = letter.words or ("" if letter.files else letter.text)
    set_apart = letter.rest if letter.words or letter.files else ""
    rest = "\n\n".join(filter(None, (words[LONGEST_ENTRY:], set_apart)))
    told: dict[str, object] = {"mail": mail.id, "files": list(letter.files)}
    told |= {"rest": rest[:LONGEST_ENTRY]} if rest else {}
    told |= {} if letter.sender == (case.sender_email or "").lower() else {"from": letter.sender}
    await clarification.write(db, case, words[:LONGEST_ENTRY], at=at, is_doubtful=is_doubtful, **told)


async def _is_flooded(db: AsyncSession, case: Case, *, at: datetime) -> bool:
    entries = (IncomingMail.case_id == case.id, IncomingMail.outcome == Outcome.ENTRY)
    today = (*entries, IncomingMail.at > at - timedelta(days=1))
    return (await db.scalar(select(func.count()).select_from(IncomingMail).where(*today)) or 0) >= MOST_A_DAY


def _outcomes(*which: Outcome) -> ColumnElement[bool]:
    """In the words of the indexes."""
    return IncomingMail.outcome.in_([literal(one, IncomingMail.outcome.type, literal_execute=True) for one in which])


def _of_follower() -> ColumnElement[bool]:
    """About a letter to somebody who follows, whose address is shown to nobody."""
    return select(Email.id).where(Email.id == IncomingMail.email_id, Email.follower_id.is_not(None)).exists()


_ASKS_FOR_A_LOOK = (_outcomes(Outcome.UNKNOWN, Outcome.REPORT), IncomingMail.seen_at.is_(None), ~_of_follower())
UNSEEN = select(func.count().label("number")).select_from(IncomingMail).where(*_ASKS_FOR_A_LOOK)
"""How many nobody has looked at."""


async def unseen(db: AsyncSession) -> list[IncomingMail]:
    """Return what nobody has looked at, newest first: of strangers, and what servers say."""
    return await _newest(db, *_ASKS_FOR_A_LOOK)


async def automatic(db: AsyncSession) -> list[IncomingMail]:
    """Return what was taken for a machine's, newest first."""
    return await _newest(db, _outcomes(Outcome.AUTOMATIC), ~_of_follower())


async def about(db: AsyncSession, email: Email) -> list[IncomingMail]:
    """Return what came in about the letter, newest first."""
    return await _newest(db, IncomingMail.email_id == email.id)


async def _newest(db: AsyncSession, *which: ColumnElement[bool]) -> list[IncomingMail]:
    shown = select(IncomingMail).options(defer(IncomingMail.raw)).where(*which)
    return list(await db.scalars(shown.order_by(IncomingMail.id.desc()).limit(MOST_SHOWN)))


class Beside(msgspec.Struct, frozen=True):
    """What came in about a case and is in no event of its history."""

    id: int
    at: datetime
    outcome: Outcome
    email_id: int | None
    sender: str
    subject: str


BESIDE_CASE = (
    select(
        IncomingMail.id,
        IncomingMail.at,
        IncomingMail.outcome,
        IncomingMail.email_id,
        IncomingMail.sender,
        IncomingMail.subject,
    )
    .where(IncomingMail.case_id == number_given("case"), IncomingMail.outcome != Outcome.ENTRY)
    .order_by(IncomingMail.id.desc())
    .limit(MOST_SHOWN)
)


async def case_of(db: AsyncSession, mail: IncomingMail, *, lock: bool = False) -> Case | None:
    """Return the case that it is about, confirmed or not."""
    return await db.get(Case, mail.case_id, with_for_update=lock) if mail.case_id else None


async def entry_of(db: AsyncSession, mail: IncomingMail) -> Event | None:
    """Return the event that holds what the mail says."""
    is_it = (Event.case_id == mail.case_id, Event.details["mail"].as_integer() == mail.id)
    return await db.scalar(select(Event).where(*is_it).order_by(Event.id.desc()).limit(1))


async def take_for_the_senders(db: AsyncSession, mail: IncomingMail, case: Case, *, by: Staff, at: datetime) -> None:
    """A person wrote it after all: it enters the history, or answers what was asked."""
    if mail.outcome is Outcome.ENTRY:
        await clarification.take_for_answer(db, case, by=by, at=at, mail=mail.id)
    elif mail.outcome in {Outcome.AUTOMATIC, Outcome.UNKNOWN, Outcome.REPORT}:
        await _write(db, mail, case, _read_again(mail), is_doubtful=False, at=at)
        mail.seen_at = mail.seen_at or at


async def take_for_no_answer(db: AsyncSession, mail: IncomingMail, case: Case, *, by: Staff, at: datetime) -> None:
    """It ended the wait for the sender, and is no answer; once only, and not where something was done since."""
    entry = await entry_of(db, mail)
    if entry and entry.kind is EventKind.CLARIFIED and case.status is case.status_in_work:
        await clarification.wait_on(db, case, by=by, at=at)


async def take_for_bounce(db: AsyncSession, mail: IncomingMail, *, at: datetime) -> None:
    """The letter that the server tells of did not arrive."""
    email = await db.get(Email, mail.email_id) if mail.email_id else None
    if email and mail.outcome is Outcome.REPORT:
        mail.outcome, mail.seen_at = Outcome.BOUNCED, mail.seen_at or at
        await _take_back(db, email, bounces.reason("", mail.text), at=at)


async def take_for_no_bounce(db: AsyncSession, mail: IncomingMail) -> None:
    """The letter that the server tells of did arrive."""
    email = await db.get(Email, mail.email_id) if mail.email_id else None
    if email and mail.outcome is Outcome.BOUNCED:
        case = await db.get(Case, email.case_id, with_for_update=True) if email.case_id else None
        await outbox.arrived(db, email)
        if case and case.sender_email == email.recipient:
            case.address_fails = None


def _read_again(mail: IncomingMail) -> Letter:
    try:
        return reading.read(mail.raw, to="")
    except Exception:  # noqa: BLE001 - as it was received
        return reading.unreadable(mail.raw, to="")


def files(mail: IncomingMail) -> list[reading.File]:
    with contextlib.suppress(Exception):  # of one that can't be read at all
        return reading.files(mail.raw)
    return []


async def forget(db: AsyncSession, *, at: datetime) -> None:
    """Delete what became no entry; an entry stays as long as its case."""
    await db.execute(delete(IncomingMail).where(IncomingMail.outcome != Outcome.ENTRY, IncomingMail.at < at - KEPT_FOR))


async def outlive(db: AsyncSession, case_ids: Collection[int]) -> None:
    """Keep what came in about cases that end unconfirmed."""
    await db.execute(update(IncomingMail).where(IncomingMail.case_id.in_(case_ids)).values(case_id=None, email_id=None))
