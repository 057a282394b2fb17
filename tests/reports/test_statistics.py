"""How terms are kept, against cases counted by hand."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.cases.model import Actor, Case, Kind
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.handling import assignment, closure, due_date, forwarding, no_proceedings, reopening, withdrawal
from portal.municipality import Department
from portal.replies import outcome, reply
from portal.reports import periods, statistics
from portal.reports.periods import Period, Span
from portal.reports.statistics import By, Figures, Report
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import employ, received

SEPTEMBER = Period(date(2020, 9, 1), Span.MONTH)
TODAY = date(2020, 10, 20)


def on(day: int, month: int = 9, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2020, month, day, hour, minute, tzinfo=SOFIA)


@pytest.fixture
async def maria(sessions: Sessions) -> Staff:
    return await employ(sessions)


class Desk:
    """Does one thing to one case in a transaction, as the staff do."""

    def __init__(self, sessions: Sessions, settings: Settings, maria: Staff) -> None:
        self.sessions, self.settings, self.maria = sessions, settings, maria
        self.sent = 0

    async def receive(self, at: datetime, **changes: object) -> int:
        self.sent += 1
        return (await received(self.sessions, self.settings, at=at, draft=f"draft {self.sent}", **changes)).id

    async def reply(self, case_id: int, at: datetime, text: str = "Запълнена е вчера.") -> None:
        async with transaction(self.sessions) as db:
            await reply.reply(db, await db.get_one(Case, case_id), text, by=self.maria, at=at)

    async def extend(self, case_id: int, until: date, at: datetime) -> None:
        async with transaction(self.sessions) as db:
            await due_date.extend(db, await db.get_one(Case, case_id), until, "Оглед", by=self.maria, at=at)

    async def forward(self, case_id: int, at: datetime, *, whole: bool = True) -> None:
        async with transaction(self.sessions) as db:
            case = await db.get_one(Case, case_id)
            await forwarding.forward(db, case, "АПИ", "Пътят е републикански", whole=whole, by=self.maria, at=at)

    async def reopen(self, case_id: int, at: datetime) -> None:
        async with transaction(self.sessions) as db:
            case = await db.get_one(Case, case_id)
            await reopening.reopen(db, case, "Пак е пропаднала", self.settings.municipality, by=Actor.SENDER, at=at)

    async def resolve(self, case_id: int, at: datetime) -> None:
        async with transaction(self.sessions) as db:
            await outcome.resolve(db, await db.get_one(Case, case_id), at=at)

    async def assign(self, case_id: int, department: str, at: datetime) -> None:
        async with transaction(self.sessions) as db:
            case, to = await db.get_one(Case, case_id), await db.get_one(Department, department)
            await assignment.assign(db, case, to, by=self.maria, at=at)

    async def end(self, case_id: int, at: datetime) -> None:
        async with transaction(self.sessions) as db:
            case = await db.get_one(Case, case_id)
            await no_proceedings.end_without_proceedings(db, case, no_proceedings.Ground.REPEATED, by=self.maria, at=at)

    async def withdraw(self, case_id: int, at: datetime) -> None:
        async with transaction(self.sessions) as db:
            await withdrawal.withdraw(db, await db.get_one(Case, case_id), at=at)

    async def close(self, case_id: int, at: datetime) -> None:
        async with transaction(self.sessions) as db:
            await closure.close(db, await db.get_one(Case, case_id), by=self.maria, at=at)

    async def report(self, period: Period = SEPTEMBER, today: date = TODAY) -> Report:
        async with transaction(self.sessions) as db:
            return await statistics.report(db, period, on=today)


@pytest.fixture
def desk(sessions: Sessions, settings: Settings, maria: Staff) -> Desk:
    return Desk(sessions, settings, maria)


async def test_a_september_counted_by_hand(desk: Desk) -> None:
    """Received on the 1st, due on the 15th, unless said otherwise."""
    in_time = await desk.receive(on(1), topic="lighting")
    await desk.reply(in_time, on(15, hour=23, minute=59))  # the last minute of the last day: 14 days
    late = await desk.receive(on(1), kind=Kind.PROPOSAL)
    await desk.reply(late, on(16, hour=0))  # a minute later: 15 days
    extended = await desk.receive(on(1), kind=Kind.QUESTION, topic=None)
    await desk.extend(extended, date(2020, 9, 25), on(10))
    await desk.reply(extended, on(25))  # 24 days
    corrected = await desk.receive(on(1))
    await desk.reply(corrected, on(3))  # 2 days
    await desk.resolve(corrected, on(4))
    await desk.reply(corrected, on(20), "Запълнена е завчера.")  # a correction, after the term
    reopened = await desk.receive(on(1))
    await desk.reply(reopened, on(17))  # late: 16 days
    await desk.resolve(reopened, on(18))  # and not, after all:
    await desk.reopen(reopened, on(20))  # due anew on 05.10, past by now
    await desk.forward(await desk.receive(on(1)), on(3))
    await desk.forward(await desk.receive(on(1)), on(3), whole=False)  # the rest is ours: overdue
    await desk.end(await desk.receive(on(1)), on(2))
    await desk.withdraw(await desk.receive(on(1)), on(2))
    await desk.assign(await desk.receive(on(30, hour=23, minute=59)), "lighting", on(30, hour=23, minute=59))
    await desk.receive(on(1, 10, hour=0))  # October's

    report = await desk.report()
    assert asdict(report.total) == {
        "received": 10, "in_time": 3, "late": 2, "forwarded": 1, "unanswered": 1, "withdrawn": 1, "waiting": 2,
        "extended": 1, "overdue": 3, "resolved": 1, "median_days": 15, "p90_days": 24,
    }  # fmt: skip
    proposal = Figures(received=1, late=1, median_days=15, p90_days=15)
    question = Figures(received=1, in_time=1, extended=1, median_days=24, p90_days=24)
    assert report.parts[By.KIND][Kind.PROPOSAL] == proposal
    assert report.parts[By.KIND][Kind.QUESTION] == question
    assert report.parts[By.KIND][Kind.SIGNAL].received == 8
    assert {code: one.received for code, one in report.parts[By.TOPIC].items()} == {"roads": 8, "lighting": 1, None: 1}
    assert report.parts[By.DEPARTMENT]["lighting"] == Figures(received=1, waiting=1, overdue=1)
    assert report.parts[By.DEPARTMENT][None].received == 9


async def test_overdue_is_what_the_case_itself_says(desk: Desk, sessions: Sessions) -> None:
    for day in (1, 4, 9, 10):
        await desk.receive(on(day))
    await desk.reply(1, on(2))
    for today in (date(2020, 9, 18), date(2020, 9, 19), date(2020, 9, 24), date(2020, 9, 30)):
        async with transaction(sessions) as db:
            late = [case.is_overdue(today) for case in await db.scalars(select(Case))]
        assert (await desk.report(today=today)).total.overdue == sum(late)


async def test_first_reply_counts_against_the_term_it_was_given_in(desk: Desk) -> None:
    """Answered in time, reopened, answered again long after: the first one was in time."""
    case = await desk.receive(on(1))
    await desk.extend(case, date(2020, 9, 25), on(10))
    await desk.reply(case, on(24))
    await desk.reopen(case, on(28))
    await desk.reply(case, on(30, 11), "Запълнена е отново.")
    assert (await desk.report()).total == Figures(
        received=1, in_time=1, extended=1, median_days=23, p90_days=23
    )  # fmt: skip


async def test_reply_to_what_was_first_forwarded_counts_against_the_new_term(desk: Desk) -> None:
    case = await desk.receive(on(1))
    await desk.forward(case, on(3))
    await desk.reopen(case, on(20))
    await desk.reply(case, on(5, 10))  # the last day of the new term
    assert (await desk.report()).total == Figures(received=1, in_time=1, median_days=34, p90_days=34)


async def test_withdrawn_is_counted_apart_though_it_was_answered_once(desk: Desk) -> None:
    case = await desk.receive(on(1))
    await desk.reply(case, on(3))
    await desk.reopen(case, on(4))
    await desk.withdraw(case, on(5))
    assert (await desk.report()).total == Figures(received=1, withdrawn=1)


async def test_closed_after_forwarding_stays_forwarded(desk: Desk) -> None:
    case = await desk.receive(on(1))
    await desk.forward(case, on(3))
    await desk.close(case, on(4))
    assert (await desk.report()).total == Figures(received=1, forwarded=1)


async def test_night_of_the_clock_is_counted_in_local_days(desk: Desk) -> None:
    """Received in summer time, answered in winter time: 14 days though 14 times 24 hours and an hour have passed."""
    case = await desk.receive(on(15, 10, hour=0, minute=30))
    await desk.reply(case, on(29, 10, hour=23, minute=30))
    october = Period(date(2020, 10, 1), Span.MONTH)
    assert (await desk.report(october)).total == Figures(received=1, in_time=1, median_days=14, p90_days=14)


async def test_nothing_received_is_all_noughts(desk: Desk) -> None:
    assert await desk.report() == Report(Figures(), {by: {} for by in By})


async def test_periods_are_those_that_have_cases(desk: Desk, sessions: Sessions) -> None:
    for at in (on(1, hour=0), on(30, 12, hour=23, minute=59), datetime(2022, 1, 1, 0, 30, tzinfo=SOFIA)):
        await desk.receive(at)
    async with transaction(sessions) as db:
        found = {span: [one.of for one in await statistics.periods(db, span)] for span in Span}
    assert found[Span.MONTH] == ["2022-01", "2020-12", "2020-09"]
    assert found[Span.QUARTER] == ["2022-Q1", "2020-Q4", "2020-Q3"]
    assert found[Span.YEAR] == ["2022", "2020"]


@pytest.mark.parametrize(
    ("of", "span", "first", "after", "name"),
    [
        ("2020-12", Span.MONTH, date(2020, 12, 1), date(2021, 1, 1), "декември 2020 г."),
        ("2020-Q4", Span.QUARTER, date(2020, 10, 1), date(2021, 1, 1), "четвърто тримесечие на 2020 г."),
        ("2020", Span.YEAR, date(2020, 1, 1), date(2021, 1, 1), "2020 г."),
        ("2020-02", Span.MONTH, date(2020, 2, 1), date(2020, 3, 1), "февруари 2020 г."),
    ],
)
def test_period_is_read_as_it_is_written(of: str, span: Span, first: date, after: date, name: str) -> None:
    period = periods.written(of)
    assert period == Period(first, span)
    assert (period.of, period.next_on, period.name) == (of, after, name)


@pytest.mark.parametrize("of", ["", "2020-13", "2020-Q5", "0000", "9999-12", "20２0", "2020-9", "1' OR 1"])
def test_what_is_no_period_is_none(of: str) -> None:
    assert periods.written(of) is None


def test_changing_the_span_stays_in_the_same_time() -> None:
    there = [periods.around(date(2022, 1, 31) - timedelta(days=31 * back), Span.MONTH) for back in range(20)]
    today = date(2026, 11, 24)
    assert periods.chosen(Span.MONTH, "2021", there, today).of == "2021-12"
    assert periods.chosen(Span.MONTH, "2021-Q2", there, today).of == "2021-06"
    assert periods.chosen(Span.MONTH, "nonsense", there, today).of == "2022-01"
    assert periods.chosen(Span.YEAR, "2031-05", [], today).of == "2031"
    assert periods.chosen(Span.QUARTER, "", [], today).of == "2026-Q4"
