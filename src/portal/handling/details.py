"""Correcting the kind, topic, title and place of a case; the history keeps the earlier ones."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import history
from portal.cases.model import Case, EventKind, Kind
from portal.mail import messages
from portal.municipality import topics
from portal.publishing import publication
from portal.staff.model import Staff


@dataclass(frozen=True, kw_only=True)
class Details:
    kind: Kind
    topic_code: str | None
    title: str
    place: str


NAMES = tuple(field.name for field in fields(Details))


def of(case: Case) -> Details:
    return Details(kind=case.kind, topic_code=case.topic_code, title=case.title, place=case.place)


async def change(db: AsyncSession, case: Case, new: Details, *, by: Staff, at: datetime) -> None:
    """Change what differs, and tell the sender. The incoming number keeps its letter, the promised due date stands.

    What the public reads follows, but for what is redacted: that is changed where it was redacted.
    """
    old = of(case)
    if new == old:
        return
    case.kind, case.topic_code = new.kind, new.topic_code
    publication.rename(case, new.title, new.place)
    names = await topics(db)
    changed = [name for name in NAMES if getattr(old, name) != getattr(new, name)]
    before, after = (_said(version, changed, names) for version in (old, new))
    event = await history.record(db, case, EventKind.RECLASSIFIED, at=at, by=by, before=before, after=after)
    messages.reclassified(db, case, event)


def _said(version: Details, changed: list[str], names: dict[str, str]) -> dict[str, Any]:
    """Return what is kept of the version: of a topic its name as well, which may be another one day."""
    said = {name: getattr(version, name) for name in changed}
    return said | ({"topic": names.get(version.topic_code or "")} if "topic_code" in said else {})


async def merged(db: AsyncSession, case: Case, mine: Details, seen: int) -> Details:
    """Return `mine` with what colleagues have changed since `seen` and I have not."""
    now = base = of(case)
    for event in await history.events(db, case, {EventKind.RECLASSIFIED}):  # the newest first: the oldest has its say
        if event.id > seen:
            base = replace(base, **{name: was for name, was in event.details["before"].items() if name in NAMES})
    untouched = [name for name in NAMES if getattr(mine, name) == getattr(base, name)]
    return replace(mine, **{name: getattr(now, name) for name in untouched})
