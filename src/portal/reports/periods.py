"""The months, quarters and years that reports are made for; their days are Sofia's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.clock import midnight

WRITTEN = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
EARLIEST, LATEST = 1900, 2200
MONTHS = (
    "януари", "февруари", "март", "април", "май", "юни",
    "юли", "август", "септември", "октомври", "ноември", "декември",
)  # fmt: skip
QUARTERS = ("първо", "второ", "трето", "четвърто")


class Span(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


LENGTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


@dataclass(frozen=True, order=True)
class Period:
    first_on: date
    span: Span

    @property
    def next_on(self) -> date:
        """Return the first day after it."""
        month = self.first_on.month - 1 + LENGTHS[self.span]
        return date(self.first_on.year + month // 12, month % 12 + 1, 1)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Return when it begins, and when the one after it does."""
        return midnight(self.first_on), midnight(self.next_on)

    @property
    def of(self) -> str:
        """2020-09, 2020-Q3 or 2020, as in addresses."""
        year = f"{self.first_on:%Y}"
        return {Span.MONTH: f"{self.first_on:%Y-%m}", Span.QUARTER: f"{year}-Q{self._quarter}", Span.YEAR: year}[
            self.span
        ]

    @property
    def name(self) -> str:
        year = f"{self.first_on.year} г."
        month = f"{MONTHS[self.first_on.month - 1]} {year}"
        quarter = f"{QUARTERS[self._quarter - 1]} тримесечие на {year}"
        return {Span.MONTH: month, Span.QUARTER: quarter, Span.YEAR: year}[self.span]

    @property
    def _quarter(self) -> int:
        return (self.first_on.month + 2) // 3

    def overlaps(self, other: "Period") -> bool:
        return self.first_on < other.next_on and other.first_on < self.next_on


def around(day: date, span: Span) -> Period:
    length = LENGTHS[span]
    return Period(date(day.year, (day.month - 1) // length * length + 1, 1), span)


def written(of: str) -> Period | None:
    """Read 2020-09, 2020-Q3 or 2020."""
    match = WRITTEN.fullmatch(of)
    if match is None or not EARLIEST <= int(match[1]) < LATEST:
        return None
    if match[3]:
        return Period(date(int(match[1]), int(match[3]), 1), Span.MONTH)
    if match[2]:
        return Period(date(int(match[1]), int(match[2]) * 3 - 2, 1), Span.QUARTER)
    return Period(date(int(match[1]), 1, 1), Span.YEAR)


def chosen(span: Span, of: str, there: Sequence[Period], today: date) -> Period:
    """Return the period of this span that `of` means, the newest one `there` where it means many or none.

    Who changes only the span stays in the same time: the year 2020, then its last month with cases.
    """
    asked = written(of)
    if asked is None:
        return there[0] if there else around(today, span)
    return next((one for one in there if one.overlaps(asked)), around(asked.first_on, span))
