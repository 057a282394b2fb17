"""„Има ли вече такъв?“: cases of the register that say what somebody is just writing."""

import re
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from portal.publishing import register
from portal.search.marks import Marks
from portal.statements import Row

MOST = 3
WORDS = re.compile(r"[^\W_]{3,}")
FEWEST, ENOUGH = 2, 12
"""Words: one alone is in every second case, and more than a dozen say nothing new."""
LOOKED_AT = 10


async def to(db: AsyncSession, title: str, text: str) -> list[Row]:
    """Return the nearest cases that everybody may see: each has at least two of the words, and a third of them."""
    words = list(dict.fromkeys(WORDS.findall(f"{title} {text[:1000]}".lower())))[:ENOUGH]
    if len(words) < FEWEST:
        return []
    found = await register.page(db, register.Wanted(q=" ".join(words)), LOOKED_AT)
    meant = max(len(found.results.meaning.groups) / 3, FEWEST)
    return [row for row in found.rows if _shared(found.results.marks, row) >= meant][:MOST]


def _shared(marks: Marks, row: Row) -> int:
    """Count the different words of the case that answer, by their beginnings: forms of one word are one."""
    return len({word[:4].lower() for word, answers in marks.pieces(f"{row.title} {row.place} {row.text}") if answers})


async def cited(db: AsyncSession, references: Sequence[str]) -> list[Row]:
    """Return the cases of the register that are referred to as „2020/25“; what is no such case is left out."""
    found = []
    for reference in list(dict.fromkeys(references))[:MOST]:
        match = re.fullmatch(r"(\d{4})/(\d{1,9})", reference, re.ASCII)
        row = await register.case(db, int(match[1]), int(match[2])) if match else None
        if row is not None:
            found.append(row)
    return found
