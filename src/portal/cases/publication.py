"""What of a case the public sees: the sender's choice, and the staff's look before personal data get out."""

import re
from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession
from stdnum import iban
from stdnum.bg import egn

from portal.cases import history
from portal.cases.model import Actor, Case, EventKind, Publication, PublicationState
from portal.mail import messages
from portal.staff.model import Staff

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
TEN_DIGITS = re.compile(r"(?<!\d)\d{6} ?\d{4}(?!\d)")
IBAN = re.compile(r"\bBG\d{2}(?: ?[A-Z0-9]){18}\b", re.IGNORECASE)
CAR_PLATE = re.compile(r"(?<!\w)[АВЕКМНОРСТУХABEKMHOPCTYX]{1,2} ?-?\d{2} ?\d{2} ?-?[АВЕКМНОРСТУХABEKMHOPCTYX]{2}(?!\w)")
"""Letters that Cyrillic and Latin share, as Bulgarian plates have them."""


def looks_personal(text: str) -> bool:
    """Say whether `text` seems to hold an ЕГН, a phone, an e-mail address, an IBAN or a car's plate."""
    if EMAIL.search(text) or CAR_PLATE.search(text.upper()):
        return True
    if any(egn.is_valid(number) for number in TEN_DIGITS.findall(text)):
        return True
    if any(iban.is_valid(number) for number in IBAN.findall(text)):
        return True
    return any(True for _ in phonenumbers.PhoneNumberMatcher(text, "BG"))


def first_state(case: Case) -> PublicationState:
    """Publish at once what shows no sign of personal data; hold the rest until a member of the staff has looked."""
    if looks_personal(f"{case.title}\n{case.text}\n{case.place}\n{case.sender_name}"):
        return PublicationState.HELD
    return PublicationState.PUBLISHED


async def choose(db: AsyncSession, case: Case, choice: Publication, *, at: datetime) -> None:
    """The sender changes the choice; what the staff hold or withhold stays so."""
    if choice is case.publication:
        return
    before, case.publication = case.publication, choice
    event = await history.record(
        db, case, EventKind.PUBLICATION_CHOSEN, at=at, by=Actor.SENDER, before=before, after=choice
    )
    messages.changed(db, case, event)


@dataclass(frozen=True)
class PublicVersion:
    title: str
    text: str
    place: str


def _original(case: Case) -> PublicVersion:
    return PublicVersion(case.title, case.text, case.place)


def _set_version(case: Case, version: PublicVersion) -> None:
    is_original = version == _original(case)
    case.public_title = None if is_original else version.title
    case.public_text = None if is_original else version.text
    case.public_place = None if is_original else version.place


def public_version(case: Case) -> PublicVersion:
    """Return what stands, or would stand, in the register."""
    if case.public_title is None or case.public_text is None or case.public_place is None:
        return PublicVersion(case.title, case.text, case.place)
    return PublicVersion(case.public_title, case.public_text, case.public_place)


async def publish(db: AsyncSession, case: Case, version: PublicVersion, *, by: Staff, at: datetime) -> None:
    """Publish `version`; where it differs from what was sent it is a redaction, and the original stays with the staff.

    The history tells that it was redacted, never what was taken out. Nothing changes where nothing is new.
    """
    if version == public_version(case) and case.publication_state is PublicationState.PUBLISHED:
        return
    redacted = version != public_version(case) and version != _original(case)
    _set_version(case, version)
    case.publication_state = PublicationState.PUBLISHED
    kind = EventKind.REDACTED if redacted else EventKind.PUBLISHED
    messages.changed(db, case, await history.record(db, case, kind, at=at, by=by))


async def withhold(
    db: AsyncSession, case: Case, reason: str, version: PublicVersion | None = None, *, by: Staff, at: datetime
) -> None:
    """Take the case out of the register, whatever its sender chose; the reason is told to the sender.

    `version`: what would stand there, kept for when it is published again.
    """
    last = await history.events(db, case, {EventKind.WITHHELD})
    said = bool(last) and last[0].details["reason"] == reason
    if version is not None:
        _set_version(case, version)
    if case.publication_state is PublicationState.WITHHELD and said:
        return
    case.publication_state = PublicationState.WITHHELD
    event = await history.record(db, case, EventKind.WITHHELD, at=at, by=by, reason=reason)
    messages.changed(db, case, event)
