"""Incoming numbers: „С-0025/18.03.2020“, one counter a year for all kinds."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import Case, IncomingCounter, Kind
from portal.search.query import typing
from portal.settings import Prefixes


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
    asked = select(Case.id).where(Case.incoming_year.in_(years), Case.incoming_seq == number.seq)
    return await db.scalar(asked.order_by(Case.incoming_year.desc()).limit(1))
