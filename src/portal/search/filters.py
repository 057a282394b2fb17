"""The filters of a search, as the lexemes that register_vector writes into the index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Filters:
    kind: str | None = None
    status: str | None = None
    topic: str | None = None
    department: str | None = None
    since: datetime | None = None  # received at or after
    until: datetime | None = None  # received before
    overdue_on: date | None = None  # open, and due before this day

    def lexemes(self) -> Iterator[str]:
        named = (("#k", self.kind), ("#s", self.status), ("#t", self.topic), ("#d", self.department))
        yield from (lexeme(sign + value) for sign, value in named if value)
        if self.overdue_on:
            yield "'#open'"

    def limits(self) -> dict[str, Any]:
        return {"since": self.since, "until": self.until, "overdue_on": self.overdue_on}


def lexeme(value: str) -> str:
    """Write anything as one lexeme of a tsquery: quotes and backslashes doubled."""
    return "'" + value.replace("\0", "").replace("\\", "\\\\").replace("'", "''") + "'"
