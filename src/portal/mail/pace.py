"""How fast letters leave: so many a minute, so many to one domain, and none to a domain that says "not now".

Counted in the database, so that several workers keep the pace together; at worst each is one letter over it.
"""

import random
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, Delete, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from portal.db import Table

Address = ColumnElement[str] | InstrumentedAttribute[str]
MINUTE = timedelta(minutes=1)
PATIENCE = 3
"""Refusals in a row: one full mailbox is no domain that is full."""
LONGEST_REST = timedelta(minutes=30)


class RestingDomain(Table):
    __tablename__ = "resting_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    refusals: Mapped[int]
    rests_until: Mapped[datetime]


def domain(address: Address) -> ColumnElement[str]:
    return func.lower(func.split_part(address, "@", -1))


def rests(address: Address, *, at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    resting = select(RestingDomain.domain).where(RestingDomain.rests_until > at)
    return domain(address).in_(resting)


async def put_off(db: AsyncSession, address: str, *, at: datetime) -> None:
    """Count a temporary refusal; from the third in a row on the domain rests, from half a minute to half an hour."""
    first = insert(RestingDomain).values(domain=_of(address), refusals=1, rests_until=at)
    one_more = first.on_conflict_do_update(
        index_elements=["domain"], set_={"refusals": RestingDomain.refusals + 1}
    ).returning(RestingDomain.refusals)
    refusals = await db.scalar(one_more) or 1
    if refusals >= PATIENCE:
        rest = min(timedelta(seconds=30) * 2 ** min(refusals - PATIENCE, 6), LONGEST_REST)
        resting = await db.get_one(RestingDomain, _of(address), populate_existing=True)
        resting.rests_until = at + rest * random.uniform(0.86, 1)  # noqa: S311 - guards nothing


def taken(address: str) -> Delete:
    """Return the statement that ends the rest; it goes along with the note that a letter was taken."""
    return delete(RestingDomain).where(RestingDomain.domain == _of(address))


def _of(address: str) -> str:
    return address.rpartition("@")[2].lower()
