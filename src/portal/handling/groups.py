"""Cases about the same problem: one of them leads, the others point at it, and its reply answers them all.

Each keeps its number, its sender, its term and its publication; what else is done to one is done to that one alone. A
withdrawn case leaves, and a lead that leaves hands over to the oldest that is still open. A member that is reopened
leaves: its sender is not content with the common reply. That there are no chains sql/0003_cases.sql holds.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from portal.cases import history
from portal.cases.model import Actor, Case, Event, EventKind, Status
from portal.mail import messages
from portal.staff.model import Staff
from portal.statements import number_given

ANSWERED = (Status.ANSWERED, Status.CLOSED)


@dataclass(frozen=True)
class Group:
    lead: Case
    members: list[Case]
    """The oldest first; at least one."""

    @property
    def cases(self) -> list[Case]:
        return [self.lead, *self.members]

    def others(self, case: Case) -> list[Case]:
        return [one for one in self.cases if one.id != case.id]

    def answered_with(self, case: Case) -> list[Case]:
        """Return the members that a reply to `case` answers too: none where it does not lead.

        Those that are open; of a correction also those that have the reply as it stands. What was answered by itself
        stays as it is.
        """
        if case.id != self.lead.id:
            return []
        corrected = None if case.awaits_reply else case.reply
        return [one for one in self.members if one.is_open or (one.status in ANSWERED and one.reply == corrected)]


MEMBERS = select(Case.id).where(Case.lead_id == number_given("case")).limit(1)
"""Whether the case leads any."""


async def of(db: AsyncSession, case: Case) -> Group | None:
    """Return the group of the case, whether it leads or not."""
    first = case.lead_id or case.id
    found = select(Case).where((Case.id == first) | (Case.lead_id == first)).order_by(Case.received_at, Case.id)
    cases = {one.id: one for one in await db.scalars(found)}
    lead = cases.pop(first)
    return Group(lead, list(cases.values())) if cases else None


async def group(db: AsyncSession, case: Case, other: Case, *, by: Staff, at: datetime) -> None:
    """Put `case`, with all that it leads, under `other` or under what leads that. Both are held (see `held`).

    Who was told once that others ask the same is not told again when the lead changes.
    """
    lead = other if other.lead_id is None else await db.get_one(Case, other.lead_id)
    if lead.id in {case.id, case.lead_id}:
        return
    before = await of(db, case)
    if case.lead_id is not None and before is not None:
        await _part(db, before.lead, case, by=by, at=at)
    moved = before.members if before and before.lead.id == case.id else []
    for one in (*moved, case):
        event = await _join(db, lead, one, by=by, at=at)
        if one is case and (before is None or moved) and case.is_open:
            messages.grouped(db, case, event)


async def dissolve(db: AsyncSession, group: Group, *, by: Staff, at: datetime) -> None:
    for one in group.members:
        await _part(db, group.lead, one, by=by, at=at, tell=True)


async def leave(db: AsyncSession, case: Case, *, by: Staff | Actor, at: datetime, tell: bool = True) -> None:
    """Take the case out of its group; who is alone from then on hears of it, the case's own sender if `tell`."""
    found = await of(db, case)
    if found is None:
        return
    if found.lead.id != case.id:
        await _part(db, found.lead, case, by=by, at=at, tell=tell)
    elif len(found.members) == 1:
        await _part(db, case, found.members[0], by=by, at=at, tell=True)
    else:
        await _hand_over(db, found, by=by, at=at)


async def _hand_over(db: AsyncSession, group: Group, *, by: Staff | Actor, at: datetime) -> None:
    heir = next((one for one in group.members if one.is_open), group.members[0])
    await _part(db, group.lead, heir, by=by, at=at)
    for one in group.members:
        if one is not heir:
            await _join(db, heir, one, by=by, at=at)


async def _join(db: AsyncSession, lead: Case, member: Case, *, by: Staff | Actor, at: datetime) -> Event:
    member.lead_id = lead.id
    await _record_aside(db, lead, EventKind.GROUPED, member, by=by, at=at)
    return await _record(db, member, EventKind.GROUPED, lead, by=by, at=at)


async def _part(
    db: AsyncSession, lead: Case, member: Case, *, by: Staff | Actor, at: datetime, tell: bool = False
) -> None:
    member.lead_id = None
    await _record_aside(db, lead, EventKind.UNGROUPED, member, by=by, at=at)
    event = await _record(db, member, EventKind.UNGROUPED, lead, by=by, at=at)
    if tell and member.is_open:
        messages.ungrouped(db, member, event)


async def _record(
    db: AsyncSession, case: Case, kind: EventKind, other: Case, *, by: Staff | Actor, at: datetime
) -> Event:
    """Where the other one may be seen by all, the letter names it."""
    seen: dict[str, Any] = {"year": other.incoming_year, "seq": other.incoming_seq} if other.is_public else {}
    by = Actor.SYSTEM if isinstance(by, Actor) else by  # what a sender does is done to their own case alone
    told = {"other": other.id, "other_number": other.incoming_number, "seen": seen}
    return await history.record(db, case, kind, at=at, by=by, **told)


async def _record_aside(
    db: AsyncSession, lead: Case, kind: EventKind, other: Case, *, by: Staff | Actor, at: datetime
) -> None:
    """Nobody took the lead in hand by this, and what its department has answered still waits."""
    kept = lead.in_hands_of, lead.department_answered_at
    await _record(db, lead, kind, other, by=by, at=at)
    lead.in_hands_of, lead.department_answered_at = kept


def columns() -> tuple[Any, Any]:
    """Return, for a list of cases, the number of what leads the case, and how many it leads."""
    lead, member = aliased(Case), aliased(Case)
    number = select(lead.incoming_number).where(lead.id == Case.lead_id).scalar_subquery()
    led = select(func.count()).where(member.lead_id == Case.id).scalar_subquery()
    return number.label("lead"), led.label("led")
