"""The ladder of reminders: a month of 200 cases across Easter 2026, against rules written down in another way."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import msgspec
import pytest
from sqlalchemy import select

from portal import clock
from portal.cases.deadlines import Calendar
from portal.cases.model import Case, Event, EventKind
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.departments import reminders
from portal.departments.reminders import Step, step
from portal.handling import assignment, due_date
from portal.heartbeat import Heartbeat
from portal.jobs import chase_departments
from portal.mail.outbox import Email
from portal.municipality import Department
from portal.replies import reply
from portal.settings import Settings
from tests.cast import Post, employ, received

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 3, 23), date(2026, 5, 5)
DAYS = [FIRST + n * DAY for n in range((LAST - FIRST).days + 1)]
OFF = {date(2026, 4, day) for day in (10, 11, 12, 13)} | {date(2026, 5, 1)}
"""Good Friday to Easter Monday, and Labour Day."""
MORNINGS = [day for day in DAYS if day.weekday() < 5 and day not in OFF]
EVERY_MORNING = [day for n in range(120) if (day := date(2026, 3, 1) + n * DAY).weekday() < 5 and day not in OFF]
CODES = ("works", "lighting", "ecology")
LADDER = {"week": 7, "two_days": 2, "today": 0}


def at(day: date, hour: int = 8, minute: int = 31) -> datetime:
    return datetime.combine(day, time(hour, minute), SOFIA)


@pytest.mark.parametrize(
    ("due_on", "on", "expected"),
    [
        (date(2026, 4, 24), date(2026, 4, 15), Step.NEW),
        (date(2026, 4, 24), date(2026, 4, 17), Step.WEEK),
        (date(2026, 4, 24), date(2026, 4, 16), Step.NEW),
        (date(2026, 4, 25), date(2026, 4, 17), Step.WEEK),  # seven days are left on a Saturday: told on Friday
        (date(2026, 4, 15), date(2026, 4, 9), Step.TWO_DAYS),  # on Easter Monday: told before Good Friday
        (date(2026, 4, 16), date(2026, 4, 9), Step.WEEK),
        (date(2026, 4, 14), date(2026, 4, 14), Step.TODAY),
        (date(2026, 4, 14), date(2026, 4, 15), Step.OVERDUE),
    ],
)
def test_step_of_a_day(due_on: date, on: date, expected: Step) -> None:
    assert step(due_on, on, Calendar()) is expected


def rules(received_on: date, due_on: date, answered_on: date) -> dict[date, str]:
    """Say by hand on which mornings the department hears of the case: each step on the last morning by its day."""
    mornings = [day for day in MORNINGS if received_on < day <= answered_on]
    told: dict[date, str] = {mornings[0]: "new"} if mornings else {}
    for name, before in LADDER.items():
        by = max(day for day in EVERY_MORNING if day <= due_on - before * DAY)
        if by <= received_on:  # it came later than that: the first morning tells the most urgent
            told |= dict.fromkeys([day for day in mornings if day <= due_on][:1], name)
        elif by in mornings:
            told[by] = name
    return told | {day: "overdue" for day in mornings if day > due_on}


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


async def test_a_month_across_easter(sessions: Sessions, settings: Settings, moved: Callable[[datetime], None]) -> None:
    """Two workers look every morning; on some the first look comes in the afternoon; on days off they look as well."""
    chance, maria = Random(2026), await employ(sessions)
    coming: dict[date, list[int]] = defaultdict(list)
    answered_on: dict[int, date] = {}
    for number in range(200):
        received_on = FIRST + chance.randrange(28) * DAY
        coming[received_on].append(number)
        answered_on[number] = received_on + chance.randrange(1, 40) * DAY
    cases: dict[int, Case] = {}
    for day in DAYS:
        late = chance.random() < 0.2
        for moment in (at(day, 8, 29), at(day, 14 if late else 8), at(day, 15)):
            if late and moment.hour == 8:
                continue
            moved(moment)
            await chase_departments(sessions, settings.municipality)
            await chase_departments(sessions, settings.municipality)
        for number, case in cases.items():
            if answered_on[number] == day:
                async with transaction(sessions) as db:
                    await reply.reply(db, await db.get_one(Case, case.id), "Готово е.", by=maria, at=at(day, 16))
        for number in coming[day]:
            case = await received(sessions, settings, at=at(day, 12), draft=f"d{number}", text=f"Дупка {number}")
            async with transaction(sessions) as db:
                works = await db.get_one(Department, CODES[number % 3])
                await assignment.assign(db, await db.get_one(Case, case.id), works, by=maria, at=at(day, 13))
            cases[number] = case

    expected: Counter[tuple[int, date, str]] = Counter()
    late_letters: set[tuple[int, date]] = set()
    escalated: set[tuple[int, date]] = set()
    digests: set[tuple[str, date]] = set()
    for number, case in cases.items():
        assert case.due_on
        on, over = clock.local_date(case.counted_from), answered_on[number]
        for day, name in rules(on, case.due_on, over).items():
            expected[case.id, day, name] += 1
            digests.add((CODES[number % 3], day))
        open_on = [day for day in MORNINGS if day <= over]
        late_letters |= {(case.id, day) for day in [day for day in open_on if day > case.due_on][:1]}
        escalated |= {(case.id, day) for day in [day for day in open_on if day >= case.due_on + 3 * DAY][:1]}

    async with transaction(sessions) as db:
        events = list(await db.scalars(select(Event)))
        emails = list(await db.scalars(select(Email)))
    of = {kind: [event for event in events if event.kind is kind] for kind in EventKind}
    reminded = of[EventKind.DEPARTMENT_REMINDED]
    assert Counter((e.case_id, e.at.astimezone(SOFIA).date(), e.details["step"]) for e in reminded) == expected
    assert sorted((e.case_id, e.at.astimezone(SOFIA).date()) for e in of[EventKind.OVERDUE]) == sorted(late_letters)
    assert sorted((e.case_id, e.at.astimezone(SOFIA).date()) for e in of[EventKind.ESCALATED]) == sorted(escalated)
    sent = Counter((e.message, e.recipient, e.written_at.astimezone(SOFIA).date()) for e in emails)
    assert {key: n for key, n in sent.items() if key[0] == "digest"} == {
        ("digest", f"{code}@stanimaka.example", day): 1 for code, day in digests
    }
    assert {key[2] for key in sent if key[0] == "escalation"} == {day for _, day in escalated}
    assert sum(n for key, n in sent.items() if key[0] == "overdue") == len(late_letters)
    assert {"new", "week", "two_days", "today", "overdue"} == {name for _, _, name in expected}
    assert len(late_letters) > 20
    assert not {e.at.astimezone(SOFIA).date() for e in reminded} & OFF


async def test_the_first_look_of_a_new_portal_reminds_nobody(sessions: Sessions, settings: Settings) -> None:
    await assigned(sessions, settings)
    async with transaction(sessions) as db:
        assert not await reminders.daily(db, settings.municipality, at=at(date(2026, 4, 6)))
        assert not await reminders.daily(db, settings.municipality, at=at(date(2026, 4, 6), 9))
        assert await reminders.daily(db, settings.municipality, at=at(date(2026, 4, 7)))


async def assigned(sessions: Sessions, settings: Settings) -> Case:
    case = await received(sessions, settings, at=at(date(2026, 4, 2), 12))
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        works = await db.get_one(Department, "works")
        await assignment.assign(db, await db.get_one(Case, case.id), works, by=maria, at=at(date(2026, 4, 2), 13))
    return case


async def morning(sessions: Sessions, settings: Settings, day: date) -> list[str]:
    """Return the messages that this morning writes."""
    async with transaction(sessions) as db:
        db.add(await db.get(Heartbeat, "chase") or Heartbeat(part="chase", at=at(day - DAY)))
        await db.flush()
        known = set(await db.scalars(select(Email.id)))
        await reminders.daily(db, settings.municipality, at=at(day))
        await db.flush()
        return [one.message for one in await db.scalars(select(Email).order_by(Email.id)) if one.id not in known]


async def test_a_department_hears_of_what_was_moved_to_it(sessions: Sessions, settings: Settings) -> None:
    case, maria = await assigned(sessions, settings), await employ(sessions, "Мария Иванова-Стоянова")
    assert await morning(sessions, settings, date(2026, 4, 3)) == ["digest"]
    assert await morning(sessions, settings, date(2026, 4, 6)) == []
    async with transaction(sessions) as db:
        lighting = await db.get_one(Department, "lighting")
        await assignment.assign(db, await db.get_one(Case, case.id), lighting, by=maria, at=at(date(2026, 4, 6), 12))
    assert await morning(sessions, settings, date(2026, 4, 7)) == ["digest"]


async def test_a_moved_term_moves_the_ladder(sessions: Sessions, settings: Settings) -> None:
    case, maria = await assigned(sessions, settings), await employ(sessions, "Мария Иванова-Стоянова")
    assert case.due_on == date(2026, 4, 16)
    assert await morning(sessions, settings, date(2026, 4, 9)) == ["digest"]  # a week is left
    async with transaction(sessions) as db:
        one = await db.get_one(Case, case.id)
        await due_date.extend(db, one, date(2026, 4, 30), "Оглед.", by=maria, at=at(date(2026, 4, 9), 12))
    assert await morning(sessions, settings, date(2026, 4, 14)) == []
    assert await morning(sessions, settings, date(2026, 4, 23)) == ["digest"]
    assert await morning(sessions, settings, date(2026, 4, 30)) == ["digest"]
    assert await morning(sessions, settings, date(2026, 5, 4)) == ["overdue", "digest", "escalation"]


async def test_without_a_secretary_or_an_address_nobody_is_said_to_have_heard(
    sessions: Sessions, settings: Settings
) -> None:
    case = await assigned(sessions, settings)
    alone = replace(settings, municipality=msgspec.structs.replace(settings.municipality, secretary=None))
    async with transaction(sessions) as db:
        (await db.get_one(Department, "works")).email = None
    assert await morning(sessions, alone, date(2026, 5, 5)) == ["overdue"]
    async with transaction(sessions) as db:
        kinds = set(await db.scalars(select(Event.kind).where(Event.case_id == case.id)))
    assert not kinds & {EventKind.DEPARTMENT_REMINDED, EventKind.ESCALATED}


async def test_letters_arrive(sessions: Sessions, settings: Settings, post: Post) -> None:
    case = await assigned(sessions, settings)
    assert set(await morning(sessions, settings, date(2026, 5, 5))) == {"digest", "overdue", "escalation"}
    letters = {letter.event: letter for letter in await post.deliver()}
    assert letters["digest"].to == "works@stanimaka.example"
    for event in ("digest", "escalation"):
        assert str(case.incoming_number) in letters[event].text
        assert "Пенка" not in letters[event].text
    assert "изтече на 16.04.2026" in letters["overdue"].text
