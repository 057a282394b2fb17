"""When a case is due: derived from its receipt, the calendar and its extensions, never written down by hand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import holidays
from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import OPEN, Case, Extension, Kind, Status
from portal.clock import local_date
from portal.municipality import SpecialDay, Suspension
from portal.statements import Statement, Together, moment_given, number_given

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The official holidays with their substitution days, and what the staff have added to them."""

    special: Mapping[date, bool] = field(default_factory=dict)
    """Day → whether it is a working day, against the official calendar."""
    suspensions: Collection[tuple[date, date]] = ()
    """First and last day on which terms stand still by law."""

    def is_working(self, day: date) -> bool:
        if day in self.special:
            return self.special[day]
        return day.weekday() < SATURDAY and day not in official_holidays()

    def stands_still(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.suspensions)


@cache
def official_holidays() -> Mapping[date, str]:
    """Return the official holidays (Labour Code, art. 154): a mapping that works each year out when first asked."""
    return holidays.country_holidays("BG", language="bg")


SPECIAL_DAYS = select(SpecialDay.day, SpecialDay.is_working).where(SpecialDay.removed_at.is_(None))
SUSPENSIONS = (
    select(Suspension.first_on, Suspension.last_on).where(Suspension.removed_at.is_(None)).order_by(Suspension.first_on)
)
EXTENSIONS = (
    select(Extension.days)
    .where(Extension.case_id == number_given("case"), Extension.at >= moment_given("counted_from"))
    .order_by(Extension.id)
)
"""The extensions of the current term: those before a reopening no longer count."""
_CALENDAR, _EXTENSIONS = Together(special_days=SPECIAL_DAYS, suspensions=SUSPENSIONS), Statement(EXTENSIONS)


async def calendar(db: AsyncSession) -> Calendar:
    return calendar_of(await _CALENDAR.read(db))


def calendar_of(read: Mapping[str, list[dict[str, Any]]]) -> Calendar:
    """Return the calendar that SPECIAL_DAYS and SUSPENSIONS make."""
    special = {date.fromisoformat(one["day"]): one["is_working"] for one in read["special_days"]}
    suspensions = [
        (date.fromisoformat(one["first_on"]), date.fromisoformat(one["last_on"])) for one in read["suspensions"]
    ]
    return Calendar(special, suspensions)


def first_due_on(received_on: date, days: int, calendar: Calendar) -> date:
    """Count calendar days (Administrative Procedure Code, art. 33 with Civil Procedure Code, art. 60).

    The first day is not counted; a last day that is not a working one moves to the first that is; days on which terms
    stand still are not counted.
    """
    return counted(received_on, days, calendar).due


def due_on(start: date, terms: Iterable[int], calendar: Calendar) -> date:
    """Count each term, in days, from the end of the one before it."""
    due = start
    for days in terms:
        due = counted(due, days, calendar).due
    return due


def days_between(due_on: date, until: date, calendar: Calendar) -> int:
    """Return the days of an extension from `due_on` to `until`: those that count."""
    return sum(not calendar.stands_still(due_on + n * DAY) for n in range(1, (until - due_on).days + 1))


@dataclass(frozen=True)
class Count:
    """How a term was counted, for telling it in words."""

    start: date
    """Not counted itself."""
    days: int
    last: date
    """The last day that was counted: where it is a day off, the term ends later."""
    due: date
    still: tuple[tuple[date, date], ...] = ()
    """The suspensions on the way."""

    @property
    def day_off(self) -> str:
        """Say what the last day is, where it is a day off."""
        names = {SATURDAY: "събота", SATURDAY + 1: "неделя"}
        return official_holidays().get(self.last) or names.get(self.last.weekday(), "неработен ден")


def counted(start: date, days: int, calendar: Calendar) -> Count:
    day, left = start, days
    while left:
        day += DAY
        left -= not calendar.stands_still(day)
    due = first_working(day, calendar)
    still = tuple((first, last) for first, last in calendar.suspensions if first <= due and last > start)
    return Count(start, days, day, due, still)


async def how_counted(db: AsyncSession, case: Case, days: int) -> list[Count]:
    """Return how the due date came about: the term of `days`, and each extension from the due date before it.

    Nothing where they lead to another date: it was promised by another calendar or rule, and stands.
    """
    return counts_of(case, days, await calendar(db), await extensions(db, case))


def counts_of(case: Case, days: int, dates: Calendar, extensions: Iterable[int]) -> list[Count]:
    """See how_counted."""
    counts = [counted(local_date(case.counted_from), days, dates)]
    for more in extensions:
        counts.append(counted(counts[-1].due, more, dates))
    return counts if counts[-1].due == case.due_on else []


def moved(start: date, terms: Sequence[int], promised: date, then: Calendar, now: Calendar) -> date:
    """Return where a term that was promised by the calendar `then` ends by the calendar `now`: never sooner.

    `terms`: its days and those of its extensions. Where they do not lead to what was promised (an older portal's rule,
    another number of days), the promised day itself is moved: by the days that came to stand still before it, and to a
    working day where it is none any more.
    """
    if due_on(start, terms, then) == promised and (counted_now := due_on(start, terms, now)) >= promised:
        return counted_now
    lost = sum(
        now.stands_still(day) and not then.stands_still(day)
        for day in (start + n * DAY for n in range(1, (promised - start).days + 1))
    )
    if lost:
        return counted(promised, lost, now).due
    return promised if now.is_working(promised) or not then.is_working(promised) else first_working(promised, now)


def first_working(day: date, calendar: Calendar) -> date:
    while not calendar.is_working(day) or calendar.stands_still(day):
        day += DAY
    return day


def latest_extension(kind: Kind, received_on: date) -> date:
    """Return the last day the law leaves, all extensions included.

    Signals: two months and one more (art. 121). Proposals: two months, six at most (art. 118). A question is no
    category of the code: it is held to the signal's.
    """
    return _months_later(received_on, 6 if kind is Kind.PROPOSAL else 3)


class Duty(StrEnum):
    FORWARD = "forward"
    DECIDE = "decide"
    DECIDE_AT_MOST = "decide_at_most"
    TELL = "tell"


@dataclass(frozen=True)
class Limit:
    """What the law itself asks for, and by when; `article`: of the Administrative Procedure Code."""

    duty: Duty
    on: date
    article: str
    done_on: date | None = None


def statutory(
    kind: Kind, counted_from: date, decided_on: date | None = None, told_on: date | None = None
) -> list[Limit]:
    """Return the law's own clock, beside the days that the municipality promises. A question has none.

    A last day that is a day off is not moved: keeping these days keeps the law, however it is read.
    """
    if kind is Kind.QUESTION:
        return []
    decide, tell = ("чл. 118", "чл. 118") if kind is Kind.PROPOSAL else ("чл. 121", "чл. 119–123")
    limits = [
        Limit(Duty.DECIDE, _months_later(counted_from, 2), decide, decided_on),
        Limit(Duty.DECIDE_AT_MOST, latest_extension(kind, counted_from), decide, decided_on),
    ]
    if decided_on is None:
        return [Limit(Duty.FORWARD, counted_from + 7 * DAY, "чл. 112"), *limits]
    return [*limits, Limit(Duty.TELL, decided_on + 7 * DAY, tell, told_on)]


def limits(case: Case) -> list[Limit]:
    """Return what the law asks for in this case: nothing more of one that is another body's, or ended unexamined.

    The reply is the decision; saved, it is sent at once to whoever has an e-mail address.
    """
    replied_on = None if case.awaits_reply or case.replied_at is None else local_date(case.replied_at)
    if not case.is_open and replied_on is None:
        return []
    told_on = replied_on if case.sender_email else None
    return statutory(case.kind, local_date(case.counted_from), replied_on, told_on)


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it has no such day."""
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    next_month = (first + 31 * DAY).replace(day=1)
    return min(first + (day.day - 1) * DAY, next_month - DAY)


async def extensions(db: AsyncSession, case: Case) -> list[int]:
    """Return the days of each extension of the current term: those before a reopening no longer count."""
    return [days for (days,) in await _EXTENSIONS.rows(db, case=case.id, counted_from=case.counted_from)]


def overdue(on: date) -> ColumnElement[bool]:
    """Say in SQL what Case.is_overdue says of one case."""
    return stands(*OPEN) & (Case.due_on < on)


def stands(*statuses: Status) -> ColumnElement[bool]:
    """Write the words into the statement itself, so that the partial indexes are found once, when it is prepared."""
    return Case.status.in_([literal(one, Case.status.type, literal_execute=True) for one in statuses])
