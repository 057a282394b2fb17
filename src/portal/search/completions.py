"""What a half-typed query may become: words of the titles in the register, the most frequent first."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.query import typing
from portal.search.query.lemmas import lemmas
from portal.search.query.reading import words_of

MOST = 6
_ASK = text("SELECT shown FROM register_completed(:half, :most)")


async def completions(db: AsyncSession, q: str, most: int = MOST) -> list[str]:
    """Return whole queries: what was typed, with its last word completed."""
    typed = typing.read(q, live=True)
    words = words_of(typed, await lemmas(db))
    if not typed.half or not words or words[-1].text != typed.words[-1]:
        return []
    asked = {"half": words[-1].reading, "most": most + 1}
    before = [word for word in typed.words[:-1] if not word.startswith(("бл0", "вх0"))]
    shown = dict.fromkeys((await db.execute(_ASK, asked)).scalars())
    return [" ".join([*before, word]) for word in shown if word != words[-1].reading][:most]
