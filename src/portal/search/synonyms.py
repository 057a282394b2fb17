"""The table of synonyms, as the staff keep it: what people type, and what the cases say instead."""

from enum import StrEnum

from sqlalchemy import REAL, BigInteger, Identity, Text, delete, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Table

MOST_PHRASES = 30


class Relation(StrEnum):
    SAME = "same"
    RELATED = "related"
    LEADS_TO = "leads_to"
    """The first phrase finds the others, not they it."""


STRENGTH = {Relation.SAME: 0.8, Relation.RELATED: 0.4, Relation.LEADS_TO: 0.8}
"""Above 0.5 a synonym finds a case, ranked below the word itself; below that it only raises one that is found."""


class Synonym(Table):
    __tablename__ = "synonyms"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    phrases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    one_way: Mapped[bool]
    strength: Mapped[float] = mapped_column(REAL)

    @property
    def relation(self) -> Relation:
        if self.one_way:
            return Relation.LEADS_TO
        return Relation.SAME if self.strength > 0.5 else Relation.RELATED  # noqa: PLR2004 - as STRENGTH says


async def listed(db: AsyncSession) -> list[Synonym]:
    return list(await db.scalars(select(Synonym).order_by(Synonym.phrases, Synonym.id)))


def add(db: AsyncSession, phrases: list[str], relation: Relation) -> None:
    one_way = relation is Relation.LEADS_TO
    db.add(Synonym(phrases=phrases[:MOST_PHRASES], one_way=one_way, strength=STRENGTH[relation]))


async def remove(db: AsyncSession, synonym_id: int) -> Synonym | None:
    """Return what is there no more; None where a colleague was faster."""
    removed: Synonym | None = await db.scalar(delete(Synonym).where(Synonym.id == synonym_id).returning(Synonym))
    return removed
