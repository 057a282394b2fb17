"""How a case comes in: submitted through the form, then confirmed from the sender's e-mail."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import deadlines, history, numbers, publication
from portal.cases.model import Actor, Case, Channel, Event, EventKind, Kind, Publication, PublicationState, Status
from portal.clock import local_date
from portal.languages import Language
from portal.mail import messages
from portal.mail.outbox import Email
from portal.settings import Municipality
from portal.staff.model import Staff

SHORTEST_TEXT, LONGEST_TEXT, LONGEST_TITLE = 10, 8000, 120
"""Letters."""
REMIND_AFTER = timedelta(hours=24)
FORGET_AFTER = timedelta(hours=72)
MOST_LINKS = 6
"""Links e-mailed for one case, to whatever address: enough for honest mistakes, useless for pestering strangers."""
BETWEEN_LINKS = timedelta(seconds=60)
MOST_UNCONFIRMED = 6
"""Links that an address is sent within an hour while none of them is used: it may be a stranger's."""
SAME_WITHIN = timedelta(hours=24)
"""As long as a device keeps a draft."""


class TooManyLinks(Exception):  # noqa: N818 - reads as what it says
    """To one address, which confirms none. Nothing is kept."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a person sent, already validated. `draft`: the form's idempotency key. `phone` is E.164.

    Phone and e-mail may be empty where the staff enter it.
    """

    draft: str
    kind: Kind
    name: str
    phone: str
    email: str
    title: str
    text: str
    place: str
    topic: str | None
    publication: Publication
    language: Language = Language.BULGARIAN
    similar: Sequence[dict[str, object]] = ()
    """Cases of the register that the sender says are the same: the id and incoming number of each."""

    @property
    def says(self) -> dict[str, Any]:
        """What the event of the submission keeps."""
        return {"similar": list(self.similar)} if self.similar else {}


async def recognised(db: AsyncSession, sent: Submission, *, at: datetime) -> Submission:
    """Return it under the draft key of what the same sender said in the same words today.

    The back button may load the form anew, with another key. Two at once pass one after the other.
    """
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(sent.email.lower(), 0))))
    of_sender = (func.lower(Case.sender_email) == sent.email.lower(), Case.submitted_at > at - SAME_WITHIN)
    said = (Case.kind == sent.kind, Case.text == sent.text, Case.place == sent.place)
    draft = await db.scalar(select(Case.draft).where(*of_sender, *said).order_by(Case.id.desc()).limit(1))
    return sent if draft is None else replace(sent, draft=draft)


async def submit(db: AsyncSession, sent: Submission, *, at: datetime) -> Case:
    """Keep what was sent and ask the sender, by e-mail, to confirm it. Raise TooManyLinks.

    A form sent again (double tap, resent POST) finds its case by the draft key; the unique index decides between two at
    once. With another text it is another case, though the form came back with the same key (the back button); the same
    text with another address, not yet confirmed, corrects the address.
    """
    values = _values(sent)
    new = insert(Case).values(
        **values,
        draft=sent.draft,
        sender_email=sent.email,
        address_version=1,
        status=Status.AWAITING_CONFIRMATION,
        publication_state=PublicationState.HELD,
        submitted_at=at,
    )
    made = await db.scalar(new.on_conflict_do_nothing(index_elements=["draft"]).returning(Case.id))
    case = await _locked(db, Case.draft == sent.draft)
    assert case is not None
    if made is not None:
        if await _links_unused(db, sent.email, at=at) >= MOST_UNCONFIRMED:
            await db.execute(delete(Case).where(Case.id == made))
            raise TooManyLinks
        await _ask(db, case, EventKind.SUBMITTED, at=at, **sent.says)
    elif case.text != sent.text:
        other = hashlib.sha256(f"{sent.draft} {sent.text}".encode()).hexdigest()
        return await submit(db, replace(sent, draft=other), at=at)
    elif not case.is_received:
        for name, value in values.items():
            setattr(case, name, value)
        await correct_address(db, case, sent.email, at=at)
    return case


async def confirm(db: AsyncSession, case_id: int, municipality: Municipality, *, at: datetime) -> Case | None:
    """Receive the case: give it its number, its hour and its due date. Twice, or from two devices, changes nothing."""
    case = await _locked(db, Case.id == case_id)
    if case is None or case.is_received:
        return case
    await _receive(db, case, municipality, by=Actor.SENDER, at=at)
    return case


async def enter(
    db: AsyncSession, sent: Submission, channel: Channel, municipality: Municipality, *, by: Staff, at: datetime
) -> Case:
    """Receive at once what came by telephone, by letter or at the counter: there is nothing to confirm."""
    new = insert(Case).values(
        **_values(sent),
        draft=sent.draft,
        channel=channel,
        sender_email=sent.email or None,
        address_version=1,
        status=Status.AWAITING_CONFIRMATION,
        publication_state=PublicationState.HELD,
        submitted_at=at,
    )
    made = await db.scalar(new.on_conflict_do_nothing(index_elements=["draft"]).returning(Case.id))
    case = await _locked(db, Case.draft == sent.draft)
    assert case is not None
    if made is not None:
        await _receive(db, case, municipality, by=by, at=at)
    return case


async def _receive(
    db: AsyncSession, case: Case, municipality: Municipality, *, by: Staff | Actor, at: datetime
) -> None:
    today = local_date(at)
    calendar = await deadlines.calendar(db)
    sequence = await numbers.take(db, today.year)
    case.status = Status.RECEIVED
    case.received_at = at
    case.incoming_year, case.incoming_seq = today.year, sequence
    case.incoming_number = numbers.written(case.kind, sequence, today, municipality.prefixes)
    case.first_due_on = case.due_on = deadlines.first_due_on(today, municipality.days, calendar)
    case.publication_state = publication.first_state(case)
    event = await history.record(db, case, EventKind.RECEIVED, at=at, by=by, due_on=case.due_on)
    messages.received(db, case, event)


async def submitted(db: AsyncSession, case_id: int, *, at: datetime, lock: bool = False) -> Case | None:
    """Return the case while it can be confirmed, and once it is received.

    Locked to confirm it: its address may just be being corrected, which ends the link sent to the old one.
    """
    case = await db.get(Case, case_id, with_for_update=lock)
    if case is None or case.is_received or case.submitted_at > at - FORGET_AFTER:
        return case
    return None


async def unconfirmed(db: AsyncSession, case_id: int, *, at: datetime) -> Case | None:
    """Return the case, locked, while it can still be confirmed."""
    alive = Case.submitted_at > at - FORGET_AFTER
    return await _locked(db, (Case.id == case_id) & (Case.status == Status.AWAITING_CONFIRMATION) & alive)


async def resend(db: AsyncSession, case: Case, *, at: datetime) -> bool:
    """E-mail the link again; say whether it may be done so soon, or once more."""
    links = await _links_sent(db, case)
    assert case.sender_email is not None
    if len(links) >= MOST_LINKS or links[0].at > at - BETWEEN_LINKS:
        return False
    if await _links_unused(db, case.sender_email, at=at) >= MOST_UNCONFIRMED:
        return False
    await _ask(db, case, EventKind.CONFIRMATION_RESENT, at=at)
    return True


async def correct_address(db: AsyncSession, case: Case, email: str, *, at: datetime) -> bool:
    """Send the link to the right address; the one sent to the mistyped address ends. False: changed too often."""
    if email == case.sender_email:
        return True
    if len(await _links_sent(db, case)) >= MOST_LINKS or await _links_unused(db, email, at=at) >= MOST_UNCONFIRMED:
        return False
    case.sender_email, case.address_fails = email, None
    case.address_version += 1
    await _ask(db, case, EventKind.ADDRESS_CORRECTED, at=at)
    return True


async def remind(db: AsyncSession, *, at: datetime) -> int:
    """Remind, once, those who have not confirmed for a day; return how many."""
    reminded = select(Event.id).where(Event.case_id == Case.id, Event.kind == EventKind.CONFIRM_REMINDED).exists()
    late = Case.submitted_at <= at - REMIND_AFTER
    waiting = Case.status == Status.AWAITING_CONFIRMATION
    found = await db.scalars(select(Case).where(waiting, late, ~reminded).with_for_update(skip_locked=True))
    cases = list(found)
    for case in cases:
        event = await history.record(
            db, case, EventKind.CONFIRM_REMINDED, at=at, by=Actor.SYSTEM, address_version=case.address_version
        )
        messages.confirm_reminder(db, case, event)
    return len(cases)


async def forget(db: AsyncSession, *, at: datetime) -> int:
    """Delete what nobody confirmed within 72 hours, with its history and e-mails; return how many."""
    gone = delete(Case).where(Case.status == Status.AWAITING_CONFIRMATION, Case.submitted_at <= at - FORGET_AFTER)
    return len((await db.execute(gone.returning(Case.id))).all())


def _values(sent: Submission) -> dict[str, object]:
    return {
        "kind": sent.kind,
        "title": sent.title or heading(sent.text),
        "text": sent.text,
        "place": sent.place,
        "topic_code": sent.topic,
        "sender_name": sent.name,
        "sender_phone": sent.phone or None,
        "publication": sent.publication,
        "language": sent.language,
    }


def heading(text: str) -> str:
    """Return the beginning of `text`, cut between words, for a case submitted without a title."""
    longest = 70
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[:longest].rsplit(" ", 1)[0].rstrip(" ,.;:–-")
    return f"{cut}…"


async def _ask(db: AsyncSession, case: Case, kind: EventKind, *, at: datetime, **more: Any) -> None:
    event = await history.record(db, case, kind, at=at, by=Actor.SENDER, address_version=case.address_version, **more)
    messages.please_confirm(db, case, event)


async def _links_sent(db: AsyncSession, case: Case) -> list[Event]:
    asked = (EventKind.SUBMITTED, EventKind.CONFIRMATION_RESENT, EventKind.ADDRESS_CORRECTED)
    return await history.events(db, case, asked)


async def _links_unused(db: AsyncSession, address: str, *, at: datetime) -> int:
    """Count the links sent to the address in the last hour for what is still unconfirmed."""
    to_it = (Email.message == "please_confirm", func.lower(Email.recipient) == address.lower())
    unused = (Case.status == Status.AWAITING_CONFIRMATION, Email.written_at > at - timedelta(hours=1))
    return await db.scalar(select(func.count()).select_from(Email).join(Case).where(*to_it, *unused)) or 0


async def _locked(db: AsyncSession, which: ColumnElement[bool]) -> Case | None:
    return await db.scalar(select(Case).where(which).with_for_update().execution_options(populate_existing=True))
