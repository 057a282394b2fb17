"""The register of the file, moved to just before any day: nothing is ahead, and all counts as the product counts."""

from collections import Counter
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.cases import deadlines
from portal.cases.deadlines import Calendar
from portal.cases.model import EventKind
from portal.clock import SOFIA, local_date
from portal.demo import filling, shift
from portal.demo.dates_in_texts import Mover
from portal.demo.town import working_days
from portal.exchange.importing import NUMBER, Record

PLAIN = Calendar()
DAYS = 14
days = st.dates(date(2019, 1, 1), date(2045, 12, 31))


@cache
def records() -> tuple[Record, ...]:
    return tuple(filling.records())


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(as_of=days)
@example(as_of=date(2026, 11, 26))  # a Thursday: the file ends on a Wednesday
@example(as_of=date(2026, 11, 25))
@example(as_of=date(2027, 1, 1))
@example(as_of=date(2027, 1, 5))
@example(as_of=date(2028, 3, 1))  # after a leap day
@example(as_of=date(2027, 5, 4))  # after Easter
@example(as_of=date(2020, 10, 1))  # where it stands by itself
def test_register_is_moved_as_the_product_would_have_it(as_of: date) -> None:
    moved = shift.moved(records(), as_of, DAYS, PLAIN)
    assert 1 <= (as_of - max(local_date(moment) for one in moved for moment in shift.moments(one))).days <= 7
    assert max(Counter(one.year_and_sequence for one in moved).values()) == 1
    for before, after in zip(records(), moved, strict=True):
        assert_counted_anew(after)
        assert after.year_and_sequence[1] == before.year_and_sequence[1]
        for old, new in zip(shift.moments(before), shift.moments(after), strict=True):
            was, now = old.astimezone(SOFIA), new.astimezone(SOFIA)
            assert (now.weekday(), now.time()) == (was.weekday(), was.time())
        moments = [moment.timestamp() for moment in shift.moments(after)]
        assert moments == sorted(moments)


def assert_counted_anew(one: Record) -> None:
    """With the product's own verbs: an extension begins from the due date before it, and is made before that passes."""
    received_on = local_date(one.received_at)
    number = NUMBER.fullmatch(one.incoming_no)
    assert number
    assert date(int(number[4]), int(number[3]), int(number[2])) == received_on
    due_on = deadlines.first_due_on(received_on, DAYS, PLAIN)
    assert one.first_due_on == due_on
    for action in one.actions:
        if action.kind is EventKind.EXTENDED:
            assert action.days
            assert local_date(action.at) <= due_on
            assert action.old_due_on == due_on
            due_on = deadlines.due_on(due_on, [action.days], PLAIN)
            assert action.new_due_on == due_on
    assert one.due_on == due_on


def test_moved_to_where_it_stands_it_is_the_file() -> None:
    assert shift.moved(records(), date(2020, 10, 1), DAYS, PLAIN) == list(records())


@given(as_of=days)
@example(as_of=date(2026, 12, 29))  # after five days off
def test_staff_were_at_work_on_two_days_after_the_register(as_of: date) -> None:
    newest = shift.moved(records()[-1:], as_of, DAYS, PLAIN)[0]
    since = local_date(newest.received_at)
    first, last = working_days(as_of, since, PLAIN)
    assert since <= first < last < as_of
    at_work = [day for n in range(1, (as_of - since).days + 1) if PLAIN.is_working(day := as_of - timedelta(days=n))]
    assert {first, last} >= set(at_work[:2])


@pytest.mark.parametrize(
    ("said", "moved"),
    [
        ("отстранена на 11.03.2020 г. в 10:40 ч.", "отстранена на 30.12.2026 г. в 10:40 ч."),
        ("на 27.04. по ул. „Апостол войвода“", "на 15.02. по ул. „Апостол войвода“"),
        ("За периода 16 – 19 март са съставени", "За периода 4 – 7 януари са съставени"),
        ("насрочено за 9, 10 и 14 март", "насрочено за 28, 29 декември и 2 януари"),
        ("от 11 до 24 март 2020 г.", "от 30 декември до 12 януари 2027 г."),
        ("паднах на 2ри май", "паднах на 20 февруари"),
        ("към края на май 2020 г.", "към края на март 2027 г."),
        ("Живея тук от 1998 година, през 2021 г. пак", "Живея тук от 2005 година, през 2028 г. пак"),
        ("ул. „6-ти септември“ № 12, тел. 02 2020 11", "ул. „6-ти септември“ № 12, тел. 02 2027 11"),
        ("40.50.2020 и 31 април 2020", "40.50.2020 и 31 април 2020"),
    ],
)
def test_dates_in_texts_are_moved_along(said: str, moved: str) -> None:
    by = date(2026, 12, 30) - date(2020, 3, 11)
    assert Mover(by, before=date(2020, 3, 16), after=date(2027, 1, 4)).moved(said) == moved
