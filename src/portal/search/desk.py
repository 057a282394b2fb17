"""What a member of the staff typed, as a tsquery over everything received: words, a number, an e-mail or a phone."""

import re
from collections.abc import Collection, Iterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.filters import Filters, lexeme
from portal.search.query import typing
from portal.search.query.lemmas import lemmas
from portal.search.query.letters import LONGEST, fold
from portal.search.query.terms import any_of
from portal.search.query.understanding import Meaning, understand

ADDRESS = re.compile(r"(?<![^ ])(?:mailto:)?[<(\"']*([^ @<>()\"',;:]+@[^ <>()\"',;:]*)[^ ]*")
PHONE = re.compile(r"\+?[0-9](?:[ /().-]*[0-9]){5,}")
"""From six digits on, as many as the index has from every digit (desk_phone in sql/0009_desk.sql)."""
FEWEST = 6


async def by_sender(db: AsyncSession, query: str, found: Collection[int]) -> list[int]:
    """Return those of the found cases that only who sent them answers for: nothing in their texts does."""
    asked = text("SELECT case_id FROM desk_search WHERE case_id = ANY(:found) AND NOT tsv @@ CAST(:query AS tsquery)")
    return list(await db.scalars(asked, {"found": list(found), "query": query}))


async def query(db: AsyncSession, q: str) -> str | None:
    """Return the tsquery, None where nothing was typed. Corrects nothing: names are not in the register's words.

    Six digits may be a phone as well as anything else: both are looked for.
    """
    readings = [(await _meant(db, q)).all_of_it(Filters())]
    contacts, rest = _take_contacts(" ".join(fold(q[:LONGEST]).split()))
    if contacts:
        words = await _meant(db, rest)
        beside = [] if words.is_nothing or not words.groups else [f"({words.all_of_it(Filters())})"]
        readings.append("(" + "&".join([*contacts, *beside]) + ")")
    return "|".join(f"({one})" for one in readings if one) or None


async def only_common(db: AsyncSession, q: str) -> bool:
    """Return whether nothing was typed but words that are in every text."""
    contacts, _ = _take_contacts(" ".join(fold(q[:LONGEST]).split()))
    return not contacts and (await _meant(db, q, live=False)).only_common


async def _meant(db: AsyncSession, q: str, *, live: bool = True) -> Meaning:
    return await understand(db, typing.read(q, live=live), await lemmas(db), exactly=True)


def _take_contacts(folded: str) -> tuple[list[str], str]:
    """Return what each e-mail and phone finds, and the words beside them."""
    addresses = [f"{lexeme('#@' + found)}:*" for found in ADDRESS.findall(folded)]
    rest = ADDRESS.sub(" ", folded)
    phones = [any_of(f"{lexeme('#+' + form)}:*" for form in _forms(found)) for found in PHONE.findall(rest)]
    if not (addresses or phones):
        return [], folded
    return [*addresses, *phones], typing.LABEL.sub(" ", PHONE.sub(" ", rest))


def _forms(phone: str) -> Iterator[str]:
    """The digits, and without what stands for the country or the trunk."""
    digits = re.sub("[^0-9]", "", phone)
    yield digits
    own = re.sub("^(?:00)?(?:359)?0?", "", digits)
    if own != digits and len(own) >= FEWEST:
        yield own
