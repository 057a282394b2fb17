"""Saved filters: keeping what the list is asked, under a name; renaming and removing."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.desk import saved_filters
from portal.desk.saved_filters import CannotSave, SavedFilter
from portal.staff.model import Staff
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Me, Request, page, see_other
from portal.web.staff.desk import filters as asked_for
from portal.web.staff.desk.filters import LABELS, WorklistFilters

LONGEST = 60


@get("/filters", name="staff.filters")
async def show(request: Request, me: Me, db: DB) -> Template:
    """Offer to keep what the address asks, and show what is kept."""
    return await _shown(
        request, me, db, asked_for.read(await asked_for.choices_for(db, me), request.query_params), Typed({})
    )


@post("/filters")
async def save(request: Request, me: Me, db: DB) -> Template | Redirect:
    form = typed(await request.form())
    asked = asked_for.read(await asked_for.choices_for(db, me), dict(parse_qsl(form["asked"][:4000].lstrip("?"))))
    name = form.line("name", LONGEST, "Въведете име на филтъра")
    if not form.errors:
        try:
            kept = await saved_filters.save(db, me, name, asked.kept, at=clock.now())
        except CannotSave as why:
            form.errors["name"] = str(why)
        else:
            return see_other(f"{request.url_for('staff.worklist')}{asked_for.query(kept.asked)}")
    return await _shown(request, me, db, asked, form)


@post("/filters/{filter_id:int}", name="staff.filter")
async def rename(request: Request, filter_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    kept, form = await _mine(db, me, filter_id), typed(await request.form())
    name = form.line("name", LONGEST, "Въведете име на филтъра")
    if not form.errors:
        try:
            await saved_filters.rename(db, me, kept, name)
        except CannotSave as why:
            form.errors["name"] = str(why)
        else:
            return see_other(request.url_for("staff.filters"))
    return await _shown(request, me, db, asked_for.read(await asked_for.choices_for(db, me), {}), form, renamed=kept.id)


@post("/filters/{filter_id:int}/removal", name="staff.filter.removal")
async def remove(request: Request, filter_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """What is gone already is gone: a second tap is no mistake."""
    kept = await saved_filters.one(db, me, filter_id)
    if kept is not None:
        await db.delete(kept)
    return see_other(request.url_for("staff.filters"))


async def _mine(db: AsyncSession, me: Staff, filter_id: int) -> SavedFilter:
    kept = await saved_filters.one(db, me, filter_id)
    if kept is None:
        raise NotFoundException
    return kept


async def _shown(
    request: Request, me: Staff, db: AsyncSession, asked: WorklistFilters, form: Typed, *, renamed: int = 0
) -> Template:
    kept = await saved_filters.of(db, me)
    choices = await asked_for.choices_for(db, me)
    context: dict[str, Any] = {"told": {one.id: asked_for.read(choices, one.asked) for one in kept}}
    return page(
        request,
        "staff/desk/saved_filters/page.html",
        headers=PRIVATE,
        status_code=422 if form.errors else 200,
        me=me,
        asked=asked,
        form=form,
        renamed=renamed,
        kept=kept,
        labels=LABELS,
        most=saved_filters.MOST,
        **context,
    )
