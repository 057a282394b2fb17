"""Shown under the text while it is typed: what looks personal in it, and what the register has already."""

from collections.abc import Iterable
from typing import Any

from litestar import post
from litestar.response import Template
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from portal.intake import similar
from portal.intake.submission import LONGEST_TEXT, LONGEST_TITLE
from portal.publishing import personal_data
from portal.web.forms import Typed, clean, typed
from portal.web.pages import DB, Request, page


@post("/submit/similar", name="public.submit.similar")
async def show(request: Request, db: DB) -> Template:
    """By POST: what somebody is about to report belongs into no address, and so into no log."""
    data = await request.form()
    cited = await similar.cited(db, [f"{one}" for one in data.getall("similar", [])])
    return page(request, "public/intake/submit/_similar.html", preview=None, **await beside(db, typed(data), cited))


async def beside(db: AsyncSession, values: Typed, cited: Iterable[Row[Any]]) -> dict[str, Any]:
    """Return what stands under the text: the cases that were ticked first, whatever is typed after."""
    ticked = {row.id: row for row in cited}
    title, text = clean(values["title"], LONGEST_TITLE), clean(values["text"], LONGEST_TEXT)  # more is refused
    found = await similar.to(db, title, text)
    both = [*ticked.values(), *(row for row in found if row.id not in ticked)]
    return {"similar": both, "ticked": set(ticked), "signs": personal_data.signs(title, text)}
