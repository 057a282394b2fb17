"""What keeps the search in order: counting its words, and analysing cases again when the rules have changed."""

from collections.abc import AsyncIterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.db import Sessions, transaction

NEWEST = 100_000
"""Cases whose words are counted: how rare a word is changes little beyond them."""
AT_ONCE = 200


async def count_words(db: AsyncSession) -> None:
    """Count how frequent each word is, and which a half-typed one may become. After an import, and once a day."""
    await db.execute(text("SELECT register_count_words(:newest)"), {"newest": NEWEST})


async def outdated(db: AsyncSession) -> int:
    """Return how many cases, as the public and as the staff search them, an older version of the rules has analysed."""
    asked = text("""
        SELECT (SELECT count(*) FROM register_search WHERE version <> bg_version())
            + (SELECT count(*) FROM desk_search WHERE version <> bg_version())
    """)
    return int(await db.scalar(asked) or 0)


async def reindex(sessions: Sessions) -> AsyncIterator[int]:
    """Analyse again what is outdated, oldest first, and give the last case done after each short transaction.

    Writers never wait longer than for one of these. Interrupted, it can be begun anew: what is done stays.
    """
    reached: int | None = 0
    while reached is not None:
        async with transaction(sessions) as db:
            done = {"reached": reached, "most": AT_ONCE}
            await db.execute(text("SELECT desk_reindex(:reached, :most)"), done)
            reached = await db.scalar(text("SELECT register_reindex(:reached, :most)"), done)
        if reached is not None:
            yield reached
