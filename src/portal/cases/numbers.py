"""Incoming numbers: „С-0025/18.03.2020“, one counter a year for all kinds.

An older portal may have counted each kind apart. Of numbers that stand twice in a year then, the second has APART more
in `incoming_seq`, the third twice as much: year and `incoming_seq` stay one case, one address, one place in the search.
"""

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import Case, IncomingCounter, Kind
from portal.search.query import typing
from portal.settings import Prefixes

APART = 300_000
"""In SQL as well: sql/0007_register_search.sql, sql/0009_desk.sql."""
COUNTERS = 3
"""Of one year: all stay below 2**20, for the search keeps year and number in one key."""


async def take(db: AsyncSession, year: int) -> int:
    """Take the year's next number.

    The counter's row stays locked until the case that takes it is committed: two at once can't get the same, and a
    rolled back one leaves no gap.
    """
    taken = (
        insert(IncomingCounter)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": IncomingCounter.last + 1})
        .returning(IncomingCounter.last)
    )
    return (await db.execute(taken)).scalar_one()


async def at_least(db: AsyncSession, year: int, last: int) -> None:
    """Go on after `last`: the numbers up to it came with an import."""
    seen = insert(IncomingCounter).values(year=year, last=last)
    greatest = seen.on_conflict_do_update(
        index_elements=["year"], set_={"last": seen.excluded.last}, where=IncomingCounter.last < last
    )
    await db.execute(greatest)


def written(kind: Kind, sequence: int, on: date, prefixes: Prefixes) -> str:
    prefix = {Kind.SIGNAL: prefixes.signal, Kind.PROPOSAL: prefixes.proposal, Kind.QUESTION: prefixes.question}
    return f"{prefix[kind]}-{sequence:04}/{on:%d.%m.%Y}"


async def find(db: AsyncSession, typed: str, *, on: date) -> int | None:
    """Return the case of the number as people write it: „С-0025/18.03.2020“, „25/2020“; „25“ is the newest such."""
    number = typing.read(typed).number
    if number is None:
        return None
    years = [number.year] if number.year else [on.year, on.year - 1]
    asked = select(Case.id).where(Case.incoming_year.in_(years), counted(number.seq))
    return await db.scalar(asked.order_by(Case.incoming_year.desc(), *likeliest(number)).limit(1))


def counted(seq: int) -> ColumnElement[bool]:
    """Say in SQL that the number of the case is `seq`, by whichever counter."""
    return Case.incoming_seq.in_([seq + APART * n for n in range(COUNTERS)])


def likeliest(number: typing.Number) -> tuple[ColumnElement[bool], ColumnElement[int | None]]:
    """Return the order of cases with one number: first the one whose letter was typed."""
    return func.lower(func.left(Case.incoming_number, 1)) != number.letter, Case.incoming_seq.expression
