"""E-mails waiting to be sent: written in the same transaction as the event they tell of, claimed one by one."""

import random
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Identity,
    Select,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.follower import Follower
from portal.cases.model import Case, Event
from portal.db import Table
from portal.mail import pace as pacing
from portal.statements import number_given

LEASE = timedelta(seconds=30)
"""Renewed while a letter is in hand, however long its server takes: who lets it run out is dead."""
WHILE_AWAY = timedelta(seconds=30)
UNSENT = ("queued", "sending")
GIVEN_UP = ("failed", "bounced")
GIVE_UP_AFTER = timedelta(days=3)
MOST_SHOWN = 200
LONGEST_WAIT = timedelta(hours=4)
WHILE_IN_DOUBT = timedelta(hours=12)
MOST_DOUBTS = 3
"""A server that takes every letter and hangs up before it says so makes as many copies, and no more."""
KEPT_FOR = timedelta(days=30)
"""An e-mail of no case; one of a case stays as long as the case."""


class Email(Table):
    __tablename__ = "emails"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"))
    told: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What an e-mail that belongs to no case tells. It must hold no secret: links are signed when it is sent."""
    message: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[int] = mapped_column(default=0)
    """How often the text was handed over and no answer came."""
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    written_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    asked_again_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    once: Mapped[str | None]
    """Key of an e-mail that belongs to no case and is written only once, like a department's digest of a day."""
    claims: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    waits: Mapped[bool] = mapped_column(default=False)
    """For what else is done to the case within minutes, to be told of it in one letter."""
    carried_by: Mapped[int | None] = mapped_column(ForeignKey("emails.id", ondelete="CASCADE"))
    """Told in that one's letter: it is claimed, sent and noted with it."""

    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id, ondelete="CASCADE"))

    @property
    def may_join(self) -> bool:
        """Say whether it can still be told in another's letter: one that was tried may have arrived by itself."""
        return self.waits and self.state == "queued" and not self.claims and self.carried_by is None


def write(db: AsyncSession, case: Case, event: Event, message: str, subject: str, *, waits: bool = False) -> None:
    """Write `message` (templates/mail/{room}/{message}.txt and .html) to the sender; one without an address gets none.

    A second one of the same event to the same address is refused by the database.
    """
    if case.sender_email is None:
        return
    db.add(
        Email(
            case_id=case.id,
            event_id=event.id,
            message=message,
            recipient=case.sender_email,
            subject=subject,
            written_at=event.at,
            not_before=event.at,
            waits=waits,
        )
    )
    db.info["e-mails written"] = True


def write_apart(
    db: AsyncSession,
    recipient: str,
    message: str,
    subject: str,
    *,
    at: datetime,
    follower_id: int | None = None,
    **told: Any,
) -> None:
    """Write an e-mail that belongs to no case; its template reads `told`. It waits for no other."""
    email = Email(recipient=recipient, message=message, subject=subject, told=told, written_at=at, not_before=at)
    email.follower_id = follower_id
    db.add(email)
    db.info["e-mails written"] = True


async def write_once(
    db: AsyncSession, once: str, recipient: str, message: str, subject: str, *, at: datetime, **told: Any
) -> None:
    """Write an e-mail of no case, unless one under the name `once` was ever written."""
    row: dict[str, Any] = {"recipient": recipient, "message": message, "subject": subject, "told": told, "once": once}
    row |= {"written_at": at, "not_before": at}
    await db.execute(insert(Email).values(**row).on_conflict_do_nothing(index_elements=["once"]))
    db.info["e-mails written"] = True


async def about(db: AsyncSession, email: Email) -> tuple[Event, Case] | tuple[None, None]:
    """Return the event that the e-mail tells of, and its case; neither for one that belongs to no case."""
    if email.event_id is None:
        return None, None
    return await db.get_one(Event, email.event_id), await db.get_one(Case, email.case_id)


def has_written(db: AsyncSession) -> bool:
    """Say whether the worker has something to do once this transaction is committed."""
    return "e-mails written" in db.info


async def told_with(db: AsyncSession, email: Email) -> list[tuple[Email, Event]]:
    """Return what its letter tells as well, in the order it happened in."""
    carried = select(Email, Event).join(Event, Event.id == Email.event_id).where(Email.carried_by == email.id)
    return [(also, event) for also, event in await db.execute(carried.order_by(Email.id))]


def in_letter(email: Email) -> ColumnElement[bool]:
    return or_(Email.id == email.id, Email.carried_by == email.id)


async def renew(db: AsyncSession, email: Email, *, at: datetime, lease: timedelta = LEASE) -> None:
    """Say that whoever holds it lives."""
    await db.execute(update(Email).where(*_held(email)).values(lease_until=at + lease))


async def accepted(db: AsyncSession, email: Email, *, at: datetime) -> None:
    taken = pacing.taken(email.recipient).cte("taken")
    noted = (
        update(Email).where(*_held(email)).values(lease_until=None, state="accepted", accepted_at=at, last_error=None)
    )
    await db.execute(noted.add_cte(taken))


async def refused(db: AsyncSession, email: Email, error: str, *, for_good: bool, at: datetime) -> None:
    """Try again later, and let the domain rest that refuses letter after letter."""
    await not_made(db, email, error, for_good=for_good, at=at)
    if not for_good:
        await pacing.put_off(db, email.recipient, at=at)


async def not_made(db: AsyncSession, email: Email, error: str, *, for_good: bool, at: datetime) -> None:
    """Wait longer after each try, from half a minute to four hours; give up after three days or a permanent refusal.

    Up to a seventh less, by lot: what was refused together does not come back together.
    """
    wait = min(timedelta(seconds=30) * 2 ** min(email.attempts - 1, 9), LONGEST_WAIT)
    wait *= random.uniform(0.86, 1)  # noqa: S311 - guards nothing
    over = for_good or at + wait > (email.asked_again_at or email.written_at) + GIVE_UP_AFTER
    await _end_claim(db, email, state="failed" if over else "queued", not_before=at + wait, last_error=error[:500])


async def left_in_doubt(db: AsyncSession, email: Email, error: str, *, at: datetime) -> None:
    """Send it once more soon, for rather twice than never, and then once in half a day; then let a person look."""
    doubts = email.doubts + 1
    wait = timedelta(seconds=30) if doubts == 1 else WHILE_IN_DOUBT
    state = "failed" if doubts >= MOST_DOUBTS else "queued"
    await _end_claim(db, email, state=state, doubts=doubts, not_before=at + wait, last_error=error[:500])


async def postponed(db: AsyncSession, email: Email, error: str, *, at: datetime) -> None:
    """Wait for the mail server, however long it is away: that counts as no try of this letter."""
    again = {"attempts": email.attempts - 1, "not_before": at + WHILE_AWAY}
    await _end_claim(db, email, state="queued", last_error=error[:500], **again)


async def _end_claim(db: AsyncSession, email: Email, **values: object) -> None:
    """Write how this try ended, unless its lease ran out and another worker has claimed the e-mail since."""
    await db.execute(update(Email).where(*_held(email)).values(lease_until=None, **values))


def _held(email: Email) -> tuple[ColumnElement[bool], ...]:
    return in_letter(email), Email.state == "sending", Email.claims == email.claims


async def bounced(db: AsyncSession, email: Email, reason: str, *, at: datetime) -> None:
    """A server took it and gave it back; a DSN can be here before our own note that the letter was taken."""
    back = {"state": "bounced", "bounced_at": at, "last_error": reason, "lease_until": None}
    await db.execute(update(Email).where(in_letter(email)).values(back))


async def arrived(db: AsyncSession, email: Email) -> None:
    """It was taken for one that came back, and did arrive."""
    there = {"state": "accepted", "accepted_at": func.coalesce(Email.accepted_at, Email.bounced_at)}
    came_back = (in_letter(email), Email.state == "bounced")
    await db.execute(update(Email).where(*came_back).values(**there, bounced_at=None, last_error=None))


def _given_up() -> ColumnElement[bool]:
    """In the words of its index."""
    return Email.state.in_([literal(one, Email.state.type, literal_execute=True) for one in GIVEN_UP])


async def failed(db: AsyncSession) -> list[Email]:
    """Return what was given up on or came back, newest first. To who has not confirmed nothing can be sent again."""
    shown = or_(Case.received_at.is_not(None), Email.case_id.is_(None))
    ours = (Email.carried_by.is_(None), Email.follower_id.is_(None))
    found = select(Email).join(Case, isouter=True).where(_given_up(), shown, *ours)
    return list(await db.scalars(found.order_by(Email.id.desc()).limit(MOST_SHOWN)))


async def undelivered_to(db: AsyncSession, recipients: Collection[str]) -> dict[str, str]:
    """Return to whom an e-mail of no case was given up on, and why."""
    of_no_case = (Email.case_id.is_(None), _given_up(), Email.recipient.in_(recipients))
    found = await db.execute(select(Email.recipient, Email.last_error).where(*of_no_case).order_by(Email.id))
    return {recipient: error or "" for recipient, error in found}


def undelivered_cases() -> Select[int | None]:
    """Select the cases of which an e-mail did not arrive."""
    return select(Email.case_id).where(_given_up(), Email.follower_id.is_(None))


WAITING = select(func.count().label("number"), func.min(Email.written_at).label("oldest")).where(
    Email.state.in_(UNSENT)
)
"""How many e-mails are still to be sent, and when the oldest of them was written."""


async def send_again(db: AsyncSession, email: Email, recipient: str, *, at: datetime) -> None:
    """Queue what was given up on once more; pressed twice, or while it is being sent, it leaves once."""
    given_up = (in_letter(email), Email.state.in_(GIVEN_UP))
    anew = {
        "state": "queued",
        "recipient": recipient,
        "attempts": 0,
        "doubts": 0,
        "not_before": at,
        "asked_again_at": at,
        "accepted_at": None,
        "bounced_at": None,
    }
    await db.execute(update(Email).where(*given_up).values(anew))
    db.info["e-mails written"] = True


class Letter(msgspec.Struct, frozen=True):
    """How the e-mail that tells of an event stands."""

    id: int
    event_id: int
    state: str
    accepted_at: datetime | None
    bounced_at: datetime | None
    last_error: str | None


OF_CASE = select(Email.id, Email.event_id, Email.state, Email.accepted_at, Email.bounced_at, Email.last_error).where(
    Email.case_id == number_given("case"), Email.follower_id.is_(None), Email.event_id.is_not(None)
)


def numbers(ids: str, host: str) -> list[int]:
    """Return the numbers of our letters whose Message-IDs are among `ids`."""
    found = re.findall(rf"<email-(\d{{1,18}})@{re.escape(host)}>", ids, re.IGNORECASE)
    return [int(number) for number in found[:MOST_SHOWN]]


async def forget(db: AsyncSession, *, at: datetime) -> None:
    """Delete what belongs to no case and waits no more."""
    over = (Email.case_id.is_(None), Email.state.in_(("accepted", *GIVEN_UP)), Email.written_at < at - KEPT_FOR)
    await db.execute(delete(Email).where(*over))
