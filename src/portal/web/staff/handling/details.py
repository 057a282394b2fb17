"""The details: kind, topic, title and place, corrected in their place."""

from dataclasses import asdict

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases.model import EventKind, Kind
from portal.cases.permissions import may_reclassify
from portal.handling import details
from portal.handling.details import Details
from portal.municipality import topics
from portal.web.forms import Typed, typed
from portal.web.pages import DB, Me, Request
from portal.web.staff.handling.case_page import opened


@get("/cases/{case_id:int}/details", name="staff.case.details")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    case_page = await opened(request, db, me, case_id, may=may_reclassify)
    return await case_page.edit("details", _filled(details.of(case_page.case)))


@post("/cases/{case_id:int}/details")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    """Save; or after a colleague has saved, show both with what only one of the two has changed put together."""
    case_page = await opened(request, db, me, case_id, may=may_reclassify)
    form = typed(await request.form())
    new = await _read(db, form)
    if new is None:
        return await case_page.edit("details", form, status_code=422)
    colleague = await case_page.colleague(form, {EventKind.RECLASSIFIED})
    if colleague and new != details.of(case_page.case):
        both = _filled(await details.merged(db, case_page.case, new, form.number("seen")))
        return await case_page.edit("details", both, status_code=409, colleague=colleague)
    await details.change(db, case_page.case, new, by=me, at=clock.now())
    return await case_page.saved("details")


async def _read(db: DB, form: Typed) -> Details | None:
    kind = form.one_of("kind", set(Kind), "Изберете вид")
    topic = form.one_of("topic_code", {"", *await topics(db)}, "Изберете тема от списъка")
    title = form.line("case_title", 120, "Напишете заглавие")
    place = form.line("case_place", 200)
    if form.errors:
        return None
    return Details(kind=Kind(kind), topic_code=topic or None, title=title, place=place)


def _filled(version: Details) -> Typed:
    """Fill the form: two fields are called otherwise there, as those of the publication may stand on the same page."""
    values = {name: value or "" for name, value in asdict(version).items()}
    return Typed(values | {"case_title": version.title, "case_place": version.place})
