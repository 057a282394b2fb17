"""The due date: extended before it passes, with a reason that the sender and the public read."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases.model import EventKind
from portal.cases.permissions import may_extend
from portal.handling import due_date
from portal.web.forms import Typed, typed
from portal.web.pages import DB, Me, Request
from portal.web.staff.handling.case_page import opened


@get("/cases/{case_id:int}/due-date", name="staff.case.due_date")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    case_page = await opened(request, db, me, case_id, may=may_extend)
    return await case_page.edit("due_date", Typed({}))


@post("/cases/{case_id:int}/due-date")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    case_page = await opened(request, db, me, case_id, may=may_extend)
    form = typed(await request.form())
    until, reason = form.day("until"), form.text("reason", 1000, "Напишете причината: подателят ще я прочете")
    if until is None or form.errors:
        return await case_page.edit("due_date", form, status_code=422)
    colleague = await case_page.colleague(form, {EventKind.EXTENDED})
    asked = {"reason": reason, "asked": until.isoformat()}
    if colleague and asked.items() <= colleague["event"].details.items():
        return await case_page.saved("due_date")  # the same form sent twice
    if colleague:
        return await case_page.edit("due_date", form, status_code=409, colleague=colleague)
    if warned := case_page.warning(form, reason):
        return await case_page.edit("due_date", form, status_code=422, warned=warned)
    try:
        await due_date.extend(db, case_page.case, until, reason, by=me, at=clock.now())
    except due_date.CannotExtend as why:
        form.errors["until"] = str(why)
        return await case_page.edit("due_date", form, status_code=422)
    return await case_page.saved("due_date")
