"""The days the staff add to the official calendar, and what that does to the terms that run.

A change moves the terms whose count it touches and no others. What was promised stands: a term comes back only to where
it stood before the entry that is taken back had moved it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit
from portal.cases import deadlines, history
from portal.cases.deadlines import Calendar
from portal.cases.model import OPEN, Case, EventKind, Extension
from portal.clock import local_date
from portal.mail import messages
from portal.municipality import SpecialDay, Suspension
from portal.rendering.formats import day
from portal.settings import Municipality
from portal.staff.model import Staff

Entry = SpecialDay | Suspension


async def special_days(db: AsyncSession) -> list[SpecialDay]:
    there = select(SpecialDay).where(SpecialDay.removed_at.is_(None))
    return list(await db.scalars(there.order_by(SpecialDay.day.desc())))


async def suspensions(db: AsyncSession) -> list[Suspension]:
    there = select(Suspension).where(Suspension.removed_at.is_(None))
    return list(await db.scalars(there.order_by(Suspension.first_on.desc())))


@dataclass(frozen=True)
class Change:
    """An entry of the calendar comes, goes, or takes another's place."""

    comes: Entry | None = None
    goes: Entry | None = None

    @property
    def of(self) -> Entry:
        one = self.comes or self.goes
        assert one is not None
        return one

    @property
    def is_of_words(self) -> bool:
        """Say whether nothing but the reason is another: the entry stays, with the moment it came."""
        said = [
            (one.is_working if isinstance(one, SpecialDay) else one.last_on) if one else None
            for one in (self.comes, self.goes)
        ]
        return said[0] == said[1]

    def reason(self, move: "Move") -> str:
        if self.comes is not None and move.to > move.old:
            return self.comes.reason
        return f"Поправка в календара: отпада записът „{in_words(self.goes or self.of)}“"


@dataclass(frozen=True)
class Move:
    case: Case
    old: date
    to: date
    is_first: bool
    """Nothing has moved it before, or somebody has promised anew since: `old` is what was promised."""


@dataclass(frozen=True)
class Plan:
    change: Change
    touched: Sequence[Move]
    """The terms whose count changes, those too that stay: what was promised holds."""

    @property
    def moves(self) -> list[Move]:
        return [move for move in self.touched if move.to != move.old]

    @property
    def later(self) -> int:
        return sum(move.to > move.old for move in self.moves)

    @property
    def back(self) -> int:
        return len(self.moves) - self.later

    @property
    def letters(self) -> int:
        return sum(move.case.sender_email is not None for move in self.moves)

    @property
    def mark(self) -> str:
        """Name what was shown: the form that confirms it carries it."""
        return f"{self.later}-{self.back}-{self.letters}"


def in_words(entry: Entry) -> str:
    if isinstance(entry, SpecialDay):
        return f"{day(entry.day)} {'работен' if entry.is_working else 'почивен'} ден: {entry.reason}"
    return f"{day(entry.first_on)} – {day(entry.last_on)} сроковете стоят: {entry.reason}"


async def to_set_day(db: AsyncSession, day: date, reason: str, *, is_working: bool) -> Change:
    """Say of a day whether it is worked, against the official calendar, in place of what was said of it before."""
    there = select(SpecialDay).where(SpecialDay.day == day, SpecialDay.removed_at.is_(None))
    return Change(SpecialDay(day=day, is_working=is_working, reason=reason), await db.scalar(there))


async def to_suspend(db: AsyncSession, first_on: date, last_on: date, reason: str) -> Change:
    """Let terms stand still by law, as from 13.03 to 17.04.2020, in place of what began on the same day."""
    there = select(Suspension).where(Suspension.first_on == first_on, Suspension.removed_at.is_(None))
    return Change(Suspension(first_on=first_on, last_on=last_on, reason=reason), await db.scalar(there))


async def to_take_back(db: AsyncSession, table: type[Entry], entry_id: int) -> Change | None:
    entry: Entry | None = (
        await db.get(SpecialDay, entry_id) if table is SpecialDay else await db.get(Suspension, entry_id)
    )
    return Change(goes=entry) if entry and entry.removed_at is None else None


async def lock(db: AsyncSession) -> None:
    """Let one change after another be made: each is counted from what the one before has left."""
    await db.execute(text("LOCK TABLE special_days, suspensions IN SHARE ROW EXCLUSIVE MODE"))


async def plan(db: AsyncSession, change: Change, municipality: Municipality, *, at: datetime) -> Plan:
    """Say what would move. A term that has passed stays passed, and none is set back to a day that has."""
    entries: list[Entry] = [*await db.scalars(select(SpecialDay)), *await db.scalars(select(Suspension))]
    there = [one for one in entries if one.removed_at is None]
    before = _calendar(there)
    after = _calendar([*(one for one in there if one is not change.goes), *([change.comes] if change.comes else [])])
    extended = await _extensions(db)
    today, touched = local_date(at), []
    running = select(Case).where(Case.status.in_(OPEN), Case.due_on >= today).order_by(Case.id)
    for case in await db.scalars(running.with_for_update()):
        assert case.due_on is not None
        start = local_date(case.counted_from)
        terms = [municipality.days, *(one.days for one in extended.get(case.id, ()) if one.at >= case.counted_from)]
        promised, then, is_first = case.due_on, before, True
        if case.promised_on and case.promised_at:
            by_then = _calendar(one for one in entries if _stood(one, case.promised_at))
            if deadlines.moved(start, terms, case.promised_on, by_then, before) == case.due_on:
                promised, then, is_first = case.promised_on, by_then, False
        due = deadlines.moved(start, terms, promised, then, after)
        counted = [deadlines.due_on(start, terms, calendar) for calendar in (before, after)]
        if due >= today and (due != case.due_on or counted[0] != counted[1]):
            touched.append(Move(case, case.due_on, due, is_first))
    return Plan(change, touched)


async def carry_out(db: AsyncSession, plan: Plan, *, by: Staff, at: datetime) -> None:
    """Change the calendar, move the terms, and tell each sender, as of any extension."""
    change, kind = plan.change, "day" if isinstance(plan.change.of, SpecialDay) else "suspension"
    before, after = audit.said(change.goes), change.comes
    if change.goes is not None and change.is_of_words:
        change.goes.reason, after = change.of.reason, change.goes
    elif change.goes is not None:
        change.goes.removed_at = at
        await db.flush()
    if change.comes is not None and after is change.comes:
        change.comes.added_at = at
        db.add(change.comes)
        await db.flush()
    audit.changed(db, by, kind, before=before, after=audit.said(after), at=at, moved=len(plan.moves))
    for move in plan.touched:
        if move.is_first:
            move.case.promised_on, move.case.promised_at = move.old, at
        move.case.due_on = move.to
    for move in plan.moves:
        told = {"reason": change.reason(move), "old_due_on": move.old, "due_on": move.to}
        messages.extended(db, move.case, await history.record(db, move.case, EventKind.EXTENDED, at=at, by=by, **told))


def _calendar(entries: Iterable[Entry]) -> Calendar:
    special, still = {}, []
    for one in entries:
        if isinstance(one, SpecialDay):
            special[one.day] = one.is_working
        else:
            still.append((one.first_on, one.last_on))
    return Calendar(special, still)


def _stood(entry: Entry, at: datetime) -> bool:
    """Say whether the entry stood just before `at`."""
    return entry.added_at < at and (entry.removed_at is None or entry.removed_at >= at)


async def _extensions(db: AsyncSession) -> dict[int, list[Extension]]:
    of_open = select(Extension).join(Case, Case.id == Extension.case_id).where(Case.status.in_(OPEN))
    found: dict[int, list[Extension]] = {}
    for one in await db.scalars(of_open.order_by(Extension.id)):
        found.setdefault(one.case_id, []).append(one)
    return found
