"""Who is reminded of what, on the mornings of working days: departments by a ladder, the secretary, the sender.

What has been said is in the history of each case, so that a morning missed is made up for on the next, and one
done twice says nothing twice. The ladder, by the days that are left of the term: new to the department → 7 → 2 → the
day itself → each working day after it. A step that falls on a day off comes on the working day before it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal import heartbeat
from portal.cases import deadlines, history
from portal.cases.deadlines import DAY, Calendar
from portal.cases.model import OPEN, Actor, Case, Channel, Event, EventKind, Status
from portal.clock import SOFIA, local_date
from portal.mail import messages
from portal.municipality import Department, all_departments
from portal.settings import Municipality
from portal.staff.model import Staff

FROM = time(8, 30)
SECRETARY_AFTER = timedelta(days=3)
SAID = (EventKind.DEPARTMENT_REMINDED, EventKind.ESCALATED, EventKind.OVERDUE, EventKind.DEPARTMENT_ANSWERED)


Line = dict[str, Any]
"""One case, as a row of a table in an e-mail."""


class Step(StrEnum):
    NEW = "new"
    WEEK = "week"
    TWO_DAYS = "two_days"
    TODAY = "today"
    OVERDUE = "overdue"


def step(due_on: date, on: date, calendar: Calendar) -> Step:
    """Return the step that the case stands on; days off that follow `on` count as gone."""
    if due_on <= on:
        return Step.TODAY if due_on == on else Step.OVERDUE
    next_on = on + DAY
    while not calendar.is_working(next_on):
        next_on += DAY
    left = (due_on - next_on).days + 1
    return Step.TWO_DAYS if left <= 2 else Step.WEEK if left <= 7 else Step.NEW  # noqa: PLR2004 - as they are called


async def daily(db: AsyncSession, municipality: Municipality, *, at: datetime) -> bool:
    """Remind, once a working day from 8:30 on; say whether it was done now. The caller keeps others out.

    The first look of all only begins the count: nobody gets a letter in the minute the portal is set up.
    """
    last, on = await heartbeat.last(db, "chase"), local_date(at)
    calendar = await deadlines.calendar(db)
    too_early = at.astimezone(SOFIA).time() < FROM or not calendar.is_working(on)
    if last is not None and (too_early or local_date(last) >= on):
        return False
    if last is not None:
        await _chase(db, municipality, calendar, at=at)
    await heartbeat.beat(db, "chase", at=at)
    return last is not None


@dataclass
class Morning:
    """What is being written on one day."""

    on: date
    at: datetime
    calendar: Calendar
    departments: dict[str, Department]
    to_department: defaultdict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    to_secretary: list[Line] = field(default_factory=list)

    def name(self, case: Case) -> str | None:
        return self.departments[case.department_code].name if case.department_code else None


async def _chase(db: AsyncSession, municipality: Municipality, calendar: Calendar, *, at: datetime) -> None:
    morning = Morning(local_date(at), at, calendar, await all_departments(db))
    cases = list(await db.scalars(select(Case).where(deadlines.stands(*OPEN)).order_by(Case.id).with_for_update()))
    said = await _said(db)
    for case in sorted(cases, key=lambda case: (case.due_on or date.max, case.id)):
        before = [event for event in said[case.id] if event.at >= case.counted_from]
        await _remind(db, case, before, morning)
        await _tell_sender(db, case, before, morning)
        if municipality.secretary:
            await _escalate(db, case, before, morning)
    for code, lines in morning.to_department.items():
        await messages.digest(db, morning.departments[code], lines, at=at)
    if municipality.secretary and morning.to_secretary:
        await messages.escalation(db, municipality.secretary, morning.to_secretary, at=at)


async def _said(db: AsyncSession) -> defaultdict[int, list[Event]]:
    """Return by case what was said of those that are open."""
    found = select(Event).join(Case, Case.id == Event.case_id).where(deadlines.stands(*OPEN), Event.kind.in_(SAID))
    said: defaultdict[int, list[Event]] = defaultdict(list)
    for event in await db.scalars(found):
        said[event.case_id].append(event)
    return said


async def _remind(db: AsyncSession, case: Case, before: Iterable[Event], morning: Morning) -> None:
    """Ask the department, unless it waits for the sender itself."""
    department = morning.departments.get(case.department_code or "")
    if department is None or not department.is_active or department.email is None or case.status is not Status.ASSIGNED:
        return
    assert case.due_on is not None
    stands_on = step(case.due_on, morning.on, morning.calendar)
    ours = [event for event in before if event.details.get("code") == department.code]
    if any(event.details.get("answer") == "view" for event in ours):
        return  # its part is done
    if any(_covers(event, stands_on, case.due_on, morning.on) for event in ours):
        return
    line = await _told(db, case, department, stands_on, by=Actor.SYSTEM, at=morning.at)
    morning.to_department[department.code].append(line)


async def _told(
    db: AsyncSession, case: Case, department: Department, stands_on: Step, *, by: Staff | Actor, at: datetime
) -> Line:
    """Record that the department hears of the case; return its line in the letter."""
    told = {"department": department.name, "code": department.code, "step": stands_on, "due_on": case.due_on}
    await history.record(db, case, EventKind.DEPARTMENT_REMINDED, at=at, by=by, **told)
    return _line(case, step=stands_on)


async def remind_now(db: AsyncSession, cases: Iterable[tuple[Case, Department]], *, by: Staff, at: datetime) -> None:
    """Remind by hand, a letter for each department. It stands for the ladder's step: that does not repeat it."""
    calendar, on = await deadlines.calendar(db), local_date(at)
    letters: dict[str, tuple[Department, list[Line]]] = {}
    for case, department in sorted(cases, key=lambda one: (one[0].due_on or date.max, one[0].id)):
        assert case.due_on is not None
        line = await _told(db, case, department, step(case.due_on, on, calendar), by=by, at=at)
        letters.setdefault(department.code, (department, []))[1].append(line)
    for department, lines in letters.values():
        await messages.digest(db, department, lines, at=at, by_hand=True)


def _covers(event: Event, stands_on: Step, due_on: date, on: date) -> bool:
    """Say whether the department has heard as much already: of a moved term it hears anew."""
    if event.kind is not EventKind.DEPARTMENT_REMINDED:
        return False
    if stands_on is Step.NEW:
        return True
    if stands_on is Step.OVERDUE:
        return local_date(event.at) == on
    return event.details.get("step") == stands_on and event.details.get("due_on") == due_on.isoformat()


async def _tell_sender(db: AsyncSession, case: Case, before: Iterable[Event], morning: Morning) -> None:
    """Say honestly that the term has passed. Nothing of an older portal's cases: that was years ago."""
    assert case.due_on is not None
    if case.due_on >= morning.on or case.channel is Channel.IMPORT or _is_said(before, EventKind.OVERDUE, case.due_on):
        return
    told = {"due_on": case.due_on, "department": morning.name(case)}
    messages.overdue(db, case, await history.record(
        db, case, EventKind.OVERDUE, at=morning.at, by=Actor.SYSTEM, **told
    ))  # fmt: skip


async def _escalate(db: AsyncSession, case: Case, before: Iterable[Event], morning: Morning) -> None:
    assert case.due_on is not None
    if morning.on - case.due_on < SECRETARY_AFTER or _is_said(before, EventKind.ESCALATED, case.due_on):
        return
    await history.record(db, case, EventKind.ESCALATED, at=morning.at, by=Actor.SYSTEM, due_on=case.due_on)
    morning.to_secretary.append(_line(case, department=morning.name(case)))


def _is_said(before: Iterable[Event], kind: EventKind, due_on: date) -> bool:
    return any(event.kind is kind and event.details.get("due_on") == due_on.isoformat() for event in before)


def _line(case: Case, **more: Any) -> Line:
    return {"id": case.id, "number": case.incoming_number, "title": case.title, "due_on": str(case.due_on), **more}
