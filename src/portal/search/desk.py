"""What a member of the staff typed, as a tsquery over everything received: words, a number, an e-mail or a phone."""

import re

from sqlalchemy.ext.asyncio import AsyncSession

from portal.search import typing
from portal.search.filters import Filters, lexeme
from portal.search.lemmas import lemmas
from portal.search.understanding import understand

ADDRESS = re.compile(r"\S+@\S*")
PHONE = re.compile(r"\+?[\d /().-]{7,}")
TOLD_APART = 8
"""Digits of a phone: the last ones, without what stands for the country or the trunk."""


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
