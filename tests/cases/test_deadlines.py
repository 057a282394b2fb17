"""When a case is due: the vectors of the law's counting, and what the calendar, extensions and suspensions change."""

from datetime import date, timedelta

import pytest

from portal.cases import deadlines
from portal.cases.deadlines import Calendar, Duty
from portal.cases.model import Kind

PLAIN = Calendar()


def day(text: str) -> date:
    number, month, year = text.split(".")
    return date(int(year), int(month), int(number))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("09.03.2020", "23.03.2020"),
        ("03.04.2020", "21.04.2020"),  # Orthodox Easter
        ("06.04.2020", "21.04.2020"),
        ("17.04.2020", "04.05.2020"),
        ("11.05.2020", "26.05.2020"),  # 24 May is a Sunday: Monday is free in its place
        ("22.08.2020", "08.09.2020"),
        ("24.08.2020", "08.09.2020"),
        ("08.09.2020", "23.09.2020"),
        ("11.12.2020", "29.12.2020"),  # Christmas with its substitution day
        ("17.04.2021", "05.05.2021"),
        ("10.12.2022", "29.12.2022"),
        ("19.04.2024", "07.05.2024"),
        ("17.12.2025", "05.01.2026"),  # one-off days off about New Year
    ],
)
def test_first_due_date(received: str, due: str) -> None:
    assert deadlines.first_due_on(day(received), 14, PLAIN) == day(due)


def test_extension_counts_from_the_due_date_before_it() -> None:
    first = day("23.03.2020")
    assert deadlines.due_on(first, [], PLAIN) == first
    assert deadlines.due_on(first, [14], PLAIN) == day("06.04.2020")
    assert deadlines.due_on(first, [14, 11], PLAIN) == day("21.04.2020")  # over Good Friday and Easter


def test_working_saturday_and_day_off_of_the_staff() -> None:
    saturday, monday = day("21.03.2020"), day("23.03.2020")
    assert deadlines.first_working(saturday, Calendar({saturday: True})) == saturday
    assert deadlines.first_working(monday, Calendar({monday: False})) == monday + timedelta(days=1)


def test_terms_stand_still_during_a_suspension() -> None:
    """13.03–17.04.2020: of 14 days from 9 March, three pass before it and eleven after."""
    spring = Calendar(suspensions=[(day("13.03.2020"), day("17.04.2020"))])
    assert deadlines.first_due_on(day("09.03.2020"), 14, spring) == day("28.04.2020")
    assert deadlines.days_between(day("12.03.2020"), day("20.04.2020"), spring) == 3


def test_days_between_is_what_due_on_counts_back() -> None:
    until = day("06.04.2020")
    days = deadlines.days_between(day("23.03.2020"), until, PLAIN)
    assert deadlines.due_on(day("23.03.2020"), [days], PLAIN) == until


@pytest.mark.parametrize(
    ("kind", "received", "latest"),
    [
        (Kind.SIGNAL, "30.11.2025", "28.02.2026"),
        (Kind.QUESTION, "09.03.2020", "09.06.2020"),
        (Kind.PROPOSAL, "31.08.2023", "29.02.2024"),
    ],
)
def test_latest_day_the_law_leaves(kind: Kind, received: str, latest: str) -> None:
    assert deadlines.latest_extension(kind, day(received)) == day(latest)


@pytest.mark.parametrize(
    ("kind", "received", "forward", "decide", "at_most"),
    [
        (Kind.SIGNAL, "09.03.2020", "16.03.2020", "09.05.2020", "09.06.2020"),
        (Kind.SIGNAL, "31.12.2025", "07.01.2026", "28.02.2026", "31.03.2026"),
        (Kind.PROPOSAL, "31.08.2023", "07.09.2023", "31.10.2023", "29.02.2024"),
    ],
)
def test_clock_of_the_law(kind: Kind, received: str, forward: str, decide: str, at_most: str) -> None:
    limits = {limit.duty: limit.on for limit in deadlines.statutory(kind, day(received))}
    assert limits == {
        Duty.FORWARD: day(forward),
        Duty.DECIDE: day(decide),
        Duty.DECIDE_AT_MOST: day(at_most),
    }


def test_decision_is_told_within_seven_days() -> None:
    limits = deadlines.statutory(Kind.SIGNAL, day("09.03.2020"), day("20.03.2020"))
    assert [(limit.duty, limit.done_on) for limit in limits] == [
        (Duty.DECIDE, day("20.03.2020")),
        (Duty.DECIDE_AT_MOST, day("20.03.2020")),
        (Duty.TELL, None),
    ]
    assert limits[-1].on == day("27.03.2020")


def test_question_is_no_category_of_the_law() -> None:
    assert deadlines.statutory(Kind.QUESTION, day("09.03.2020")) == []


@pytest.mark.parametrize(
    ("start", "days", "last", "due", "why"),
    [
        ("09.03.2020", 14, "23.03.2020", "23.03.2020", ""),
        ("03.04.2020", 14, "17.04.2020", "21.04.2020", "Велики петък"),
        ("22.08.2020", 14, "05.09.2020", "08.09.2020", "събота"),
        ("23.08.2020", 14, "06.09.2020", "08.09.2020", "Ден на Съединението"),
    ],
)
def test_counting_can_be_told(start: str, days: int, last: str, due: str, why: str) -> None:
    count = deadlines.counted(day(start), days, PLAIN)
    assert (count.last, count.due) == (day(last), day(due))
    assert not why or why in count.day_off


def test_suspension_on_the_way_is_told() -> None:
    spring = (day("13.03.2020"), day("17.04.2020"))
    calendar = Calendar(suspensions=[spring, (day("01.01.2019"), day("02.01.2019"))])
    assert deadlines.counted(day("09.03.2020"), 14, calendar).still == (spring,)
