"""Moves the register of the file by whole weeks to just before a day: weekdays, hours and counters stay.

What the product counts is counted anew, with the holidays of where the case now stands.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from portal.cases import deadlines
from portal.cases.deadlines import DAY, Calendar
from portal.cases.model import EventKind
from portal.clock import SOFIA, local_date
from portal.demo import dates_in_texts
from portal.exchange.importing import Action, Record

WEEK = timedelta(weeks=1)


def moved(records: Sequence[Record], as_of: date, days: int, calendar: Calendar) -> list[Record]:
    """Return the records as late as whole weeks allow, with nothing on the day `as_of` or after it.

    `days`: of the term that the municipality promises.
    """
    newest = max(moment for one in records for moment in moments(one))
    weeks = (as_of - DAY - local_date(newest)) // WEEK
    return [_moved(one, weeks * WEEK, days, calendar) for one in records]


def moments(one: Record) -> Iterator[datetime]:
    yield one.submitted_at or one.received_at
    yield one.received_at
    yield from (action.at for action in one.actions)


def _moved(one: Record, by: timedelta, days: int, calendar: Calendar) -> Record:
    received_at = _later(one.received_at, by)
    texts = dates_in_texts.Mover(by, before=local_date(one.received_at), after=local_date(received_at))
    first_due_on = deadlines.first_due_on(local_date(received_at), days, calendar)
    actions = list(_actions(one.actions, by, first_due_on, calendar, texts))
    return msgspec.structs.replace(
        one,
        incoming_no=f"{one.incoming_no.partition('/')[0]}/{local_date(received_at):%d.%m.%Y}",
        title=texts.moved(one.title),
        text=texts.moved(one.text),
        submitted_at=one.submitted_at and _later(one.submitted_at, by),
        received_at=received_at,
        first_due_on=first_due_on,
        due_on=next((action.new_due_on for action in reversed(actions) if action.new_due_on), first_due_on),
        actions=actions,
    )


def _actions(
    actions: Sequence[Action], by: timedelta, due_on: date, calendar: Calendar, texts: dates_in_texts.Mover
) -> Iterator[Action]:
    for action in actions:
        changes: dict[str, object] = {"at": _later(action.at, by)}
        changes |= {name: texts.moved(said) for name in ("text", "reason") if (said := getattr(action, name))}
        if action.kind is EventKind.EXTENDED:
            assert action.days is not None
            old, due_on = due_on, deadlines.due_on(due_on, [action.days], calendar)
            changes |= {"old_due_on": old, "new_due_on": due_on}
        yield msgspec.structs.replace(action, **changes)


def _later(at: datetime, by: timedelta) -> datetime:
    """Count in Sofia's days: the hour on the clock stays, in summer and in winter."""
    return at.astimezone(SOFIA) + by
