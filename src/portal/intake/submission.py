"""A submission: what a person sent through the form, kept until its sender confirms it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.lookup import locked
from portal.cases.model import Case, EventKind, Kind, Publication, PublicationState, Status
from portal.files import attachments
from portal.intake import confirmation
from portal.languages import Language

SHORTEST_TEXT, LONGEST_TEXT, LONGEST_TITLE = 10, 8000, 120
"""Letters."""
SAME_WITHIN = timedelta(hours=24)
"""As long as a device keeps a draft."""
SENTENCE = re.compile(r".{14,68}?(?:[!?]|(?:(?<=[^\W\d_]{5})|(?<=\d)|(?<=[“”\")]))(?=\.))(?=\.? [^\W\d_a-zа-я])")
"""The first of several. After a short word a full stop may be of an abbreviation: „ул. Речна“."""


class TooManyLinks(Exception):  # noqa: N818 - reads as what it says
    """Too many links were sent to one address, which confirmed none. Nothing is kept."""


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
    pictures: Sequence[str] = ()
    """The hashes of those that come with it."""

    @property
    def says(self) -> dict[str, Any]:
        """What the event of the submission keeps."""
        return {"similar": list(self.similar)} if self.similar else {}


async def recognised(db: AsyncSession, sent: Submission, *, at: datetime) -> Submission:
    """Return it under the draft key of what the same sender sent today, where it is the same.

    The back button may load the form anew, with another key. Two at once pass one after the other.
    """
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(sent.email.lower(), 0))))
    of_sender = (func.lower(Case.sender_email) == sent.email.lower(), Case.submitted_at > at - SAME_WITHIN)
    said = (Case.kind == sent.kind, Case.text == sent.text, Case.place == sent.place)
    for case in await db.scalars(select(Case).where(*of_sender, *said).order_by(Case.id.desc())):
        if not await _is_another(db, case, sent):
            return replace(sent, draft=case.draft)
    return sent


async def _is_another(db: AsyncSession, case: Case, sent: Submission) -> bool:
    """Say whether something that was sent would be lost if it were taken for the case.

    The same words with other pictures are about another place. Pictures added before it is confirmed are not.
    """
    if (case.text, case.title, case.topic_code) != (sent.text, sent.title or heading(sent.text), sent.topic):
        return True
    before, now = {one.sha256 for one in await attachments.of_case(db, case)}, set(sent.pictures)
    return not (now <= before or (before <= now and not case.is_received))


async def submit(db: AsyncSession, sent: Submission, *, at: datetime) -> Case:
    """Keep what was sent and ask the sender, by e-mail, to confirm it. Raise TooManyLinks.

    A form sent again (double tap, resent POST) finds its case by the draft key; the unique index decides between two at
    once. With another text it is another case, though the form came back with the same key (the back button), and once
    the first is confirmed with another title, topic or picture too; the same with another address, not yet confirmed,
    corrects the address.
    """
    values = case_values(sent)
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
    case = await locked(db, Case.draft == sent.draft)
    assert case is not None
    if made is not None:
        if await confirmation.has_too_many_links(db, sent.email, at=at):
            await db.execute(delete(Case).where(Case.id == made))
            raise TooManyLinks
        await confirmation.ask(db, case, EventKind.SUBMITTED, at=at, **sent.says)
    elif case.text != sent.text or (case.is_received and await _is_another(db, case, sent)):
        said = [sent.draft, sent.text, sent.title, sent.topic or "", *sorted(sent.pictures)]
        other = hashlib.sha256(" ".join(said).encode()).hexdigest()
        return await submit(db, replace(sent, draft=other), at=at)
    elif not case.is_received:
        for name, value in values.items():
            setattr(case, name, value)
        await confirmation.correct_address(db, case, sent.email, at=at)
    return case


def case_values(sent: Submission) -> dict[str, object]:
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
    """Return the first sentence or the beginning of `text`, cut between words, for a case submitted without a title."""
    longest = 70
    line = " ".join(text.split())
    if first := SENTENCE.match(line[: longest + 2]):
        return first[0]
    if len(line) <= longest:
        return line
    cut = line[:longest].rsplit(" ", 1)[0].rstrip(" ,.;:–-")
    return f"{cut}…"
