"""The one place that asks what time it is. The municipality's day is Sofia's day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

SOFIA = ZoneInfo("Europe/Sofia")


def now() -> datetime:
    return datetime.now(SOFIA)


def today() -> date:
    return now().date()


def local_date(at: datetime) -> date:
    """Return the day `at` falls on in Sofia: deadlines and numbers count in local days, whatever zone `at` has."""
    return at.astimezone(SOFIA).date()


def midnight(day: date) -> datetime:
    """Return the moment at which the day begins in Sofia."""
    return datetime.combine(day, time(), SOFIA)
