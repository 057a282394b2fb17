"""What of a case the public sees: the sender's choice, and the staff's look before personal data get out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history, personal
from portal.cases.model import Actor, Case, Event, EventKind, Publication, PublicationState
from portal.mail import messages
from portal.staff.model import Staff


def first_state(case: Case) -> PublicationState:
    """Publish at once what shows no sign of personal data; hold the rest until a member of the staff has looked."""
    tells = personal.tells(case.sender_name) or tells_who(case)
    return PublicationState.HELD if tells else PublicationState.PUBLISHED


def tells_who(case: Case) -> bool:
    """Say whether what would stand in the register gives somebody away."""
    version = public_version(case)
    reply = case.public_reply or case.reply or ""
    return personal.tells(f"{version.title}\n{version.text}\n{version.place}\n{reply}", sender_to_hide(case))


def sender_to_hide(case: Case) -> str:
    """Return the name that must not show: a sender who wants to be named is."""
    return "" if case.publication is Publication.NAMED else case.sender_name


async def choose(db: AsyncSession, case: Case, choice: Publication, *, at: datetime) -> None:
    """The sender changes the choice; what the staff hold or withhold stays so.

    A name that was to be seen, or a reply that nobody else was to read, is looked at before the rest is shown.
    """
    if choice is case.publication:
        return
    before, case.publication = case.publication, choice
    opens = choice is Publication.UNNAMED or before is Publication.PRIVATE
    if opens and case.publication_state is PublicationState.PUBLISHED and tells_who(case):
        case.publication_state = PublicationState.HELD
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


def rename(case: Case, title: str, place: str) -> None:
    """Give the case another title and place, in the register too; there what was redacted keeps its public words.

    What the public would read anew is held for a look where it looks like personal data.
    """
    public, original = public_version(case), _original(case)
    case.title, case.place = title, place
    version = PublicVersion(
        title=title if public.title == original.title else public.title,
        text=public.text,
        place=place if public.place == original.place else public.place,
    )
    _set_version(case, version)
    if (
        case.is_public
        and version != public
        and personal.tells(f"{version.title}\n{version.place}", sender_to_hide(case))
    ):
        case.publication_state = PublicationState.HELD


async def replies(db: AsyncSession, case: Case) -> list[Event]:
    """Return every version of the reply, the newest first: the public history shows each."""
    return await history.events(db, case, {EventKind.REPLIED})


def public_reply(event: Event) -> str:
    """Return what stands, or would stand, in the register of this version of the reply."""
    return event.public_text if event.public_text is not None else str(event.details["text"])


async def _set_replies(db: AsyncSession, case: Case, texts: Mapping[int, str]) -> bool:
    """Give versions of the reply, by their events, the text the public reads; say whether one is new and redacted."""
    versions, redacted = await replies(db, case), False
    for event in versions:
        text = texts.get(event.id, public_reply(event))
        redacted |= text not in {public_reply(event), event.details["text"]}
        event.public_text = None if text == event.details["text"] else text
    if versions:
        case.public_reply = versions[0].public_text
    return redacted


async def is_news(db: AsyncSession, case: Case, version: PublicVersion, texts: Mapping[int, str]) -> bool:
    """Say whether the public would read anything else than now."""
    now = {event.id: public_reply(event) for event in await replies(db, case)}
    return version != public_version(case) or any(now[which] != text for which, text in texts.items())


async def publish(
    db: AsyncSession,
    case: Case,
    version: PublicVersion,
    texts: Mapping[int, str] | None = None,
    *,
    by: Staff,
    at: datetime,
) -> None:
    """Publish `version`; where it differs from what was sent it is a redaction, and the original stays with the staff.

    `texts`: of the reply's versions, by their events. The history tells that it was redacted, never what was taken out.
    Nothing changes where nothing is new.
    """
    texts = texts or {}
    if not await is_news(db, case, version, texts) and case.publication_state is PublicationState.PUBLISHED:
        return
    redacted = version not in {public_version(case), _original(case)}
    _set_version(case, version)
    redacted |= await _set_replies(db, case, texts)
    case.publication_state = PublicationState.PUBLISHED
    kind = EventKind.REDACTED if redacted else EventKind.PUBLISHED
    messages.changed(db, case, await history.record(db, case, kind, at=at, by=by))


async def withhold(
    db: AsyncSession,
    case: Case,
    reason: str,
    version: PublicVersion | None = None,
    texts: Mapping[int, str] | None = None,
    *,
    by: Staff,
    at: datetime,
) -> None:
    """Take the case out of the register, whatever its sender chose; the reason is told to the sender.

    `version` and `texts`: what would stand there, kept for when it is published again.
    """
    last = await history.events(db, case, {EventKind.WITHHELD})
    said = bool(last) and last[0].details["reason"] == reason
    if version is not None:
        _set_version(case, version)
        await _set_replies(db, case, texts or {})
    if case.publication_state is PublicationState.WITHHELD and said:
        return
    case.publication_state = PublicationState.WITHHELD
    event = await history.record(db, case, EventKind.WITHHELD, at=at, by=by, reason=reason)
    messages.changed(db, case, event)
