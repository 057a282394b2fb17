"""What of a case the public sees: the sender's choice, and the staff's look before personal data get out.

The words are chosen here; which columns and events are shown at all is decided by the views of sql/0005_register.sql.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Actor, Case, Channel, Event, EventKind, Publication, PublicationState
from portal.mail import messages
from portal.publishing import personal_data
from portal.staff.model import Staff

CHOSEN = EventKind.NO_PROCEEDINGS
"""Its ground is chosen from a closed list; in the register of an older portal it is whatever somebody wrote."""
READ = {
    EventKind.REPLIED: ("text",),
    EventKind.EXTENDED: ("reason",),
    EventKind.FORWARDED: ("to", "ground"),
    CHOSEN: ("ground",),
}
"""By kind of event, the details in somebody's own words that the view public_events shows."""


@dataclass(frozen=True)
class Words:
    """What an event says in somebody's own words, and everybody reads in the public history."""

    event: Event
    name: str
    """The name of the detail."""

    @property
    def key(self) -> tuple[int, str]:
        return (self.event.id, self.name)

    @property
    def original(self) -> str:
        return str(self.event.details[self.name])

    @property
    def public(self) -> str:
        """What the register shows, or would show."""
        return (self.event.public_words or {}).get(self.name, self.original)


def first_state(case: Case) -> PublicationState:
    """Publish at once what shows no sign of personal data; hold the rest until a member of the staff has looked."""
    tells = personal_data.tells(case.sender_name) or tells_who(case)
    return PublicationState.HELD if tells else PublicationState.PUBLISHED


def tells_who(case: Case, words: Iterable[Words] = ()) -> bool:
    """Say whether what the register would show gives somebody away: the texts, and the words of the history."""
    version = public_version(case)
    read = [version.title, version.text, version.place, *(one.public for one in words)]
    return personal_data.tells("\n".join(read), sender_to_hide(case))


def sender_to_hide(case: Case) -> str:
    """Return the name that must not show: a sender who wants to be named is."""
    return "" if case.publication is Publication.NAMED else case.sender_name


async def choose(db: AsyncSession, case: Case, choice: Publication, *, at: datetime) -> None:
    """The sender changes the choice; what the staff hold or withhold stays so.

    A name that was to be seen, or words that nobody else was to read, are looked at before the rest is shown.
    """
    if choice is case.publication:
        return
    before, case.publication = case.publication, choice
    opens = choice is Publication.UNNAMED or before is Publication.PRIVATE
    if opens and case.publication_state is PublicationState.PUBLISHED and tells_who(case, await words_of(db, case)):
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
    """Return what the register shows, or would show."""
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
        and personal_data.tells(f"{version.title}\n{version.place}", sender_to_hide(case))
    ):
        case.publication_state = PublicationState.HELD


Texts = Mapping[tuple[int, str], str]
"""The public wording of events, by the event and the detail."""


async def words_of(db: AsyncSession, case: Case) -> list[Words]:
    """Return everything in the public history that somebody has written, the newest first: each version of a reply."""
    read = READ if case.channel is Channel.IMPORT else {kind: READ[kind] for kind in READ if kind != CHOSEN}
    events = await history.events(db, case, set(read))
    return [Words(one, name) for one in events for name in read[one.kind] if one.details.get(name)]


async def _set_words(db: AsyncSession, case: Case, texts: Texts) -> bool:
    """Give the words the text the public reads; say whether one is new and redacted."""
    words, redacted = await words_of(db, case), False
    for one in words:
        text = texts.get(one.key, one.public)
        redacted |= text not in {one.public, one.original}
        others = {name: said for name, said in (one.event.public_words or {}).items() if name != one.name}
        one.event.public_words = ({**others, one.name: text} if text != one.original else others) or None
    reply = next((one for one in words if one.event.kind is EventKind.REPLIED), None)
    if reply is not None:
        case.public_reply = (reply.event.public_words or {}).get(reply.name)
    return redacted


async def is_news(db: AsyncSession, case: Case, version: PublicVersion, texts: Texts) -> bool:
    """Say whether the public would read anything else than now."""
    now = {one.key: one.public for one in await words_of(db, case)}
    return version != public_version(case) or any(now[which] != text for which, text in texts.items())


async def publish(
    db: AsyncSession,
    case: Case,
    version: PublicVersion,
    texts: Texts | None = None,
    *,
    by: Staff,
    at: datetime,
) -> None:
    """Publish `version`; where it differs from what was sent it is a redaction, and the original stays with the staff.

    `texts`: of the words of the history. The history tells that it was redacted, never what was taken out.
    Nothing changes where nothing is new.
    """
    texts = texts or {}
    if not await is_news(db, case, version, texts) and case.publication_state is PublicationState.PUBLISHED:
        return
    redacted = version not in {public_version(case), _original(case)}
    _set_version(case, version)
    redacted |= await _set_words(db, case, texts)
    case.publication_state = PublicationState.PUBLISHED
    kind = EventKind.REDACTED if redacted else EventKind.PUBLISHED
    messages.changed(db, case, await history.record(db, case, kind, at=at, by=by))


async def withhold(
    db: AsyncSession,
    case: Case,
    reason: str,
    version: PublicVersion | None = None,
    texts: Texts | None = None,
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
        await _set_words(db, case, texts or {})
    if case.publication_state is PublicationState.WITHHELD and said:
        return
    case.publication_state = PublicationState.WITHHELD
    event = await history.record(db, case, EventKind.WITHHELD, at=at, by=by, reason=reason)
    messages.changed(db, case, event)
