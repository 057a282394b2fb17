"""What a member of the staff typed, as a tsquery over everything received: words, a number, an e-mail or a phone."""

import re
from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.filters import Filters, lexeme
from portal.search.query import typing
from portal.search.query.lemmas import lemmas
from portal.search.query.understanding import understand

ADDRESS = re.compile(r"\S+@\S*")
PHONE = re.compile(r"\+?[\d /().-]{7,}")
TOLD_APART = 8
"""Digits of a phone: the last ones, without what stands for the country or the trunk."""


async def by_sender(db: AsyncSession, query: str, found: Collection[int]) -> list[int]:
    """Return those of the found cases that only who sent them answers for: nothing in their texts does."""
    asked = text("SELECT case_id FROM desk_search WHERE case_id = ANY(:found) AND NOT tsv @@ CAST(:query AS tsquery)")
    return list(await db.scalars(asked, {"found": list(found), "query": query}))


async def query(db: AsyncSession, q: str) -> str | None:
    """Return the tsquery, None where nothing was typed. Corrects nothing: names are not in the register's words."""
    typed = q.strip().lower()
    if ADDRESS.fullmatch(typed):
        return lexeme("#@" + typed) + ":*"
    if PHONE.fullmatch(typed):
        digits = re.sub(r"\D", "", typed)
        return lexeme("#+" + digits[-TOLD_APART:]) if len(digits) >= TOLD_APART else None
    meaning = await understand(db, typing.read(q, live=True), await lemmas(db), exactly=True)
    return meaning.all_of_it(Filters())
